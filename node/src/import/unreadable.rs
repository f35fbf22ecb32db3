//! Why a whole file cannot be read, for logs in English and for officers in Vietnamese.

use keng_domain::text::thousands;

/// What a file is instead of a spreadsheet, as far as its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookalike {
    /// No bytes at all.
    Nothing,
    /// A PDF document.
    Pdf,
    /// A Word document.
    Word,
    /// An OpenDocument that is no spreadsheet (`.odt`, `.odg`).
    OpenDocument,
    /// A binary workbook (`.xlsb`).
    BinaryWorkbook,
    /// A web page or XML that some programs save under the name `.xls`.
    WebPage,
    /// Anything else.
    Unknown,
}

impl Lookalike {
    fn in_vietnamese(self) -> &'static str {
        match self {
            Self::Nothing => "Tệp rỗng (0 byte)",
            Self::Pdf => "Đây là tệp PDF, không phải bảng tính",
            Self::Word => "Đây là văn bản Word, không phải bảng tính",
            Self::OpenDocument => "Đây là tệp OpenDocument nhưng không phải bảng tính (.ods)",
            Self::BinaryWorkbook => {
                "Đây là bảng tính dạng nhị phân (.xlsb), chương trình đọc .xlsx, .xls, .ods và .csv"
            }
            Self::WebPage => "Đây là trang web hoặc tệp XML mang tên bảng tính",
            Self::Unknown => "Đây không phải bảng tính (.xlsx, .xls, .ods) hay tệp .csv",
        }
    }
}

/// Why nothing of a file was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The file is larger than a list of points can be.
    #[error("the file has {bytes} bytes, more than {bytes_max}")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// The file is small, but what is packed in it is not.
    #[error("the file unpacks to more than {bytes_max} bytes")]
    UnpacksTooLarge {
        /// The limit.
        bytes_max: u64,
    },
    /// More rows than a list of points can have.
    #[error("the sheet {sheet:?} has more than {rows_max} rows")]
    TooManyRows {
        /// The sheet.
        sheet: String,
        /// The limit.
        rows_max: u32,
    },
    /// More filled cells than a list of points can have.
    #[error("the workbook has more than {cells_max} cells")]
    TooManyCells {
        /// The limit.
        cells_max: usize,
    },
    /// Neither a workbook nor delimited text.
    #[error("the file is no spreadsheet: {0:?}")]
    NoSpreadsheet(Lookalike),
    /// Encrypted with a password.
    #[error("the workbook is protected by a password")]
    Locked,
    /// No sheet with anything in it.
    #[error("the workbook has no sheet with data")]
    Empty,
    /// A header without any row of data under it.
    #[error("the sheet {sheet:?} has no row of data under the header in row {row}")]
    NoRows {
        /// The sheet.
        sheet: String,
        /// Row of the header, from 1.
        row: u32,
    },
    /// No row looks like the header of a list of points.
    #[error("no header in the first {rows} rows of {sheets} sheets")]
    NoHeader {
        /// How many rows were searched in each sheet.
        rows: u32,
        /// How many sheets were searched.
        sheets: usize,
    },
    /// A header that lacks columns without which no row makes sense.
    #[error("the header in row {row} of sheet {sheet:?} has no column {}", missing.join(", "))]
    MissingColumns {
        /// The sheet.
        sheet: String,
        /// Row of the header, from 1.
        row: u32,
        /// The titles of the missing columns.
        missing: Vec<&'static str>,
    },
    /// A rating column whose year neither its title nor the rows above it tell.
    #[error("the column {column:?} of sheet {sheet:?} does not say for which year it rates")]
    RatingWithoutYear {
        /// The sheet.
        sheet: String,
        /// The title of the column.
        column: String,
    },
    /// A spreadsheet by its first bytes that breaks off or contradicts itself.
    #[error("the file is damaged: {detail}")]
    Damaged {
        /// What the reader said, for the log.
        detail: String,
    },
}

impl Unreadable {
    /// A sentence for the officer: what it is, what became of the data, what to do.
    #[must_use]
    pub fn in_vietnamese(&self) -> String {
        let (what, remedy) = match self {
            Self::TooLarge { bytes, bytes_max } => (
                format!("Tệp lớn {} MB, vượt giới hạn {} MB", megabytes(*bytes), megabytes(*bytes_max)),
                "Bỏ hình ảnh và các trang không cần khỏi tệp, hoặc tách thành nhiều tệp",
            ),
            Self::UnpacksTooLarge { bytes_max } => (
                format!("Nội dung nén trong tệp vượt giới hạn {} MB", megabytes(*bytes_max)),
                "Chép danh sách sang một tệp mới rồi nhập lại",
            ),
            Self::TooManyRows { sheet, rows_max } => (
                format!("Trang “{sheet}” có quá {} dòng", thousands(u64::from(*rows_max))),
                "Xóa các dòng thừa dưới danh sách, hoặc tách thành nhiều tệp",
            ),
            Self::TooManyCells { cells_max } => (
                format!("Tệp có quá {} ô có dữ liệu", thousands(*cells_max as u64)),
                "Chép danh sách sang một tệp mới rồi nhập lại",
            ),
            Self::NoSpreadsheet(kind) => {
                (kind.in_vietnamese().to_owned(), "Mở tệp bằng Excel, chọn Lưu thành… dạng .xlsx rồi nhập lại")
            }
            Self::Locked => {
                ("Tệp đang đặt mật khẩu nên không đọc được".to_owned(), "Bỏ mật khẩu của tệp trong Excel rồi nhập lại")
            }
            Self::Empty => {
                ("Tệp không có trang nào có dữ liệu".to_owned(), "Kiểm tra xem có chọn nhầm tệp không rồi nhập lại")
            }
            Self::NoRows { sheet, row } => (
                format!("Trang “{sheet}” chỉ có tiêu đề ở dòng {row}, không có dòng dữ liệu nào bên dưới"),
                "Kiểm tra xem có chọn nhầm tệp không rồi nhập lại",
            ),
            Self::NoHeader { rows, sheets } => (
                format!("Không tìm thấy dòng tiêu đề của danh sách điểm trong {rows} dòng đầu của {sheets} trang"),
                "Đặt một dòng tiêu đề có các cột Tên mô hình; Xã, phường, thị trấn; Địa bàn, đơn vị, \
                 hoặc chỉ rõ cột nào là cột nào, rồi nhập lại",
            ),
            Self::MissingColumns { sheet, row, missing } => (
                format!("Tiêu đề ở dòng {row} của trang “{sheet}” thiếu cột {}", quoted(missing)),
                "Thêm cột còn thiếu hoặc sửa tên cột cho đúng rồi nhập lại",
            ),
            Self::RatingWithoutYear { sheet, column } => (
                format!("Cột “{column}” của trang “{sheet}” không cho biết xếp loại của năm nào"),
                "Ghi năm vào tiêu đề cột, ví dụ “Xếp loại năm 2022”, rồi nhập lại",
            ),
            Self::Damaged { .. } => (
                "Tệp bị hỏng hoặc chép chưa hết nên không đọc được".to_owned(),
                "Mở tệp bằng Excel, lưu lại thành tệp .xlsx mới rồi nhập lại, hoặc xin lại tệp",
            ),
        };
        format!("{what}. Chưa ghi gì vào dữ liệu. {remedy}.")
    }
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1024 * 1024)
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|n| format!("“{n}”")).collect::<Vec<_>>().join(", ")
}
