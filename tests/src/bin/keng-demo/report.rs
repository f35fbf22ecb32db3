//! The last chapter: the annual report in four formats, twice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::Story;
use crate::half::YEAR;
use crate::teller::number;

const FORMATS: &str = "json,xlsx,docx,pdf";

/// Four files; the figures are true; made again from their cut they are the same bytes.
pub fn four_files(story: &Story, out: &Path) -> Result<()> {
    let Story { province, truth, teller } = story;
    teller.chapter(&format!("Báo cáo năm {YEAR}"));
    let busy = teller.busy("lập báo cáo bốn dạng");
    let files = province.hub().report(YEAR, out, FORMATS, None)?;
    let json = files.iter().find(|f| f.extension().is_some_and(|e| e == "json")).context("no JSON report")?;
    let figures: Value = serde_json::from_slice(&std::fs::read(json)?)?;
    busy.set_message("lập lại từ cùng điểm chốt");
    let lsn = figures["cut"]["lsn"].as_u64().context("the cut has an lsn")?;
    let again = province.hub().report(YEAR, &province.folder().join("again"), FORMATS, Some(lsn))?;
    busy.finish_and_clear();

    for file in &files {
        let size = std::fs::metadata(file)?.len();
        teller.say(format!("{} ({} byte)", file.display(), number(i64::try_from(size)?)));
    }
    teller.fact("Bốn tệp: JSON, XLSX, DOCX, PDF.", files.len() == 4, || format!("{files:?}"))?;
    let compared = truth.compare(&figures);
    teller.fact(
        format!(
            "{} điểm, {} tổ: khớp bảng đối chiếu, cộng các sửa đổi đã chọn.",
            truth.counted_points,
            number(truth.teams)
        ),
        compared.is_ok(),
        || compared.as_ref().err().map(ToString::to_string).unwrap_or_default(),
    )?;
    let (first, second) = (contents(&files)?, contents(&again)?);
    teller.fact(
        format!("Lập lại từ điểm chốt (mục {lsn}): giống từng byte ở cả bốn dạng."),
        first == second,
        || {
            first
                .iter()
                .filter(|(name, bytes)| second.get(*name) != Some(bytes))
                .map(|(n, _)| format!("{n} khác "))
                .collect()
        },
    )
}

fn contents(files: &[PathBuf]) -> Result<BTreeMap<String, Vec<u8>>> {
    let read = |file: &PathBuf| -> Result<(String, Vec<u8>)> {
        let name = file.file_name().context("a report has a name")?.to_string_lossy().into_owned();
        Ok((name, std::fs::read(file)?))
    };
    files.iter().map(read).collect()
}
