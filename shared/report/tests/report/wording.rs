//! The sentences, read from the Word document as an officer would.

use calamine::Reader;
use keng_domain::changes::Changes;
use keng_domain::figures::{Exemplar, Movement, Nominated, SafetyCount};
use keng_domain::id::RecordId;
use keng_domain::rule_pack::{RulePack, Share};
use keng_domain::rules::submission::State;
use keng_domain::rules::timeliness::Timeliness;
use keng_report::{Format, change_lines, render};

use crate::sample::{Sample, paragraphs};

fn check(sample: &Sample, sentence: &str) {
    let lines = paragraphs(&sample.render(Format::Docx));
    assert!(lines.iter().any(|line| line == sentence), "{sentence:?} is missing in\n{}", lines.join("\n"));
}

#[test]
fn totals_stand_in_one_sentence_with_what_is_missing() {
    check(
        &Sample::default(),
        "1. Đến hết ngày 09 tháng 11 năm 2022, toàn tỉnh có 03 mô hình với 08 điểm, 16 tổ, 1.200 thành viên (chưa gồm \
         số liệu của 01 đơn vị nêu tại Mục IV).",
    );
}

#[test]
fn new_ended_and_spontaneous_points_are_told_apart() {
    check(
        &Sample::default(),
        "2. Trong kỳ thành lập mới, nhân rộng 02 điểm; chấm dứt hoạt động 01 điểm. Còn 01 điểm tự phát chưa có quyết \
         định công nhận, được theo dõi riêng và không tính vào các số liệu trên; cấp có thẩm quyền phải công nhận hoặc \
         chấm dứt hoạt động theo công văn số 4267/BCĐ-NC, điểm 1.c.",
    );
}

/// R4 speaks of points and models; R20: the numbers of the movement are told apart where they differ from these.
#[test]
fn models_that_wait_and_points_that_came_and_went_are_told() {
    let mut figures = Sample::default().figures();
    (figures.spontaneous_models, figures.began_and_ended, figures.ended_uncounted) = (1, 2, 1);
    let text = paragraphs(&render(&figures, Format::Docx).unwrap());
    let sentence = "2. Trong kỳ thành lập mới, nhân rộng 02 điểm; chấm dứt hoạt động 01 điểm (trong đó 02 điểm vừa thành lập \
        vừa chấm dứt trong kỳ, chỉ kể ở số chấm dứt; 01 điểm chấm dứt khi chưa được tính). Còn 01 điểm tự phát, 01 mô hình \
        tự phát (chưa có điểm nào được công nhận) chưa có quyết định công nhận, được theo dõi riêng và không tính vào các số \
        liệu trên; cấp có thẩm quyền phải công nhận hoặc chấm dứt hoạt động theo công văn số 4267/BCĐ-NC, điểm 1.c.";
    assert!(text.iter().any(|line| line == sentence), "{text:#?}");
}

#[test]
fn ratings_by_level_have_shares() {
    check(
        &Sample::default(),
        "3. Theo kết quả xếp loại năm 2022: trong 07 điểm đủ điều kiện xếp loại, Tốt 02 điểm (28,6 %); Khá 01 điểm (14,3 %); Trung bình 01 điểm \
         (14,3 %); Yếu 02 điểm (28,6 %); Không phân loại 00 điểm (0,0 %); chưa đánh giá 01 điểm (14,3 %).",
    );
}

#[test]
fn an_open_model_is_named_with_its_reason() {
    check(
        &Sample::default(),
        "- Camera an ninh: 01 hiệu quả trên 03 điểm đủ điều kiện, 01 chưa đánh giá; cần thêm 01 điểm hiệu quả để đạt 50 %.",
    );
}

#[test]
fn a_model_at_exactly_half_is_effective_and_shown_as_near() {
    check(
        &Sample::default(),
        "- Tiếng kẻng an ninh: 02 điểm hiệu quả trên 04 điểm đủ điều kiện (50,0 %), kết luận: hiệu quả.",
    );
}

