//! `keng-hub report`.

use std::path::{Path, PathBuf};

use keng_desk::Told;
use keng_desk::consolidation::figures;
use keng_domain::figures::Figures;
use keng_domain::id::Lsn;
use keng_domain::period::Period;
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
            None => consolidated(store, &self.kind, &self.period)?,
            Some(lsn) => consolidated(&store.as_of(Lsn(lsn))?, &self.kind, &self.period)?,
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

/// The figures of a period as `store` holds them.
///
/// # Errors
/// For a period that is none.
pub fn consolidated(store: &Store, kind: &str, period: &str) -> Result<Figures, Told> {
    let pack = store.rule_pack()?;
    let period = Period::parse(kind, period, &pack.periods).map_err(|_| {
        Told::refused(format!(
            "“{kind} {period}” không phải kỳ báo cáo; ví dụ: annual 2022, half-year 2022, quarter 2022-Q4."
        ))
    })?;
    Ok(figures(store, period)?)
}

fn write(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), Told> {
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|e| Told::new(format!("Không ghi được {}: {e}.", path.display()), "Sổ cái không bị ảnh hưởng.", ""))
}
