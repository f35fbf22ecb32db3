//! The data dictionary as it merges: sets, the yearly rating by criteria, organisations, dossiers.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use keng_tests::papers::paragraphs;
use keng_tests::{Hub, Office, Province, fixtures};
use serde_json::Value;

fn path(of: &Path) -> Result<&str> {
    of.to_str().context("a path in UTF-8")
}

/// `ten_khac`, `linh_vuc`: sets. Two districts that each add a name while they are apart contest nothing.
#[test]
fn two_districts_add_names_to_one_model_and_both_stand() -> Result<()> {
    let mut p = Province::kon_tum()?;
    for unit in ["610", "618"] {
        p.join(unit)?;
    }
    let (here, there, hub) = (p.node("610"), p.node("618"), p.hub());
    let words = ["model", "add", "--set", "name=Tiếng kẻng an ninh", "--set", "aliases=Kẻng báo động", "--json"];
    let model: Value = here.tell(&words)?.json()?;
    let id = model["id"].as_str().context("an id")?;
    here.sync()?;
    there.sync()?;
    here.edit_model(id, "aliases", "Kẻng báo động; Mõ làng")?;
    there.edit_model(id, "aliases", "Kẻng báo động; Chiêng an ninh")?;
    there.edit_model(id, "fields", "tự quản khu dân cư; Văn hóa")?;
    here.edit_model(id, "objects", "khu dân cư")?;
    for node in [here, there, here] {
        node.sync()?;
    }
    for model in [here.model(id)?, there.model(id)?, hub.model(id)?] {
        ensure!(model.text("aliases") == "Chiêng an ninh; Kẻng báo động; Mõ làng", "{model:?}");
        ensure!(model.text("fields") == "Tự quản khu dân cư; Văn hóa", "{model:?}");
        ensure!(model.text("objects") == "KHU_DAN_CU", "{model:?}");
    }
    ensure!(hub.contests()?.is_empty(), "a set has nothing to choose");
    // Taken out by one who had seen it: gone everywhere, and the trace tells who did it.
    there.edit_model(id, "aliases", "Chiêng an ninh; Mõ làng")?;
    there.sync()?;
    ensure!(hub.model(id)?.text("aliases") == "Chiêng an ninh; Mõ làng");
    let trace = hub.trace(id, "aliases")?;
    let last = trace.last().context("a trace")?;
    ensure!(last.value.is_null() && last.previous == "Kẻng báo động" && last.unit == "618", "{last:?}");
    Ok(())
}

/// The rule pack of the province with a sheet of two criteria.
fn adopt_criteria(p: &Province, hub: &Hub) -> Result<()> {
    let file: PathBuf = p.folder().join("tieu-chi.toml");
    hub.tell(&["rules", "export", path(&file)?])?;
    let text = std::fs::read_to_string(&file)?.replace("id = \"kontum-2022\"", "id = \"kontum-tieu-chi\"");
    let text = text.replace("label = \"Tốt\"\n", "label = \"Tốt\"\nfrom = 90\n");
    let sheet = "[[rating.criteria]]\ntext = \"Tổ chức, quy chế\"\npoints = 40\n\
        [[rating.criteria]]\ntext = \"Kết quả\"\npoints = 60\n";
    std::fs::write(&file, format!("{text}\n{sheet}"))?;
    hub.tell(&["rules", "adopt", path(&file)?, "--reason", "bảng tiêu chí của tỉnh"])?;
    ensure!(hub.tell(&["rules", "show"])?.stdout.contains("2 tiêu chí, 100 điểm"));
    Ok(())
}

