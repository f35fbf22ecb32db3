//! Faults of the domain in Vietnamese: the one place with words for them.

use keng_domain::period::YEARS;
use keng_domain::schema::{BadValue, COUNT_MAX, ELEMENTS_MAX, MONEY_MAX};
use keng_domain::text::thousands;

/// Why a text is no value of a field, to stand beside the field.
#[must_use]
pub fn bad_value(fault: &BadValue) -> String {
    match fault {
        BadValue::NoField(_) => "Mục này không sửa bằng tay được".to_owned(),
        BadValue::Count(_) => format!("Cần số nguyên từ 0 đến {}", thousands(COUNT_MAX.unsigned_abs())),
        BadValue::Money(_) => {
            format!("Cần số tiền bằng đồng, từ 0 đến {}, ví dụ 12.500.000", thousands(MONEY_MAX.unsigned_abs()))
        }
        BadValue::Date(_) => "Ngày không có thật; viết ngày/tháng/năm, ví dụ 09/11/2022".to_owned(),
        BadValue::Code { .. } => "Hãy chọn một giá trị trong danh sách".to_owned(),
        BadValue::Record(_) => "Hãy chọn trong danh sách; chưa có bản ghi nào như vậy".to_owned(),
        BadValue::Year(_) => format!("Cần một năm từ {} đến {}", YEARS.start(), YEARS.end()),
        BadValue::TooMany => format!("Nhiều quá {ELEMENTS_MAX} giá trị; gộp lại hoặc bỏ bớt"),
        BadValue::TooLong { max } => format!("Quá dài; tối đa {} ký tự", thousands(*max as u64)),
    }
}
