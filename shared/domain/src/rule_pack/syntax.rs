//! What TOML and serde find wrong, in Vietnamese and with the line.

/// The fault of a text that is no pack: `dòng 21 (months = "sáu"): cần số nguyên`.
pub(super) fn told(text: &str, error: &toml::de::Error) -> String {
    let what = translated(error.message());
    // A whole section that is missing has no line.
    let Some(span) = error.span().filter(|span| span.start > 0) else { return what };
    let before = text.get(..span.start).unwrap_or(text);
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default().trim();
    let shown: String = line.chars().filter(|c| !c.is_control()).take(LINE_CHARS_SHOWN).collect();
    format!("dòng {number} ({shown}): {what}")
}

/// More of a line than this says no more.
const LINE_CHARS_SHOWN: usize = 60;

fn translated(message: &str) -> String {
    let name = || message.split('`').nth(1).unwrap_or_default();
    let message = message.lines().next().unwrap_or_default();
    match message {
        m if m.starts_with("missing field") => format!("thiếu mục “{}”", name()),
        m if m.starts_with("unknown field") => format!("không có mục “{}” trong bộ quy tắc", name()),
        m if m.starts_with("unknown variant") => {
            let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
            format!("“{}” không dùng được; chọn {}", name(), known.join(" hoặc "))
        }
        m if m.starts_with("duplicate key") => "ghi hai lần".to_owned(),
        m if m.starts_with("invalid type") || m.starts_with("invalid value") => {
            let expected = [
                ("u32", "số nguyên không âm"),
                ("bool", "true hoặc false"),
                ("a boolean", "true hoặc false"),
                ("a string", "chữ trong ngoặc kép"),
                ("string", "chữ trong ngoặc kép"),
                ("a sequence", "danh sách trong ngoặc vuông"),
                ("formatted date", "ngày trong ngoặc kép, năm-tháng-ngày"),
            ];
            let wanted = message.rsplit("expected ").next().unwrap_or_default();
            let word = expected.iter().find(|(known, _)| wanted.contains(known));
            word.map_or_else(|| "giá trị sai kiểu".to_owned(), |(_, word)| format!("sai kiểu; cần {word}"))
        }
        // What chrono says of a text that is no day.
        m if ["input ", "premature end", "trailing input"].iter().any(|of_day| m.starts_with(of_day)) => {
            "không phải ngày; cần năm-tháng-ngày trong ngoặc kép, như \"2022-12-16\"".to_owned()
        }
        _ => "sai cú pháp TOML".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rule_pack::{DEFAULT_TOML, RulePack};

    #[track_caller]
    fn check(from: &str, to: &str, says: &str) {
        assert!(DEFAULT_TOML.contains(from), "{from}");
        let why = RulePack::from_toml(&DEFAULT_TOML.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(why.contains(says), "{why}");
    }

    /// The province reads what is wrong and where; no word of it is a parser's.
    #[test]
    fn faults_of_the_file_are_told_in_vietnamese_with_their_line() {
        check("months = 6", "months = \"sáu\"", "(months = \"sáu\"): sai kiểu; cần số nguyên không âm");
        check("months = 6", "moons = 6", "(moons = 6): không có mục “moons” trong bộ quy tắc");
        check("months = 6\n", "", "thiếu mục “months”");
        check("months = 6", "months = 6\nmonths = 7", "ghi hai lần");
        check("from = \"decision\"", "from = \"survey\"", "“survey” không dùng được; chọn decision hoặc launch");
        check("date = \"2022-12-16\"", "date = \"16/12/2022\"", "(date = \"16/12/2022\"): không phải ngày");
        check("date = \"2022-12-16\"", "date = \"2022-02-30\"", "không phải ngày");
        check("[eligibility]", "[eligibility", "sai cú pháp TOML");
        let without = DEFAULT_TOML.replace("[[levels]]", "[[grades]]");
        assert!(RulePack::from_toml(&without).unwrap_err().to_string().contains("“grades”"));
        assert!(RulePack::from_toml("# nothing\nid = \"a\"").unwrap_err().to_string().starts_with("thiếu mục"));
        assert!(RulePack::from_toml("").unwrap_err().to_string().starts_with("thiếu mục"));
    }
}
