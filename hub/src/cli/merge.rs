//! `keng-hub merge` (R1): suggested or explicit, always a person's act, always undone by another.

use keng_desk::Told;
use keng_desk::acts::{self, By};
use keng_desk::program::print_json;
use keng_domain::id::RecordId;
use keng_domain::rules::identity::{Likeness, suggest};
use keng_store::Store;
use serde_json::{Value, json};

/// What to merge.
#[derive(Debug, clap::Args)]
pub struct Merge {
    /// Nhận các gợi ý chắc chắn (tên giống nhau khi bỏ qua chữ hoa, khoảng trắng, vị trí dấu).
    #[arg(long, conflicts_with_all = ["models", "undo"])]
    suggested: bool,
    /// Chỉ cho biết sẽ gộp gì.
    #[arg(long)]
    dry_run: bool,
    /// Bỏ gộp: các mô hình này lại đứng riêng.
    #[arg(long, num_args = 1.., conflicts_with = "models")]
    undo: Vec<RecordId>,
    /// Mô hình được giữ, rồi các mô hình gộp vào nó.
    models: Vec<RecordId>,
    /// Tên cán bộ ghi.
    #[arg(long)]
    officer: Option<String>,
    /// Lý do.
    #[arg(long)]
    reason: Option<String>,
    /// In ra một giá trị JSON.
    #[arg(long)]
    json: bool,
}

impl Merge {
    /// Merges, or says what it would merge.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        let by = By { officer: self.officer, reason: self.reason };
        if !self.undo.is_empty() {
            acts::unmerge(&mut store, &self.undo, &by)?;
            println!("Đã bỏ gộp {} mô hình.", self.undo.len());
            return Ok(());
        }
        let all = suggest(&store.models()?);
        let merged: Vec<(RecordId, Vec<RecordId>, String)> = match (self.suggested, self.models.as_slice()) {
            (true, _) => all
                .iter()
                .filter(|s| s.likeness == Likeness::Certain)
                .map(|s| (s.into, s.from.clone(), s.name.clone()))
                .collect(),
            (false, [into, from @ ..]) if !from.is_empty() => {
                let names = store.models()?;
                let name = names.iter().find(|m| m.id == *into).map(|m| m.name.clone()).unwrap_or_default();
                vec![(*into, from.to_vec(), name)]
            }
            (false, _) => {
                let look_alike: Vec<Value> = all.iter().map(|s| json!(s)).collect();
                if self.json {
                    print_json(&json!({ "merged": [], "suggestions": look_alike }));
                } else {
                    println!(
                        "Có {} gợi ý. Dùng --suggested để nhận các gợi ý chắc chắn, hoặc nêu: merge GIỮ GỘP…",
                        all.len()
                    );
                    for s in &all {
                        println!("  {} ← {} mô hình ({:?})", s.name, s.from.len(), s.likeness);
                    }
                }
                return Ok(());
            }
        };
        if !self.dry_run {
            for (into, from, _) in &merged {
                acts::merge(&mut store, *into, from, &by)?;
            }
        }
        if self.json {
            let list: Vec<Value> =
                merged.iter().map(|(into, from, name)| json!({ "into": into, "from": from, "name": name })).collect();
            print_json(&json!({ "merged": list }));
        } else {
            let verb = if self.dry_run { "Sẽ gộp" } else { "Đã gộp" };
            for (_, from, name) in &merged {
                println!("{verb} {} mô hình vào “{name}”.", from.len());
            }
            if merged.is_empty() {
                println!("Không có gì để gộp.");
            }
        }
        Ok(())
    }
}