/// The threshold is a parameter: what is near is near it, and the words of a letter that names another are not passed
/// off as what was applied.
#[test]
fn another_threshold_is_told_beside_the_words_of_the_letter_or_instead_of_them() {
    let mut pack = RulePack::kontum_2022();
    pack.effective_share = Share { numerator: 11, denominator: 20 };
    let rule = "mô hình có từ 55 % số điểm trở lên hoạt động hiệu quả là mô hình hiệu quả.";
    let words = pack.letter.quoted.verdict.clone().unwrap();
    let by_letter = Sample { pack: pack.clone(), ..Sample::default() };
    check(&by_letter, &format!("Quy định: “{words}” Bộ quy tắc kontum-2022 áp dụng: {rule}"));
    check(
        &by_letter,
        "2. Đã kết luận nhưng tỷ lệ điểm hiệu quả ở sát mức 55 % (chênh không quá 5 điểm phần trăm; đúng 55 % là đạt): 01 mô \
         hình, cụ thể:",
    );
    pack.letter.quoted.verdict = None;
    check(&Sample { pack: pack.clone(), ..Sample::default() }, &format!("Quy định áp dụng: {rule}"));
    pack.effective_share = Share { numerator: 3, denominator: 5 };
    check(&Sample { pack, ..Sample::default() }, "2. Không có mô hình nào có tỷ lệ điểm hiệu quả ở sát mức 60 %.");
}

#[test]
fn a_unit_that_sent_nothing_is_named_and_the_others_have_their_time() {
    let sample = Sample::default();
    check(
        &sample,
        "Đã nhận được số liệu của 02 trên 03 đơn vị. Lần nhận số liệu gần nhất của từng đơn vị ghi tại Phụ lục III; sớm \
         nhất là 08:05 08/11/2022 (Huyện Đắk Glei), muộn nhất là 00:30 10/11/2022 (Huyện Đắk Tô).",
    );
    check(&sample, "- Huyện Đăk Hà.");
    let mut all = Sample::default();
    all.received.push(("615", "2022-11-08T02:00:00Z"));
    check(&all, "1. Đến hết ngày 09 tháng 11 năm 2022, toàn tỉnh có 03 mô hình với 08 điểm, 16 tổ, 1.200 thành viên.");
}

#[test]
fn before_anybody_has_reported_nobody_is_left_out() {
    let sample = Sample { received: Vec::new(), ..Sample::default() };
    check(&sample, "Đã nhận được số liệu của 00 trên 03 đơn vị.");
    check(&sample, "Chưa nhận được số liệu của 03 đơn vị:");
}

#[test]
fn contests_show_every_value_with_its_writer_and_mark_the_one_in_use() {
    let sample = Sample::default().with_contests();
    check(
        &sample,
        "Đến điểm chốt còn 03 xung đột chưa chọn. Giá trị đánh dấu (*) là giá trị tạm dùng trong báo cáo này; điểm có \
         xếp loại đang xung đột được tính là chưa đánh giá.",
    );
    for cell in ["7 (*)", "1.200", "Tốt", "Yếu", "Đang hoạt động (*)", "(để trống)", "Y Blê, 610-1, 16:33 08/11/2022"]
    {
        check(&sample, cell);
    }
    check(&sample, "Trong đó 01 xung đột có thể làm thay đổi kết luận về mô hình.");
    check(&Sample::default(), "Đến điểm chốt không còn xung đột nào chưa chọn.");
}

/// Letter 4267, 1.d: who has handed in; TT's second table; what differs from what was issued before.
#[test]
fn what_was_handed_in_recognised_and_changed_is_told() {
    let sample = Sample::default();
    check(
        &sample,
        "Đã trình báo cáo năm 2022: 00 trên 03 đơn vị, trong đó quá hạn 00 đơn vị; tỉnh đã nhận báo cáo của 00 đơn vị. Chưa trình: Huyện Đắk Glei; Huyện Đắk Tô; Huyện Đăk Hà.",
    );
    let mut figures = sample.figures();
    figures.exemplars.push(Exemplar {
        id: RecordId([5; 16]),
        name: "Y Thanh".into(),
        address: "Thôn 2, xã Đăk Hà".into(),
        achievement: "Bắt quả tang 03 vụ trộm".into(),
        decision: "41/QĐ-UBND ngày 20/05/2022".into(),
        decision_date: None,
        reward: "Giấy khen".into(),
        year: None,
        exemplar_kind: "Cá nhân".into(),
        level: "Cấp xã".into(),
    });
    let mut before = figures.clone();
    before.totals.teams -= 3;
    before.models[0].teams -= 3;
    figures.changes = Some(Changes::between(&before, &figures));
    let text = paragraphs(&render(&figures, Format::Docx).unwrap());
    for line in ["Y Thanh", "41/QĐ-UBND ngày 20/05/2022", "Phụ lục IV", "Toàn tỉnh"] {
        assert!(text.iter().any(|l| l == line), "{line} in {text:#?}");
    }
}

