//! What a program lays papers out as.

use keng_domain::letter::Letter;

use crate::Told;

/// The formats of a program, and how it makes them. It is the program's own, whatever was compiled beside it:
/// one that prints no PDF carries none of what that takes.
#[derive(Debug, Clone, Copy)]
pub struct Press {
    /// Ends of file names, as `docx`, in the order in which they are offered.
    pub formats: &'static [&'static str],
    /// Formats that another program lays out, each with where it can be had.
    pub elsewhere: &'static [(&'static str, &'static str)],
    /// The bytes of a paper in one of [`formats`](Self::formats), or what is wrong.
    pub lay_out: fn(&Letter, &str) -> Result<Vec<u8>, String>,
    /// What a paper's files are called, without the end.
    pub stem: fn(&Letter) -> String,
}

impl Press {
    /// The format by its name.
    ///
    /// # Errors
    /// For a name that is none of them; for one that another program lays out with where it can be had.
    pub fn format(&self, name: &str) -> Result<&'static str, Told> {
        let wanted = name.trim();
        let is = |format: &str| format.eq_ignore_ascii_case(wanted);
        if let Some(format) = self.formats.iter().find(|f| is(f)) {
            return Ok(format);
        }
        if let Some((format, place)) = self.elsewhere.iter().find(|(f, _)| is(f)) {
            return Err(Told::new(
                format!("Chương trình này không lập tệp {}.", format.to_uppercase()),
                "Chưa ghi tệp nào.",
                place,
            ));
        }
        Err(Told::refused(format!("Không có dạng tệp “{wanted}”; các dạng: {}.", self.formats.join(", "))))
    }

    /// A paper's file: its name and its bytes.
    ///
    /// # Errors
    /// When it cannot be laid out.
    pub fn file(&self, paper: &Letter, format: &'static str) -> Result<(String, Vec<u8>), Told> {
        let bytes =
            (self.lay_out)(paper, format).map_err(|e| Told::refused(format!("Không lập được văn bản: {e}.")))?;
        Ok((format!("{}.{format}", (self.stem)(paper)), bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::Press;

    #[test]
    fn a_format_that_is_made_elsewhere_is_told_with_where() {
        let press = Press {
            formats: &["docx"],
            elsewhere: &[("pdf", "Hãy lập ở trạm tỉnh.")],
            lay_out: |_, _| Ok(Vec::new()),
            stem: |_| "x".to_owned(),
        };
        assert_eq!(press.format(" DOCX ").unwrap(), "docx");
        let pdf = press.format("pdf").unwrap_err().to_string();
        assert!(pdf.contains("không lập tệp PDF") && pdf.contains("trạm tỉnh"), "{pdf}");
        let other = press.format("odt").unwrap_err().to_string();
        assert!(other.contains("“odt”") && other.contains("docx"), "{other}");
    }
}
