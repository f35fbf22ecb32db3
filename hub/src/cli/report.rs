//! `keng-hub report`.

use std::path::PathBuf;

use keng_desk::commands::{Json, Who};
use keng_desk::consolidation::figures_by;
use keng_desk::program::{print_json, write_files};
use keng_desk::{Told, editions};
use keng_domain::changes::Changes;
use keng_domain::figures::Figures;
use keng_domain::id::{Lsn, RecordId};
use keng_domain::period::Period;
use keng_domain::tree::Tree;
use keng_domain::unit::CatalogueId;
use keng_report::{Format, change_lines, file_stem};
use keng_store::Store;

use crate::templates::{Form, rendered};

/// Which period, in which formats, from which cut; or what else is done with reports.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Report {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    make: Option<Make>,
}

/// A report as files.
#[derive(Debug, clap::Args)]
pub struct Make {
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
    /// XLSX theo cách trình bày của chương trình, dù tỉnh đã đặt mẫu thống kê khác.
    #[arg(long)]
    built_in: bool,
}

/// What else is done with reports.
#[derive(Debug, clap::Subcommand)]
pub enum Other {
    /// Khác nhau giữa hai điểm chốt.
    Diff(Diff),
    /// Giữ số liệu một kỳ làm bản dự thảo.
    Keep {
        /// Loại: annual, half-year, quarter.
        kind: String,
        /// Kỳ: 2022, hoặc 2022-Q4.
        period: String,
        /// Đến mục này của sổ cái (mặc định: đến mục cuối).
        #[arg(long)]
        at: Option<u64>,
        #[command(flatten)]
        who: Who,
    },
    /// Trình ký một bản dự thảo.
    Submit {
        /// Mã bản báo cáo.
        id: RecordId,
        #[command(flatten)]
        who: Who,
    },
    /// Ghi số và ngày của bản đã ký.
    Issue {
        /// Mã bản báo cáo.
        id: RecordId,
        /// Số, ký hiệu trên bản đã ký.
        #[arg(long)]
        number: String,
        /// Ngày ban hành.
        #[arg(long)]
        date: String,
        #[command(flatten)]
        who: Who,
    },
    /// Các bản báo cáo đã giữ.
    List(Json),
}

/// `report diff`: two cuts, each an entry of the log, a `report.json`, or a kept edition.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// Điểm chốt thứ nhất: số mục của sổ cái, tệp report.json, hoặc mã bản báo cáo đã giữ.
    before: String,
    /// Điểm chốt thứ hai.
    after: String,
    /// Kỳ khi hai điểm chốt là số mục, ví dụ: 2022-annual (mặc định: năm đang đánh giá).
    #[arg(long)]
    period: Option<String>,
    #[command(flatten)]
    json: Json,
}

impl Report {
    /// Does it.
    pub fn run(self, store: Store) -> Result<(), Told> {
        match (self.other, self.make) {
            (Some(other), _) => other.run(store),
            (None, Some(make)) => make.run(&store),
            // clap demands one of them.
            (None, None) => Err(Told::refused("Thiếu loại và kỳ báo cáo; ví dụ: report annual 2022 --out DIR.")),
        }
    }
}

impl Make {
    /// Writes one file a format. All are rendered before the first is written.
    fn run(self, store: &Store) -> Result<(), Told> {
        let formats = formats(&self.format, &Format::ALL)?;
        let past = self.at.map(|lsn| store.as_of(Lsn(lsn))).transpose()?;
        let seen = past.as_ref().unwrap_or(store);
        let period = parse(seen, &self.kind, &self.period)?;
        let (figures, tree) = consolidated(seen, period, self.tree.as_ref())?;
        let form = match formats.contains(&Format::Xlsx) && !self.built_in {
            true => Form::of(seen, &store.files(), &period, &tree)?,
            false => None,
        };
        if let Some(warning) = form.as_ref().and_then(Form::warning) {
            eprintln!("Lưu ý: {warning}");
        }
        let mut files = Vec::new();
        for format in formats {
            let bytes = rendered(&figures, form.as_ref(), format)
                .map_err(|e| Told::refused(format!("Không lập được báo cáo: {e}.")))?;
            files.push((format!("{}.{}", file_stem(&figures), format.extension()), bytes));
        }
        write_files(&self.out, &files)
    }
}

impl Other {
    fn run(self, mut store: Store) -> Result<(), Told> {
        match self {
            Self::Diff(diff) => diff.run(&store)?,
            Self::Keep { kind, period, at, who } => {
                let period = parse(&store, &kind, &period)?;
                let picture = editions::picture(&store, period, at.map(Lsn))?;
                println!("{}", editions::keep(&mut store, picture, &who.into())?);
            }
            Self::Submit { id, who } => {
                editions::submit(&mut store, id, &who.into())?;
                println!("Đã trình ký.");
            }
            Self::Issue { id, number, date, who } => {
                editions::issue(&mut store, id, &number, &date, &who.into())?;
                println!("Đã ban hành.");
            }
            Self::List(Json { json: true }) => {
                print_json(&editions::list(&store)?.iter().map(editions::Edition::json).collect());
            }
            Self::List(Json { json: false }) => {
                for e in editions::list(&store)? {
                    let number = e.number.as_deref().unwrap_or("chưa có số");
                    println!("{}  {} {} · đến mục {} · {} · {number}", e.id, e.kind, e.period, e.lsn, e.state_label());
                }
            }
        }
        Ok(())
    }
}

