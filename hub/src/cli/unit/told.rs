//! Why a change of units is refused: which units, and what to do.

use std::path::Path;

use keng_desk::Told;
use keng_domain::lineage::{BadPair, BadPairs, Fault, Lineage};
use keng_domain::text::date_dmy;
use keng_domain::unit::{BadCatalogue, Catalogue, CatalogueId, UnitCode};
use keng_domain::units::Units;

/// Units named in one sentence.
const NAMED_MAX: usize = 12;
const NOTHING: &str = "Chưa ghi gì.";

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED_MAX) {
        0 => shown,
        more => format!("{shown} và {more} đơn vị khác"),
    }
}

fn named(catalogue: &Catalogue, code: &UnitCode) -> String {
    catalogue.unit(code).map_or_else(|| code.to_string(), |u| format!("{} ({code})", u.name))
}

pub fn unreadable(file: &str, bad: &BadPairs) -> Told {
    let why = match &bad.why {
        BadPair::NoColumn(column) => format!("không có cột {column}"),
        BadPair::NoCode(column) => format!("cột {column} để trống"),
        BadPair::BadCode(column, text) => format!("cột {column} có “{text}”, không phải mã đơn vị"),
        BadPair::NoPairs => "không có cặp mã nào".to_owned(),
        BadPair::Unreadable(_) => "không đọc được dòng này".to_owned(),
    };
    let remedy =
        "Tệp phải có hai cột from_code và to_code, cách nhau bằng dấu phẩy, chấm phẩy hoặc tab, mỗi dòng một cặp mã.";
    Told::new(format!("{file}, dòng {}: {why}.", bad.line), NOTHING, remedy)
}

pub fn bad_name(stem: &str) -> Told {
    Told::refused(format!("Tên tệp danh mục “{stem}” chỉ được gồm chữ không dấu, số, '-', '_', '.'."))
}

pub fn bad_catalogue(path: &Path, bad: &BadCatalogue) -> Told {
    Told::refused(format!("Danh mục {} không dùng được: {bad}.", path.display()))
}

pub fn other_catalogue(id: &CatalogueId) -> Told {
    Told::new(
        format!("Trạm đã có danh mục {id} với nội dung khác."),
        NOTHING,
        "Hãy bỏ --catalogue để dùng danh mục đã có, hoặc đặt tên khác cho tệp.",
    )
}

pub fn no_source(pairs: &[(UnitCode, UnitCode)]) -> Told {
    let codes: Vec<String> = pairs.iter().map(|(old, _)| old.to_string()).collect();
    Told::new(
        format!("Không danh mục nào của trạm có các mã {}.", listed(&codes)),
        NOTHING,
        "Hãy kiểm tra cột from_code: phải là mã trong danh mục đang dùng.",
    )
}

pub fn no_target(from: &Catalogue, pairs: &[(UnitCode, UnitCode)]) -> Told {
    let mut codes: Vec<String> = pairs.iter().map(|(_, new)| new.to_string()).collect();
    codes.sort();
    codes.dedup();
    Told::new(
        format!("Trạm chưa có danh mục thay cho {} với các mã {}.", from.id, listed(&codes)),
        NOTHING,
        "Hãy nêu danh mục mới bằng --catalogue TỆP.csv.",
    )
}

pub fn no_day(to: &Catalogue) -> Told {
    Told::new(
        format!("Danh mục {} không ghi ngày hiệu lực của các đơn vị mới.", to.id),
        NOTHING,
        "Hãy nêu ngày bằng --effective NĂM-THÁNG-NGÀY.",
    )
}

/// The units of a catalogue go somewhere once.
pub fn again(units: &Units, earlier: &Lineage, pairs: &[(UnitCode, UnitCode)]) -> Told {
    let (from, to) = (units.catalogue(&earlier.from), units.catalogue(&earlier.to));
    let differ: Vec<String> = pairs
        .iter()
        .filter(|(old, new)| earlier.successor(old) != Some(new))
        .filter_map(|(old, _)| {
            let now = to.zip(earlier.successor(old)).map(|(to, code)| named(to, code))?;
            Some(format!("{} (nay là {now})", from.and_then(|f| f.unit(old)).map_or(old.as_str(), |u| u.name.as_str())))
        })
        .collect();
    let which = if differ.is_empty() { String::new() } else { format!(": {}", listed(&differ)) };
    Told::new(
        format!(
            "Các đơn vị của danh mục {} đã được sắp xếp từ {} sang danh mục {}{which}.",
            earlier.from,
            date_dmy(earlier.effective),
            earlier.to
        ),
        NOTHING,
        format!("Muốn sắp xếp tiếp, hãy lập tệp từ các đơn vị của danh mục {}.", earlier.to),
    )
}

/// All faults of a file at once, by kind.
pub fn faults(from: &Catalogue, to: &Catalogue, faults: &[Fault]) -> Told {
    let of = |pick: &dyn Fn(&Fault) -> Option<String>| faults.iter().filter_map(pick).collect::<Vec<_>>();
    let unknown_old = of(&|f| if let Fault::UnknownOld(c) = f { Some(c.to_string()) } else { None });
    let unknown_new = of(&|f| if let Fault::UnknownNew(c) = f { Some(c.to_string()) } else { None });
    let above_old = of(&|f| if let Fault::NotSmallestOld(c) = f { Some(named(from, c)) } else { None });
    let above_new = of(&|f| if let Fault::NotSmallestNew(c) = f { Some(named(to, c)) } else { None });
    let dropped = of(&|f| if let Fault::Dropped(c) = f { Some(named(from, c)) } else { None });
    let split = of(&|f| match f {
        Fault::Split(c, homes) => {
            let homes: Vec<String> = homes.iter().map(|h| named(to, h)).collect();
            Some(format!("{} vào {}", named(from, c), homes.join(" và ")))
        }
        _ => None,
    });
    let mut what = Vec::new();
    let mut remedy = Vec::new();
    let mut say = |units: &[String], sentence: String, todo: &str| {
        if !units.is_empty() {
            what.push(sentence);
            remedy.push(todo.to_owned());
        }
    };
    say(
        &dropped,
        format!("Tệp bỏ sót {} đơn vị của danh mục {}: {}.", dropped.len(), from.id, listed(&dropped)),
        "Hãy thêm một dòng cho mỗi đơn vị bị bỏ sót, kể cả đơn vị giữ nguyên.",
    );
    say(
        &unknown_old,
        format!("Danh mục {} không có mã {}.", from.id, listed(&unknown_old)),
        "Hãy sửa cột from_code theo danh mục trước.",
    );
    say(
        &unknown_new,
        format!("Danh mục {} không có mã {}.", to.id, listed(&unknown_new)),
        "Hãy sửa cột to_code theo danh mục sau.",
    );
    say(
        &above_old,
        format!("{} không phải đơn vị cơ sở.", listed(&above_old)),
        "Hãy ghi từng xã, phường, thị trấn thay cho đơn vị cấp trên.",
    );
    say(
        &above_new,
        format!("{} không phải đơn vị cơ sở của danh mục sau.", listed(&above_new)),
        "Hãy ghi mã xã, phường, đặc khu nhận.",
    );
    say(
        &split,
        format!("Một đơn vị được ghi vào nhiều đơn vị mới: {}.", listed(&split)),
        "Hãy để mỗi đơn vị một dòng, ghi đơn vị nhận phần chính; điểm thuộc phần còn lại được lập mới ở đơn vị kia.",
    );
    Told::new(what.join(" "), NOTHING, remedy.join(" "))
}