/// `danh_gia`: points for each criterion, their total and the pack they were given by; first the unit's own,
/// then appraised, then approved.
#[test]
fn a_point_is_scored_by_the_criteria_of_the_province_and_its_total_says_the_level() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    node.import(&fixtures::spreadsheet("618"))?;
    let rated = node.points()?.into_iter().find(|x| x.rating(2022, "618") == Some("tot")).context("a good one")?.id;
    let rate = |points: &[&str]| {
        let words = ["point", "rate", &rated, "--year", "2022", "--points"];
        node.ask(&[&words[..], points].concat())
    };
    ensure!(rate(&["1=38"])?.refused()?.contains("chưa có tiêu chí"), "no text gives the sheet");
    adopt_criteria(&p, hub)?;
    node.sync()?;
    let refused = rate(&["1=41", "3=1"])?.refused()?;
    ensure!(refused.contains("tối đa 40 điểm") && refused.contains("tiêu chí là 1 đến 2"), "{refused}");
    ensure!(rate(&["1=38", "2=51"])?.code == Some(0));
    let of = |office: &Office| -> Result<Value> {
        let point: Value = office.tell(&["point", "show", &rated, "--json"])?.json()?;
        let all = point["rated"].as_array().context("years")?;
        all.iter().find(|y| y["year"] == 2022).cloned().context("2022")
    };
    let own = of(node)?;
    let sheet = &own["sheets"][0];
    ensure!(own["stage"] == "TU_DANH_GIA" && sheet["total"] == 89 && sheet["pack"] == "kontum-tieu-chi", "{own:#}");
    ensure!(sheet["level"] == "tot" && sheet["level_by_total"].is_null(), "89 is below 90, nothing else is said");
    ensure!(rate(&["2=1", "2=3"])?.refused()?.contains("ghi hai lần"));
    let told = rate(&["2=52"])?;
    ensure!(told.code == Some(0) && told.stdout.contains("Tổng 90/100 điểm: mức Tốt"), "{told:?}");
    ensure!(of(node)?["sheets"][0]["level_by_total"] == "tot");

    // The minutes of the unit say what its points come to.
    let made = node.tell(&["letter", "rating", "2022", "--out", path(p.folder())?])?.stdout;
    let minutes = paragraphs(Path::new(made.trim()))?;
    ensure!(minutes.iter().any(|line| line.contains("Tổng 90 điểm")), "{minutes:#?}");

    node.sync()?;
    hub.rate(&rated, 2022, "yeu")?;
    ensure!(of(hub)?["stage"] == "DA_THAM_DINH");
    let contest = hub.contest(&rated, "ratings/2022")?;
    hub.choose(&contest, "618", "đã kiểm tra phiếu chấm")?;
    node.sync()?;
    ensure!(of(hub)?["stage"] == "DA_DUYET" && of(node)?["stage"] == "DA_DUYET");

    // What nobody disputes is approved at once, unit by unit; a rating that is changed later changes nothing of it.
    let before = hub.verdicts(2022)?;
    let told = hub.tell(&["point", "approve", "--unit", "618", "--year", "2022", "--reason", "họp duyệt"])?.stdout;
    ensure!(told.contains("Đã duyệt xếp loại năm 2022 của"), "{told}");
    ensure!(hub.verdicts(2022)? == before, "approving what stands turns no verdict");
    let again = hub.tell(&["point", "approve", "--unit", "618", "--year", "2022"])?.stdout;
    ensure!(again.contains("của 0 điểm"), "{again}");
    let unrated = node.points()?.into_iter().find(|x| x.rating(2022, "618").is_none());
    if let Some(unrated) = unrated {
        ensure!(
            hub.ask(&["point", "approve", &unrated.id, "--year", "2022"])?.refused()?.contains("chưa được xếp loại")
        );
    }
    node.sync()?;
    let other = node.points()?.into_iter().find(|x| x.id != rated && x.rating(2022, "618") == Some("tot"));
    let other = other.context("another good one")?.id;
    node.rate(&other, 2022, "yeu")?;
    node.sync()?;
    ensure!(hub.verdicts(2022)? == before, "the approved level stands");
    Ok(())
}

