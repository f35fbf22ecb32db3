//! The main job on the ten districts of Kon Tum, as a story: a hub and ten nodes as real
//! processes, links that break, officers who edit meanwhile, and the report of the year.
//!
//! Every sentence with a ✓ was checked against what the programs answer. When one does not hold,
//! the story stops, says what differed, and exits with 1.

mod conflicts;
mod half;
mod outage;
mod power_cut;
mod report;
mod setting;
mod teller;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;
use keng_tests::truth::Truth;
use keng_tests::{Province, served};

use teller::Teller;

/// Kể lại một năm của Kẻng ở Kon Tum: mười huyện, mất mạng, xung đột, gộp, báo cáo.
#[derive(Debug, Parser)]
#[command(name = "keng-demo", version)]
struct Arguments {
    /// Thư mục ghi bốn tệp báo cáo.
    #[arg(long, default_value = "demo-out")]
    out: PathBuf,
    /// Kết thúc khi kể xong, không để trang web chạy tiếp.
    #[arg(long)]
    exit: bool,
}

/// A story: the province, the figures that must come out, and who tells it.
struct Story {
    province: Province,
    truth: Truth,
    teller: Teller,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match tell(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("\n✗ Câu chuyện dừng ở đây: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn tell(arguments: &Arguments) -> Result<()> {
    let began = Instant::now();
    let teller = Teller::default();
    let mut story = setting::open(teller)?;
    let ended = end_on_signal(story.province.folder().to_owned())?;

    setting::everybody_joins(&mut story)?;
    outage::three_districts_lose_the_link(&story)?;
    power_cut::power_fails_in_mid_sync(&story)?;
    half::exactly_half(&story)?;
    let edits = conflicts::edit_apart(&story)?;
    conflicts::meet_again(&story, &edits)?;
    conflicts::choose(&mut story, &edits)?;
    report::four_files(&story, &arguments.out)?;

    story.teller.end(began.elapsed());
    if !arguments.exit {
        leave_open(&story)?;
        // Only a signal ends it from here; the thread that hears it ends the program.
        let _ = ended.recv();
    }
    Ok(())
}

/// Prints where the pages are, and opens them where there is a desktop.
fn leave_open(story: &Story) -> Result<()> {
    let board = story.province.hub().web()?;
    let node = story.province.node(half::LAST).web()?;
    println!("\n  Bảng của tỉnh:           {board}");
    println!("  Trang của {}: {node}", story.truth.districts[half::LAST].name);
    println!("  Sửa một điểm ở trang huyện, bảng của tỉnh đổi theo. Ctrl-C để dừng tất cả.");
    for url in [board, node] {
        // No desktop here is no fault.
        let _ = Command::new("xdg-open").arg(url).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    }
    Ok(())
}

/// Ends all children and removes their folder when a signal asks to stop, wherever the story is.
fn end_on_signal(folder: PathBuf) -> Result<mpsc::Receiver<()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("signals")?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        runtime.block_on(async {
            let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        });
        served::kill_all();
        let _ = std::fs::remove_dir_all(folder);
        println!("\nĐã dừng tất cả.");
        drop(tell);
        std::process::exit(130);
    });
    Ok(told)
}
