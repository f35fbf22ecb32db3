//! The report of a large province, by the real program, beside a plain SQL aggregate over as many rows.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::Store;
use keng_store::edit::Act;
use keng_tests::Hub;

use crate::page::{Table, held, thousands};

/// Communes of the province; points are spread over them.
const DISTRICTS: usize = 40;
const COMMUNES: usize = 25;
/// Records in one transaction while the province is made.
const GROUP: usize = 5_000;
const YEAR: i32 = 2022;
const LEVELS: [&str; 4] = ["tot", "kha", "trung_binh", "yeu"];

/// How large the province is.
#[derive(Debug, clap::Args)]
pub struct Size {
    /// The report of a large province instead.
    #[arg(long)]
    province: bool,
    /// Its models.
    #[arg(long, default_value_t = 2_500)]
    models: usize,
    /// Its points.
    #[arg(long, default_value_t = 124_000)]
    points: usize,
}

impl Size {
    /// Whether this was asked for.
    pub fn is_asked(&self) -> bool {
        self.province
    }
}

/// Makes the province, times its reports, and prints the table.
pub fn run(size: &Size) -> Result<()> {
    let programs = keng_tests::programs::find(|| eprintln!("building keng-hub and keng-node…"))?;
    let folder = tempfile::tempdir()?;
    let catalogue = folder.path().join("large-2022.csv");
    std::fs::write(&catalogue, units())?;
    let hub = Hub::init(&programs.hub, &folder.path().join("hub"), "1", &catalogue)?;
    eprintln!("{} models, {} points…", size.models, size.points);
    let some = fill(hub.folder(), size)?;

    let mut table = Table::new(
        "The report of a large province",
        &format!(
            "{} models and {} points in {DISTRICTS} districts, each rated; `keng-hub report annual {YEAR}` as a process, reading \
             included. The baseline is one SQL aggregate by model over as many rows of plain columns, alone.",
            thousands(size.models as u64),
            thousands(size.points as u64)
        ),
        &["", "measured", "asked"],
    );
    let out = folder.path().join("out");
    let mut consolidated = Duration::ZERO;
    for (formats, limit) in [("json", 5.0), ("json,xlsx", 5.0), ("docx", 10.0), ("pdf", 10.0), ("docx,pdf", 10.0)] {
        let took = timed(|| hub.report(YEAR, &out, formats, None).map(drop))?;
        if formats == "json" {
            consolidated = took;
        }
        table.row([format!("report, {formats}"), seconds(took, limit), format!("< {limit} s")]);
    }
    let form = folder.path().join("form.xlsx");
    let form = form.to_str().context("a path in UTF-8")?;
    hub.tell(&["template", "export", form])?;
    hub.tell(&["template", "adopt", form, "--officer", "Cán bộ", "--reason", "đo"])?;
    let took = timed(|| hub.report(YEAR, &out, "xlsx", None).map(drop))?;
    table.row(["report, xlsx by a template".to_owned(), seconds(took, 5.0), "< 5 s".to_owned()]);
    let plain = plain_sql(&folder.path().join("plain.db"), size)?;
    let ratio = consolidated.as_secs_f64() / plain.as_secs_f64();
    table.row(["plain SQL aggregate".to_owned(), format!("{:.3} s", plain.as_secs_f64()), String::new()]);
    table.row(["report, json : plain SQL".to_owned(), format!("{ratio:.1}"), String::new()]);
    let edit = one_edit(hub.folder(), &some)?;
    let ms = edit.as_secs_f64() * 1_000.0;
    table.row([
        "verdict after one edit, fsync included".to_owned(),
        held(&format!("{ms:.1} ms"), ms < 10.0),
        "< 10 ms".to_owned(),
    ]);
    println!("{}", table.markdown());
    Ok(())
}

fn timed(act: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let began = Instant::now();
    act()?;
    Ok(began.elapsed())
}

fn seconds(took: Duration, limit: f64) -> String {
    held(&format!("{:.2} s", took.as_secs_f64()), took.as_secs_f64() < limit)
}

fn commune(n: usize) -> String {
    format!("{}", 10_000 + n)
}

fn units() -> String {
    let mut csv = "code,name,kind,parent,valid_from,valid_to\n1,Tỉnh Lớn,TINH,,,\n".to_owned();
    for d in 0..DISTRICTS {
        // Writing to a String cannot fail.
        let _ = writeln!(csv, "{},Huyện {},HUYEN,1,,", 100 + d, d + 1);
        for c in 0..COMMUNES {
            let n = d * COMMUNES + c;
            let _ = writeln!(csv, "{},Xã {},XA,{},,", commune(n), n + 1, 100 + d);
        }
    }
    csv
}

fn stamp() -> Stamp {
    Stamp { officer: "Cán bộ".to_owned(), device_time_ms: 1_667_900_000_000, reason: None }
}

