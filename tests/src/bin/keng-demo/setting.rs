//! Chapter 1: a hub, ten districts, eleven processes.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use keng_tests::fixtures::{DISTRICTS, units};
use keng_tests::truth::Truth;
use keng_tests::{Province, programs};

use crate::Story;
use crate::teller::Teller;

/// Finds or builds the programs and starts the hub.
pub fn open(teller: Teller) -> Result<Story> {
    println!("Kẻng: một hồi kẻng ở một thôn, cả vùng nghe thấy.");
    programs::find(|| {
        println!("Chưa có keng-hub và keng-node cạnh chương trình này; cargo đang dựng (chỉ lần đầu)…");
    })?;
    teller.chapter("Dựng trạm tỉnh Kon Tum và mười huyện");
    let busy = teller.busy("khởi tạo trạm tỉnh");
    let province = Province::of("62", &units("kontum-2022"))?;
    busy.finish_and_clear();
    Ok(Story { province, truth: Truth::kon_tum_2022()?, teller })
}

/// Ten districts join, two at a time, and serve.
pub fn everybody_joins(story: &mut Story) -> Result<()> {
    let Story { province, teller, .. } = story;
    let bar = teller.bar(DISTRICTS.len(), "huyện gia nhập bằng mã mời");
    for pair in DISTRICTS.chunks(2) {
        province.join_all(pair)?;
        bar.inc(pair.len() as u64);
    }
    bar.finish_and_clear();
    let serving = AtomicUsize::new(0);
    province.everywhere(|_, node| {
        node.serve()?;
        serving.fetch_add(1, Ordering::SeqCst);
        Ok(())
    })?;
    let enrolled = province.hub().status()?.units.iter().filter(|u| u.nodes.len() == 1).count();
    teller.fact(
        "Một trạm tỉnh và mười máy huyện đang chạy: 11 tiến trình, TLS hai chiều, mỗi máy một cơ sở dữ liệu SQLite.",
        enrolled == 10 && serving.into_inner() == 10 && province.hub().is_serving(),
        || format!("{enrolled} huyện đã gia nhập"),
    )
}