/// Decree 30/2020, Article 18.3: a correction names everything that it corrects. A field that had no label would be left out
/// without a word, so that each is counted here.
#[test]
fn every_figure_that_differs_has_a_line_in_the_annex_of_changes() {
    let sample = Sample::default().with_contests().with_hand_in("610", State::Accepted, Timeliness::Late);
    let mut after = sample.figures();
    after.exemplars.push(Exemplar {
        id: RecordId([5; 16]),
        name: "Y Thanh".into(),
        address: "Thôn 2".into(),
        achievement: "Bắt quả tang 03 vụ trộm".into(),
        decision: "41/QĐ-UBND".into(),
        decision_date: None,
        reward: "Giấy khen".into(),
        year: Some(2022),
        exemplar_kind: "Cá nhân".into(),
        level: "Cấp xã".into(),
    });
    after.nominations.push(Nominated {
        id: RecordId([6; 16]),
        unit: "Huyện Đắk Glei".into(),
        model: "Tiếng kẻng an ninh".into(),
        quarter: "quý IV năm 2022".into(),
        case: "Tốt".into(),
        state: "Đã trình".into(),
        basis: Some("Hồ sơ đầy đủ".into()),
    });
    after
        .movement
        .safety
        .push(SafetyCount { object: "Xã".into(), places: 3, registered: 2, ..SafetyCount::default() });
    after.movement.exemplars_without_date = 1;
    let mut before = after.clone();
    (before.models, before.units, before.exemplars, before.nominations) = (vec![], vec![], vec![], vec![]);
    (before.contests, before.movement) = (vec![], Movement::default());
    let changes = Changes::between(&before, &after);
    let lines = change_lines(&changes);
    for line in changes.lines() {
        // Added lines say of what kind they are, which tells those of one name apart.
        let kind = if changes.models.contains(line) { "mô hình" } else { "" };
        let is_of = |[of, ..]: &&[String; 4]| of.starts_with(&format!("{} ({kind}", line.name));
        // A level for each field of levels, and the name stands in front.
        let levels = line.fields.get("by_level").map_or(0, |c| c.to.as_object().map_or(0, serde_json::Map::len));
        let wanted = line.fields.keys().filter(|key| !["name", "by_level"].contains(&key.as_str())).count() + levels;
        assert!(lines.iter().filter(is_of).count() >= wanted, "{line:?} in {lines:#?}");
    }
    for (what, to) in [
        ("Xung đột chưa chọn", "3"),
        ("Điển hình chưa ghi ngày quyết định", "1"),
        ("Báo cáo của đơn vị", "Đã nhận, quá hạn"),
    ] {
        assert!(lines.iter().any(|[_, label, _, after]| label == what && after == to), "{what} in {lines:#?}");
    }
}

/// What nobody has filled in of an exemplar is no change.
#[test]
fn fields_that_say_nothing_are_no_lines_of_the_annex() {
    let before = Sample::default().figures();
    let mut after = before.clone();
    let silent = String::new;
    after.exemplars.push(Exemplar {
        id: RecordId([5; 16]),
        name: "Y Thanh".into(),
        address: silent(),
        achievement: silent(),
        decision: "41/QĐ-UBND".into(),
        decision_date: None,
        reward: silent(),
        year: None,
        exemplar_kind: silent(),
        level: silent(),
    });
    let lines = change_lines(&Changes::between(&before, &after));
    assert_eq!(lines, [["Y Thanh (điển hình thêm)", "Quyết định công nhận", "–", "41/QĐ-UBND"].map(str::to_owned)]);
}

