//! `keng-hub unit add`: a body that reports straight to the province and is no administrative unit.

use chrono::NaiveDate;
use keng_desk::acts::{By, commit, own_tree};
use keng_desk::commands::Who;
use keng_desk::{Told, clock};
use keng_domain::text::date_dmy;
use keng_domain::unit::{Unit, UnitCode};
use keng_store::Store;
use keng_store::edit::Act;
use keng_store::query::catalogue_record;

/// Longest name, in characters: what a line of a report holds.
const NAME_CHARS_MAX: usize = 120;

/// Letter 4267 is addressed to the members of the provincial committee before the districts: departments and
/// associations, which report and nominate like them.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Mã mới, chưa có trong danh mục đang có hiệu lực: chữ không dấu, số, '-', '_', '.'.
    code: UnitCode,
    /// Tên đầy đủ, ví dụ: Sở Giáo dục và Đào tạo.
    name: String,
    /// Loại: CO_QUAN, DOAN_THE, DOANH_NGHIEP, CO_SO_GIAO_DUC.
    #[arg(long, default_value = "CO_QUAN")]
    kind: String,
    /// Báo cáo từ ngày nào (năm-tháng-ngày); mặc định hôm nay.
    #[arg(long)]
    from: Option<NaiveDate>,
    #[command(flatten)]
    who: Who,
}

impl Add {
    /// Adds it to the catalogue in force, below the province.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        let (catalogue, province) = own_tree(&store)?;
        let refused = |what: String| Told::new(what, "Chưa ghi gì.", "");
        if let Some(known) = catalogue.unit(&self.code) {
            return Err(refused(format!("Mã {} đã là của {}.", self.code, known.name)));
        }
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
            return Err(refused(format!("Tên phải có, và không quá {NAME_CHARS_MAX} ký tự.")));
        }
        let from = self.from.unwrap_or_else(clock::today);
        let unit = Unit {
            code: self.code.clone(),
            name: name.clone(),
            kind: self.kind,
            parent: Some(province),
            valid_from: Some(from),
            valid_to: None,
        };
        let csv = catalogue.with(unit).map_err(|e| refused(format!("Không thêm được: {e}.")))?;
        let values = vec![("csv".to_owned(), csv.into())];
        let by: By = self.who.into();
        commit(&mut store, &[Act::Change { id: catalogue_record(&catalogue.id), values }], &by)?;
        println!("Đã thêm {name} ({}), báo cáo từ ngày {}.", self.code, date_dmy(from));
        println!("Cấp mã mời: keng-hub invite {}", self.code);
        Ok(())
    }
}