/// `to_chuc`, `nam` of an exemplar, `ghi_chu` of a criterion, `loai` of a score.
#[test]
fn organisations_years_remarks_and_classes_are_kept_and_travel() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (node, hub) = (p.node("610"), p.hub());
    let add = |kind: &str, set: &[&str]| -> Result<String> {
        let words: Vec<&str> = [kind, "add"].into_iter().chain(set.iter().flat_map(|s| ["--set", s])).collect();
        Ok(node.tell(&words)?.stdout.trim().to_owned())
    };
    ensure!(node.ask(&["organisation", "add", "--set", "short_name=HPN"])?.refused()?.contains("Tên tổ chức"));
    let union =
        ["name=Hội Liên hiệp Phụ nữ huyện", "short_name=HPN", "organisation_kind=Đoàn thể", "identifier=000.00.12.h35"];
    let wrong = ["organisation", "add", "--set", "name=HPN", "--set", "identifier=abc"];
    ensure!(node.ask(&wrong)?.refused()?.contains("13 ký tự"));
    let organisation = add("organisation", &union)?;
    let exemplar = add("exemplar", &["name=A Thiu", "exemplar_kind=CA_NHAN", "year=2022", "reward=BANG_KHEN"])?;
    ensure!(node.ask(&["exemplar", "edit", &exemplar, "--set", "year=22"])?.refused()?.contains("năm từ 1990"));
    let assessment = add("assessment", &["year=2022", "object=XA", "unit=23368"])?;
    node.tell(&["assessment", "edit", &assessment, "--set", "criteria/1=CO", "remarks/1=Nghị quyết 05"])?;
    ensure!(node.ask(&["assessment", "edit", &assessment, "--set", "remarks/9=x"])?.refused()?.contains("1 đến 3"));
    let score = add("score", &["year=2022", "object=CO_QUAN", "unit=23368", "proposed_class=Loại xuất sắc"])?;
    let point = {
        let model = node.tell(&["model", "add", "--set", "name=Tiếng kẻng an ninh"])?.stdout;
        add("point", &[&format!("model={}", model.trim()), "unit=23368", "place=Thôn 1"])?
    };
    let team = add("team", &[&format!("record={point}"), "name=Tổ 1"])?;
    let member = add("member", &[&format!("record={team}"), "name=A Thiu", "role=TO_TRUONG"])?;
    node.sync()?;
    let shown = |kind: &str, id: &str| -> Result<Value> { hub.tell(&[kind, "show", id, "--json"])?.json() };
    let body = shown("organisation", &organisation)?;
    ensure!(body["organisation_kind"] == "DOAN_THE" && body["short_name"] == "HPN", "{body}");
    ensure!(body["identifier"] == "000.00.12.H35", "{body}");
    ensure!(shown("team", &team)?["leader"] == member, "the leader is the member of that role");
    ensure!(shown("exemplar", &exemplar)?["year"] == 2022);
    ensure!(shown("assessment", &assessment)?["remarks"]["1"] == "Nghị quyết 05");
    ensure!(shown("score", &score)?["proposed_class"] == "Loại xuất sắc");
    Ok(())
}