/// A rating that went from one level to another moves two figures of its model.
#[test]
fn a_rating_that_was_corrected_is_in_the_annex_by_level() {
    let after = Sample::default().figures();
    let mut before = after.clone();
    let levels = &mut before.models.iter_mut().find(|m| m.name == "Tiếng kẻng an ninh").unwrap().by_level;
    levels.insert("tot".to_owned(), 2);
    levels.remove("kha");
    let lines = change_lines(&Changes::between(&before, &after));
    let of = |what: &str, from: &str, to: &str| ["Tiếng kẻng an ninh", what, from, to].map(str::to_owned);
    assert_eq!(lines, [of("Xếp loại Tốt", "2", "1"), of("Xếp loại Khá", "0", "1")]);
}

/// What was sent back is not there until the unit has mended it.
#[test]
fn a_report_that_was_sent_back_is_named_and_not_counted() {
    let sample = Sample::default().with_hand_in("610", State::Accepted, Timeliness::Late).with_hand_in(
        "612",
        State::Returned,
        Timeliness::OnTime,
    );
    check(
        &sample,
        "Đã trình báo cáo năm 2022: 01 trên 03 đơn vị, trong đó quá hạn 01 đơn vị; tỉnh đã nhận báo cáo của 01 đơn \
         vị. Đã trả lại, chưa trình lại: Huyện Đắk Tô. Chưa trình: Huyện Đăk Hà.",
    );
    check(
        &sample.with_hand_in("612", State::HandedIn, Timeliness::OnTime),
        "Đã trình báo cáo năm 2022: 02 trên 03 đơn vị, trong đó quá hạn 01 đơn vị; tỉnh đã nhận báo cáo của 01 đơn \
         vị. Chưa trình: Huyện Đăk Hà.",
    );
}

/// Decree 30/2020, Article 18.3.
#[test]
fn a_correction_says_which_report_it_replaces() {
    let sentence = "Báo cáo này thay thế Báo cáo số 12/BC-CAT ngày 20 tháng 11 năm 2022.";
    check(&Sample::default().correcting(), sentence);
    let first = paragraphs(&Sample::default().render(Format::Docx));
    assert!(!first.iter().any(|line| line.contains("thay thế")), "{first:#?}");
}

/// Which model turns is told beside the contest that can turn it, above those that decide nothing.
#[test]
fn a_contest_that_may_turn_a_model_names_it_and_comes_first() {
    let rows = crate::xlsx::rows(&Sample::default().with_contests(), "Xung đột");
    let told = |at: usize| [2, 6].map(|column| rows[at][column].to_string());
    assert_eq!(told(0), ["Xếp loại năm 2022", "Tiếng kẻng an ninh"]);
    assert_eq!(told(2), ["Số tổ", ""]);
}

/// Letter 4267, 1.c and 1.d: in May models stand as the last year left them.
#[test]
fn a_half_year_report_judges_by_the_last_year_that_was_rated() {
    let may = Sample { kind: "half-year", ..Sample::default() };
    check(
        &may,
        "Theo kết quả xếp loại năm 2021: hiệu quả 01 mô hình; chưa hiệu quả 01 mô hình; chưa đủ căn cứ 01 mô hình; \
         chưa đánh giá 00 mô hình.",
    );
}

#[test]
fn the_period_before_stands_beside_this_one() {
    check(
        &Sample::default(),
        "5. So với năm 2021 (chốt hết ngày 09 tháng 11 năm 2021): số mô hình không đổi; tăng 01 điểm; tăng 02 tổ; số mô hình \
         hiệu quả không đổi. Số của kỳ trước tính lại theo ghi chép đến điểm chốt này; số tổ lấy theo số hiện nay của \
         từng điểm.",
    );
    let first = Sample { period: "2018", ..Sample::default() };
    check(&first, "5. Chưa có số liệu năm 2017 để so sánh.");
}

