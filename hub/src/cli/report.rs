//! `keng-hub report`.

use std::path::{Path, PathBuf};

use keng_desk::Told;
use keng_desk::consolidation::{figures, figures_by};
use keng_domain::figures::Figures;
use keng_domain::id::Lsn;
use keng_domain::period::Period;
use keng_domain::tree::Tree;
use keng_domain::unit::CatalogueId;
use keng_report::{Format, file_stem, render};
use keng_store::Store;

/// Which period, in which formats, from which cut.
#[derive(Debug, clap::Args)]
pub struct Report {
    /// Loại: annual, half-year, quarter.
    kind: String,
    /// Kỳ: 2022, hoặc 2022-Q4.
    period: String,
    /// Thư mục ghi tệp.
    #[arg(long)]
    out: PathBuf,
    /// Các dạng tệp: json,xlsx,docx,pdf.
    #[arg(long, value_delimiter = ',', default_value = "json,xlsx,docx,pdf")]
    format: Vec<String>,
    /// Lập từ sổ cái đến mục này (mặc định: đến mục cuối).
    #[arg(long)]
    at: Option<u64>,
    /// Lập theo danh mục đơn vị này (mặc định: danh mục có hiệu lực vào ngày chốt của kỳ).
    #[arg(long)]
    tree: Option<CatalogueId>,
}

impl Report {
    /// Writes one file a format. All are rendered before the first is written.
    pub fn run(self, store: &Store) -> Result<(), Told> {
        let formats: Vec<Format> = self
            .format
            .iter()
            .map(|f| {
                f.parse()
                    .map_err(|_| Told::refused(format!("Không có dạng tệp “{f}”; các dạng: json, xlsx, docx, pdf.")))
            })
            .collect::<Result<_, _>>()?;
        let figures = match self.at {
            None => consolidated(store, &self.kind, &self.period, self.tree.as_ref())?,
            Some(lsn) => consolidated(&store.as_of(Lsn(lsn))?, &self.kind, &self.period, self.tree.as_ref())?,
        };
        let mut files = Vec::new();
        for format in formats {
            let bytes = render(&figures, format).map_err(|e| Told::refused(format!("Không lập được báo cáo: {e}.")))?;
            files.push((format!("{}.{}", file_stem(&figures), format.extension()), bytes));
        }
        for (name, bytes) in files {
            let path = self.out.join(name);
            write(&self.out, &path, &bytes)?;
            println!("{}", path.display());
        }
        Ok(())
    }
}

/// The figures of a period as `store` holds them, by the tree in force at its cut-off or by `tree`.
///
/// # Errors
/// For a period that is none, and a tree that no confirmed changes lead to.
pub fn consolidated(store: &Store, kind: &str, period: &str, tree: Option<&CatalogueId>) -> Result<Figures, Told> {
    let pack = store.rule_pack()?;
    let period = Period::parse(kind, period, &pack.periods).map_err(|_| {
        Told::refused(format!(
            "“{kind} {period}” không phải kỳ báo cáo; ví dụ: annual 2022, half-year 2022, quarter 2022-Q4."
        ))
    })?;
    let Some(id) = tree else { return Ok(figures(store, period)?) };
    let units = store.units()?;
    let own = store.identity().unit_key();
    let known: Vec<String> = units.catalogues().map(|c| c.id.to_string()).collect();
    let tree = Tree::of(units, &own, id).ok_or_else(|| {
        Told::refused(format!(
            "Không lập được theo danh mục {id}: trạm chưa có danh mục này, hoặc chưa xác nhận sắp xếp đơn vị sang nó. Các danh mục ở trạm: {}.",
            known.join(", ")
        ))
    })?;
    Ok(figures_by(store, period, tree)?)
}

fn write(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), Told> {
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|e| Told::new(format!("Không ghi được {}: {e}.", path.display()), "Sổ cái không bị ảnh hưởng.", ""))
}