fn id(of: u8, n: usize) -> RecordId {
    let mut bytes = [of; 16];
    bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
    RecordId(bytes)
}

/// Writes models and points as the province's own; returns the points to be edited.
fn fill(hub: &Path, size: &Size) -> Result<Vec<RecordId>> {
    let mut store = Store::open(hub)?;
    let scope =
        |n: usize| -> Result<Scope> { Ok(format!("area:large-2022:{}", commune(n % (DISTRICTS * COMMUNES))).parse()?) };
    let text = |key: &str, value: String| (key.to_owned(), Value::from(value));
    let model = |n: usize| -> Result<Act> {
        let meta = Meta { kind: Kind::Model.code().to_owned(), scope: Scope::Province, owner: "1".parse()? };
        let values = vec![text("name", format!("Mô hình số {} của tỉnh", n + 1)), text("fields", "Tự quản".to_owned())];
        Ok(Act::Create { id: id(1, n), meta, values })
    };
    let point = |n: usize| -> Result<Act> {
        let unit = n % (DISTRICTS * COMMUNES);
        let owner = format!("{}", 100 + unit / COMMUNES).parse()?;
        let meta = Meta { kind: Kind::Point.code().to_owned(), scope: scope(n)?, owner };
        let year = 2015 + (n % 7) as i32;
        let values = vec![
            text("unit", commune(unit)),
            text("model", id(1, n % size.models).to_string()),
            text("place", format!("Thôn {}", n / 1_000 + 1)),
            text("decision_no", format!("{}/QĐ-UBND", n % 400 + 1)),
            text("decision_date", format!("{year}-03-{:02}", n % 28 + 1)),
            ("teams".to_owned(), Value::Int((n % 5) as i64 + 1)),
            ("members".to_owned(), Value::Int((n % 40) as i64 + 5)),
            text("status", "HOAT_DONG".to_owned()),
            text(&format!("ratings/{YEAR}/1"), LEVELS[n * 7 / 3 % 4].to_owned()),
        ];
        Ok(Act::Create { id: id(2, n), meta, values })
    };
    let all = (0..size.models).map(model).chain((0..size.points).map(point));
    let acts: Vec<Act> = all.collect::<Result<_>>()?;
    for chunk in acts.chunks(GROUP) {
        store.commit(chunk, &stamp(), 1_667_900_000_000)?;
    }
    Ok((0..20).map(|n| id(2, n * 997 % size.points)).collect())
}

/// The median of some edits that change a rating: until the verdict is there to be read.
fn one_edit(hub: &Path, points: &[RecordId]) -> Result<Duration> {
    let mut store = Store::open(hub)?;
    let mut took = Vec::new();
    for (n, point) in points.iter().enumerate() {
        let value = Value::from(LEVELS[(n + 1) % 4]);
        let acts = [Act::Change { id: *point, values: vec![(format!("ratings/{YEAR}/1"), value)] }];
        let began = Instant::now();
        store.commit(&acts, &stamp(), 1_667_900_000_000)?;
        took.push(began.elapsed());
    }
    ensure!(!store.verdicts(YEAR)?.is_empty(), "no verdicts");
    took.sort_unstable();
    took.get(took.len() / 2).copied().context("no edits")
}

/// One aggregate by model over plain columns, alone on its connection.
fn plain_sql(file: &Path, size: &Size) -> Result<Duration> {
    let mut db = rusqlite::Connection::open(file)?;
    db.execute_batch(
        "CREATE TABLE point (id INTEGER PRIMARY KEY, model INTEGER, unit INTEGER, teams INTEGER, members INTEGER, decided TEXT, level TEXT)",
    )?;
    let tx = db.transaction()?;
    for n in 0..size.points {
        tx.prepare_cached(
            "INSERT INTO point (model, unit, teams, members, decided, level) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            (n % size.models) as i64,
            (n % (DISTRICTS * COMMUNES)) as i64,
            (n % 5) as i64 + 1,
            (n % 40) as i64 + 5,
            format!("{}-03-01", 2015 + n % 7),
            LEVELS[n * 7 / 3 % 4],
        ))?;
    }
    tx.commit()?;
    drop(db);
    let db = rusqlite::Connection::open(file)?;
    let began = Instant::now();
    let mut statement = db.prepare(
        "SELECT model, count(*), sum(teams), sum(members), sum(level IN ('tot', 'kha')) FROM point
         WHERE decided <= '2022-11-09' GROUP BY model",
    )?;
    let models = statement.query_map([], |row| row.get::<_, i64>(1))?.collect::<Result<Vec<_>, _>>()?;
    let took = began.elapsed();
    ensure!(models.iter().sum::<i64>() as usize == size.points, "the aggregate counts all");
    Ok(took)
}