/// What was written by mistake is taken back: it stands in no list, count or report, and returns when it was right.
#[test]
fn a_record_that_is_taken_back_counts_nowhere_until_it_returns() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (node, hub) = (p.node("610"), p.hub());
    let set = |words: &[&str], set: &[&str]| -> Vec<String> {
        words.iter().chain(set.iter().flat_map(|s| [&"--set", s])).map(|s| (*s).to_owned()).collect()
    };
    // A blank record says nothing of anybody.
    for (kind, given, said) in [
        ("exemplar", &["level=XA"][..], "Họ tên, tên tập thể"),
        ("assessment", &["year=2022", "registered=CO"], "Đối tượng"),
        ("assessment", &["year=2022", "object=KHU_DAN_CU"], "Tên nơi được đánh giá"),
        ("team", &["name=Tổ 1"], "Thiếu mục “Của điểm” (record)"),
    ] {
        let refusal = node.ask(&set(&[kind, "add"], given))?.refused()?;
        ensure!(refusal.contains(said) && refusal.contains("Chưa ghi gì"), "{kind}: {refusal}");
    }
    let add = |kind: &str, given: &[&str]| -> Result<String> {
        Ok(node.tell(&set(&[kind, "add"], given))?.stdout.trim().to_owned())
    };
    let unit = "unit=23368";
    let commune = add("assessment", &[unit, "year=2022", "object=XA", "registered=CO", "recognised=CO"])?;
    let hamlet = |n: u8| {
        let name = format!("name=Thôn {n}");
        add("assessment", &[unit, "year=2022", "object=KHU_DAN_CU", &name, "registered=CO", "recognised=CO"])
    };
    let (_, mistaken) = (hamlet(1)?, hamlet(2)?);
    let refusal = node.ask(&["assessment", "edit", &mistaken, "--set", "name="])?.refused()?;
    ensure!(refusal.contains("Tên nơi được đánh giá"), "{refusal}");
    let decided = ["decision_no=1/QĐ", "decision_date=01/10/2022", "year=2022"];
    let exemplar = add("exemplar", &[&["name=A Thiu", "level=XA"][..], &decided[..]].concat())?;
    node.sync()?;

    let counted = || -> Result<(usize, String, u64)> {
        let exemplars: Value = hub.tell(&["exemplar", "list", "--json"])?.json()?;
        let shown: Value = hub.tell(&["assessment", "show", &commune, "--json"])?.json()?;
        let figures = hub.figures(2022)?;
        ensure!(figures["exemplars"].as_array().map(Vec::len) == exemplars.as_array().map(Vec::len), "{figures}");
        let safe = figures["movement"]["safety"].as_array().into_iter().flatten();
        let recognised = safe.filter_map(|of| of["recognised"].as_u64()).sum();
        Ok((exemplars.as_array().map_or(0, Vec::len), shown["conditions"].to_string(), recognised))
    };
    let (exemplars, conditions, recognised) = counted()?;
    ensure!((exemplars, recognised) == (1, 3) && conditions.contains("2/2 nơi trong địa bàn"), "{conditions}");

    let take_back = |kind: &str, id: &str, why: &str| -> Result<()> {
        node.tell(&[kind, "edit", id, "--set", &format!("withdrawn={why}")])?;
        node.sync().map(|_| ())
    };
    take_back("exemplar", &exemplar, "ghi nhầm người")?;
    take_back("assessment", &mistaken, "ghi trùng")?;
    let (exemplars, conditions, recognised) = counted()?;
    ensure!((exemplars, recognised) == (0, 2) && conditions.contains("1/1 nơi trong địa bàn"), "{conditions}");
    let out_of_list: Value = hub.tell(&["exemplar", "list", "--withdrawn", "--json"])?.json()?;
    ensure!(
        out_of_list[0]["withdrawn"] == "ghi nhầm người" && out_of_list[0]["id"] == exemplar.as_str(),
        "{out_of_list}"
    );
    let trace: Value = hub.tell(&["trace", &exemplar, "--json"])?.json()?;
    ensure!(trace.to_string().contains("ghi nhầm người"), "{trace}");

    take_back("exemplar", &exemplar, "")?;
    take_back("assessment", &mistaken, "")?;
    let (exemplars, conditions, recognised) = counted()?;
    ensure!((exemplars, recognised) == (1, 3) && conditions.contains("2/2 nơi trong địa bàn"), "{conditions}");
    Ok(())
}