/// A cut as somebody names it.
struct Named {
    lsn: Lsn,
    root: Option<String>,
    period: Option<(String, String)>,
}

impl Named {
    fn read(store: &Store, text: &str) -> Result<Self, Told> {
        if let Ok(lsn) = text.parse() {
            return Ok(Self { lsn: Lsn(lsn), root: None, period: None });
        }
        if let Ok(id) = text.parse::<RecordId>() {
            let edition = editions::one(store, id)?;
            return Ok(Self { lsn: edition.lsn, root: None, period: Some((edition.kind, edition.period)) });
        }
        let none = || {
            Told::refused(format!("“{text}” không phải số mục của sổ cái, tệp report.json hay mã bản báo cáo đã giữ."))
        };
        let file = std::fs::read(text).map_err(|_| none())?;
        let report: serde_json::Value = serde_json::from_slice(&file).map_err(|_| none())?;
        let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        Ok(Self {
            lsn: Lsn(report["cut"]["lsn"].as_u64().ok_or_else(none)?),
            root: word(&report["cut"]["root"]),
            period: word(&report["kind"]).zip(word(&report["period"])),
        })
    }

    /// The figures at this cut, made again.
    fn figures(&self, store: &Store, period: Period) -> Result<Figures, Told> {
        let figures = keng_desk::consolidation::figures(&store.as_of(self.lsn)?, period)?;
        match &self.root {
            Some(root) if *root != figures.cut.root => Err(Told::refused(format!(
                "Báo cáo đến mục {} không được lập từ sổ cái của trạm này: gốc sổ cái khác nhau.",
                self.lsn
            ))),
            _ => Ok(figures),
        }
    }
}

impl Diff {
    fn run(self, store: &Store) -> Result<(), Told> {
        let (before, after) = (Named::read(store, &self.before)?, Named::read(store, &self.after)?);
        let period = match (&self.period, &before.period, &after.period) {
            (Some(id), ..) => keng_desk::duties::period(id, &store.rule_packs()?)?,
            (None, Some(a), Some(b)) if a != b => {
                return Err(Told::refused("Hai báo cáo thuộc hai kỳ khác nhau, không so được."));
            }
            (None, Some((kind, period)), _) | (None, None, Some((kind, period))) => parse(store, kind, period)?,
            (None, None, None) => parse(store, "annual", &store.current_year()?.to_string())?,
        };
        let changes = Changes::between(&before.figures(store, period)?, &after.figures(store, period)?);
        if self.json.json {
            let json = serde_json::to_value(&changes).map_err(|e| Told::refused(format!("Không so được: {e}.")))?;
            print_json(&json);
            return Ok(());
        }
        if changes.is_empty() {
            println!("Không có gì khác nhau.");
        }
        // As the annex of a correction and the page say it.
        for [of, what, from, to] in change_lines(&changes) {
            println!("{of} · {what}: {from} → {to}");
        }
        Ok(())
    }
}

/// The figures of a period as `store` holds them, by the tree in force at its cut-off or by another, and
/// that tree.
///
/// # Errors
/// For a tree that no confirmed changes lead to.
fn consolidated(store: &Store, period: Period, tree: Option<&CatalogueId>) -> Result<(Figures, Tree), Told> {
    let Some(id) = tree else { return Ok((editions::figures(store, period)?, store.tree(period.cut_off)?)) };
    let units = store.units()?;
    let own = store.identity().unit_key();
    let known: Vec<String> = units.catalogues().map(|c| c.id.to_string()).collect();
    let tree = Tree::of(units, &own, id).ok_or_else(|| {
        Told::refused(format!(
            "Không lập được theo danh mục {id}: trạm chưa có danh mục này, hoặc chưa xác nhận sắp xếp đơn vị sang nó. Các danh mục ở trạm: {}.",
            known.join(", ")
        ))
    })?;
    Ok((figures_by(store, period, tree.clone())?, tree))
}

fn parse(store: &Store, kind: &str, period: &str) -> Result<Period, Told> {
    store.rule_packs()?.period(kind, period).map_err(|_| {
        Told::refused(format!(
            "“{kind} {period}” không phải kỳ báo cáo; ví dụ: annual 2022, half-year 2022, quarter 2022-Q4."
        ))
    })
}

/// Formats by their names, of those that are `offered`.
///
/// # Errors
/// For a name that is none of them.
fn formats(names: &[String], offered: &[Format]) -> Result<Vec<Format>, Told> {
    let all: Vec<&str> = offered.iter().map(|f| f.extension()).collect();
    let one = |name: &String| {
        let format = name.parse().ok().filter(|f| offered.contains(f));
        format.ok_or_else(|| Told::refused(format!("Không có dạng tệp “{name}”; các dạng: {}.", all.join(", "))))
    };
    names.iter().map(one).collect()
}
