//! What a node lays papers out as: Word alone. What sets a PDF is nine tenths of the crate that does it, and a
//! unit's machine has little memory and a small disk; the province makes them, and so does Word.

use keng_desk::letters::Press;
use keng_report::{letter_in_word, letter_stem};

/// Word. The function that makes a PDF is never named here: where another program of the same build has it
/// compiled in, the linker leaves it out of this one.
pub const PRESS: Press = Press {
    formats: &["docx"],
    elsewhere: &[(
        "pdf",
        "Hãy lập tệp Word (docx) rồi lưu thành PDF trong Word; hoặc đề nghị tỉnh lập bản PDF tại trạm tỉnh (keng-hub letter, hoặc trang của tỉnh).",
    )],
    lay_out: |paper, _| letter_in_word(paper).map_err(|e| e.to_string()),
    stem: letter_stem,
};