/// Letter 4267, 2, third dash: "gắn với kết quả thực hiện công tác xây dựng phong trào".
#[test]
fn what_the_movement_brought_is_counted_and_what_has_no_date_is_named() {
    let sample = Sample::default().with_movement().with_nominations();
    for sentence in [
        "1. An toàn về an ninh, trật tự (Thông tư số 124/2021/TT-BCA) năm 2022: 04 nơi được theo dõi; đã đăng ký 03 nơi; \
         được công nhận 01 nơi, không được công nhận 01 nơi, chưa có quyết định 02 nơi.",
        "2. Chấm điểm, phân loại phong trào (Quyết định số 510/QĐ-BCA-V05) năm 2022: 04 nơi được chấm điểm; đã phân loại \
         02 nơi, chưa phân loại 02 nơi.",
        "3. Điển hình tiên tiến được công nhận trong kỳ: 02 điển hình (danh sách tại Phụ lục II). Còn 01 điển hình chưa \
         ghi ngày quyết định nên không tính vào kỳ nào; đơn vị cần ghi bổ sung.",
        "4. Mô hình được đề xuất thông báo: 01 lượt (thông báo toàn tỉnh 01; danh sách tại Phụ lục IV).",
    ] {
        check(&sample, sentence);
    }
    let sheet = crate::xlsx::book(&sample).worksheet_range("Phong trào").unwrap();
    let rows: Vec<String> =
        sheet.rows().map(|r| r.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    for row in ["Phân loại phong trào|Xã, phường, thị trấn|Khá|2", "Điển hình tiên tiến|Tập thể|Cấp tỉnh|1"]
    {
        assert!(rows.iter().any(|r| r == row), "{row} in {rows:#?}");
    }
    check(
        &Sample::default(),
        "Chưa có kết quả công tác xây dựng phong trào năm 2022 gửi về (an toàn về an ninh, trật tự; chấm điểm, phân loại \
         phong trào; điển hình tiên tiến; đề xuất thông báo).",
    );
}

/// R20: what was taken over beside what the cut counts.
#[test]
fn a_unit_edited_after_its_report_was_accepted_is_told() {
    let accepted = Sample::default().with_hand_in("610", State::Accepted, Timeliness::OnTime);
    check(&accepted, "Huyện Đắk Glei: số đã chốt khi trình (tỉnh đã nhận) bằng số tại điểm chốt");
    check(&accepted, "2 mô hình, 3 điểm");
    check(&accepted, "3 mô hình, 4 điểm");
    check(&accepted, "Có 01 nội dung đối chiếu không khớp, cần kiểm tra lại.");
    let open = Sample::default().with_hand_in("610", State::HandedIn, Timeliness::OnTime);
    check(&open, "Các số liệu đối chiếu đều khớp.");
}

#[test]
fn more_contests_than_a_paper_can_bear_are_counted() {
    let mut sample = Sample::default();
    sample.contests = vec![sample.contest("teams", "Số tổ", [1.into(), 2.into()]); 301];
    check(&sample, "Bảng trên ghi 300 xung đột đầu tiên; còn 01 xung đột trong tệp số liệu kèm theo.");
}

#[test]
fn the_cut_is_printed() {
    check(
        &Sample::default(),
        "Số liệu chốt hết ngày 09 tháng 11 năm 2022; sổ cái đến mục số 12.345, gốc 3fa91c073fa91c07; bộ quy tắc \
         kontum-2022.",
    );
}

#[test]
fn number_and_date_of_issue_stay_blank() {
    let sample = Sample::default();
    check(&sample, "Số:      /BC-…");
    check(&sample, "Kon Tum, ngày      tháng      năm      ");
    check(&sample, "(Kèm theo Báo cáo số      /BC-… ngày      tháng      năm      của Công an tỉnh Kon Tum)");
}

#[test]
fn other_periods_and_provinces_have_their_own_words() {
    let quarter = Sample { kind: "quarter", period: "2022-Q4", ..Sample::default() };
    check(
        &quarter,
        "Kết quả công tác xây dựng, nhân rộng mô hình, điển hình tiên tiến trong phong trào toàn dân bảo vệ an ninh Tổ \
         quốc quý IV năm 2022",
    );
    let city = Sample { province: "Thành phố Đà Nẵng".to_owned(), ..Sample::default() };
    for line in ["CÔNG AN THÀNH PHỐ ĐÀ NẴNG", "- Thường trực Thành ủy (b/c);", "- Ủy ban nhân dân thành phố Đà Nẵng."]
    {
        check(&city, line);
    }
}

#[test]
fn addressees_and_recipients_end_as_the_decree_wants() {
    let sample = Sample::default();
    for line in ["- Bộ Công an (Cục V05);", "- Ủy ban nhân dân tỉnh Kon Tum.", "- Như trên;", "- Lưu: VT, PV05."]
    {
        check(&sample, line);
    }
}

#[test]
fn a_table_without_records_keeps_its_place() {
    check(&Sample::default(), "Chưa có bản ghi");
}