/// R25–R28 and what two fields cannot both say: a slip of the pen is refused, what people decided is marked.
#[test]
fn what_cannot_be_is_refused_and_what_is_too_early_or_late_is_marked() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    node.sync()?;
    let model = node.tell(&["model", "add", "--set", "name=Tiếng kẻng an ninh"])?.stdout;
    let record = format!("record={}", model.trim());
    let words = |first: &[&str], set: &[&str]| -> Vec<String> {
        first.iter().chain(set.iter().flat_map(|s| [&"--set", s])).map(|s| (*s).to_owned()).collect()
    };
    let school = ["unit=23368", "year=2022", "object=CO_SO_GIAO_DUC", "name=Trường THCS"];
    for (kind, set, said) in [
        ("survey", vec![record.as_str(), "survey_kind=KIEM_TRA", "held_on=01/01/2099"], "ngày 01/01/2099 chưa tới"),
        ("exemplar", vec!["name=A Thiu", "year=2099"], "năm 2099 chưa tới"),
        ("exemplar", vec!["name=A Thiu", "year=2022", "decision_date=31/12/2021"], "(2021)"),
        (
            "member",
            vec![record.as_str(), "name=A Thiu", "joined_on=01/05/2022", "left_on=30/04/2022"],
            "trước “Từ ngày”",
        ),
        ("assessment", [&school[..], &["sub_units=10", "sub_units_good=12"]].concat(), "nhiều hơn"),
    ] {
        let refusal = node.ask(&words(&[kind, "add"], &set))?.refused()?;
        ensure!(refusal.contains(said) && refusal.contains("Chưa ghi gì"), "{kind}: {refusal}");
    }
    let add = |kind: &str, set: &[&str]| -> Result<Value> { node.tell(&words(&[kind, "add", "--json"], set))?.json() };
    let id = |of: &Value| of["id"].as_str().unwrap_or_default().to_owned();
    let assessed = add("assessment", &[&school[..], &["sub_units=10", "decision_date=01/01/2021"]].concat())?;
    let refusal = node.ask(&words(&["assessment", "edit", &id(&assessed)], &["sub_units_good=12"]))?.refused()?;
    ensure!(refusal.contains("nhiều hơn"), "{refusal}");
    node.tell(&words(&["assessment", "edit", &id(&assessed)], &["sub_units=12", "sub_units_good=12"]))?;
    let conditions = assessed["conditions"].as_array().context("conditions")?;
    let early = conditions.iter().find(|c| c["rule"] == "R25").context("R25")?;
    ensure!(
        early["holds"] == false && early["sentence"].as_str().is_some_and(|s| s.contains("khi chưa hết")),
        "{early}"
    );

    let score = |day: &str| add("score", &["unit=23368", "year=2022", "object=CO_QUAN", "name=Phòng", day]);
    let (in_time, late) = (score("decision_date=29/11/2022")?, score("decision_date=19/12/2022")?);
    ensure!(in_time["sheet"]["late"] == false && late["sheet"]["late"] == true, "{in_time:#} {late:#}");
    Ok(())
}

/// `ho_so`: whether a dossier is complete follows from what is in it and the checklist of the rule pack.
#[test]
fn a_dossier_tells_what_its_checklist_still_asks_for() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let node = p.node("618");
    node.import(&fixtures::spreadsheet("618"))?;
    let point = node.points()?.into_iter().next().context("a point")?;
    let model = point.text("model").to_owned();
    let of = |record: &str| -> Result<Value> { node.tell(&["document", "dossier", record, "--json"])?.json() };
    let before = of(&model)?;
    let missing = |dossier: &Value| dossier["missing"].as_array().map_or(0, Vec::len);
    ensure!(missing(&before) == 7 && before["complete"] == false && before["checklist"] == "kontum-2022", "{before}");
    let file = p.folder().join("ke-hoach.txt");
    std::fs::write(&file, "Kế hoạch năm 2022")?;
    node.add(&point.id, &file, "KE_HOACH")?;
    let after = of(&model)?;
    ensure!(missing(&after) == 6, "what is filed at a point counts for its model: {after}");
    let words = node.tell(&["document", "dossier", &point.id])?.stdout;
    ensure!(words.contains("có 1/7 loại văn bản") && words.contains("Quy chế"), "{words}");
    let exemplar = node.tell(&["exemplar", "add", "--set", "name=A Thiu"])?.stdout;
    ensure!(node.ask(&["document", "dossier", exemplar.trim()])?.refused()?.contains("Chỉ hồ sơ của mô hình"));
    Ok(())
}
