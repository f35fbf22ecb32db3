//! Nothing knows Kon Tum, ten, or two levels: Quảng Ngãi 2025, communes straight under the province.

use anyhow::{Result, ensure};
use keng_tests::sheet::{self, Row};
use keng_tests::{Province, fixtures};

const fn row<'a>(
    model: &'a str,
    commune: &'a str,
    place: &'a str,
    decided: &'a str,
    teams: u32,
    rating: &'a str,
) -> Row<'a> {
    Row { model, commune, place, decided, teams, members: 10 * teams, rating }
}

#[test]
fn three_communes_of_a_province_without_districts_report_2025() -> Result<()> {
    let mut p = Province::of("51", &fixtures::units("quangngai-2025"))?;
    p.join_all(&["21025", "21028", "21034"])?;
    let (bell, camera) = ("Tiếng kẻng an ninh", "Camera an ninh");
    let sheets: [(&str, &str, &[Row<'_>]); 3] = [
        (
            "21025",
            "Phường Cẩm Thành",
            &[
                row(bell, "Phường Cẩm Thành", "Tổ 1", "01/02/2023", 2, "Tốt"),
                row(bell, "Phường Cẩm Thành", "Tổ 2", "01/02/2024", 3, "Yếu"),
                row(camera, "Phường Cẩm Thành", "Tổ 3", "05/01/2025", 1, "Yếu"),
            ],
        ),
        (
            "21028",
            "Phường Nghĩa Lộ",
            &[
                row("TIẾNG KẺNG AN NINH", "Phường Nghĩa Lộ", "Tổ 1", "01/02/2023", 2, "Khá"),
                row(bell, "Phường Nghĩa Lộ", "Tổ 2", "01/02/2023", 4, "Trung bình"),
                row(camera, "Phường Nghĩa Lộ", "Tổ 3", "05/01/2025", 1, ""),
            ],
        ),
        // Three months old at the cut-off: counted, and not yet rated. And one without a decision.
        (
            "21034",
            "Xã An Phú",
            &[row(bell, "Xã An Phú", "Thôn 1", "01/08/2025", 5, ""), row(bell, "Xã An Phú", "Thôn 2", "", 7, "")],
        ),
    ];
    for (code, name, rows) in sheets {
        let file = p.folder().join(format!("{code}-2025.xlsx"));
        sheet::write(&file, name, 2025, rows)?;
        let imported = p.node(code).import(&file)?;
        ensure!((imported.rows, imported.new) == (rows.len(), rows.len()), "{code}: {imported:?}");
        p.node(code).sync()?;
    }
    p.hub().merge_suggested()?;

    let figures = p.hub().figures(2025)?;
    let totals = &figures["totals"];
    ensure!(totals["models"] == 2 && totals["points"] == 7 && totals["teams"] == 18, "{totals}");
    let bells = p.hub().verdict(2025, bell)?;
    ensure!((bells.eligible, bells.effective, bells.verdict.as_str()) == (4, 2, "EFFECTIVE"), "{bells:?}");
    let cameras = p.hub().verdict(2025, camera)?;
    ensure!((cameras.eligible, cameras.unrated, cameras.verdict.as_str()) == (2, 1, "UNDETERMINED"), "{cameras:?}");
    let missing = figures["missing_units"].as_array().map_or(0, Vec::len);
    ensure!(missing == 93, "{missing} units are missing, not 93");
    // A year before: only what was decided by then, and nobody was rated.
    ensure!(p.hub().figures(2024)?["totals"]["points"] == 4);
    Ok(())
}
