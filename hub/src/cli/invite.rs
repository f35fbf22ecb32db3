//! `keng-hub invite`.

use std::net::SocketAddr;

use keng_desk::folder::{Keys, random};
use keng_desk::program::print_json;
use keng_desk::{Told, clock, rehomed};
use keng_domain::unit::UnitKey;
use keng_proto::JoinToken;
use keng_store::Store;
use keng_sync::token::{SECRET_BYTES, to_text};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::ca;

/// How long a token is good: a letter by courier to the farthest district takes days.
const GOOD_FOR_MS: i64 = 7 * 24 * 3_600 * 1_000;

/// For whom, and how the node reaches the hub.
#[derive(Debug, clap::Args)]
pub struct Invite {
    /// Mã đơn vị trong danh mục đang có hiệu lực, hoặc DANH_MỤC:MÃ.
    unit: UnitKey,
    /// Địa chỉ trạm tỉnh ghi trong mã mời, dạng máy:cổng (mặc định: địa chỉ serve đang dùng).
    #[arg(long)]
    hub: Option<String>,
    /// In ra một giá trị JSON.
    #[arg(long)]
    json: bool,
}

impl Invite {
    /// Hands out a token; only the hash of its secret is kept.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        let unit = meant(&store, &self.unit)?;
        let address = match self.hub {
            Some(address) => address,
            None => listening_address(&store)?,
        };
        if address.rsplit_once(':').is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err()) {
            return Err(Told::refused(format!("“{address}” không phải địa chỉ dạng máy:cổng.")));
        }
        let secret: [u8; SECRET_BYTES] = random();
        let expires_at_ms = clock::now_ms() + GOOD_FOR_MS;
        let token = to_text(&JoinToken {
            address,
            ca_fingerprint: ca::fingerprint(&Keys::of(store.folder()))?.to_vec().into(),
            secret: secret.to_vec().into(),
            unit: unit.code.to_string(),
        });
        store.add_token(&Sha256::digest(secret).into(), &unit, expires_at_ms)?;
        if self.json {
            let expires_at = clock::rfc3339(expires_at_ms);
            let catalogue = &unit.catalogue;
            print_json(&json!({ "token": token, "unit": unit.code, "catalogue": catalogue, "expires_at": expires_at }));
        } else {
            let until = clock::in_vietnam(expires_at_ms).format("%d/%m/%Y %H:%M");
            println!("{token}");
            eprintln!("Mã mời cho đơn vị {unit}, dùng một lần, đến {until}.");
        }
        Ok(())
    }
}

/// The unit that is asked for, by catalogue: a code alone means the catalogue in force today. A unit
/// that was replaced gets no new machine; its successors do.
fn meant(store: &Store, asked: &UnitKey) -> Result<UnitKey, Told> {
    let today = clock::today();
    let tree = store.tree(today)?;
    let unit = match &asked.catalogue {
        None if tree.catalogue.unit(&asked.code).is_some() => UnitKey::new(&tree.catalogue.id, &asked.code),
        _ => asked.clone(),
    };
    let Some(home) = tree.units.home(&unit) else {
        let catalogue = asked.catalogue.as_ref().unwrap_or(&tree.catalogue.id);
        return Err(Told::refused(format!("Không có đơn vị {} trong danh mục {catalogue}.", asked.code)));
    };
    if let Some(note) = rehomed::note(&tree.units, &unit, today) {
        let after = tree.units.successors(&unit, tree.units.in_force(&home.id, today));
        let after: Vec<String> = after.iter().map(|u| format!("{} ({})", u.name, u.code)).collect();
        return Err(Told::new(
            format!("Không cấp mã mời cho đơn vị {unit}: {note}"),
            "Máy đã gia nhập của đơn vị này vẫn gửi được.",
            format!("Hãy cấp mã mời cho {}.", after.join(", ")),
        ));
    }
    let own = home.id == tree.catalogue.id || tree.others().any(|c| c.id == home.id);
    if !own {
        return Err(Told::new(
            format!("Đơn vị {} thuộc danh mục {}, chưa có hiệu lực ở trạm này.", asked.code, home.id),
            "Chưa cấp mã mời.",
            "Hãy xác nhận sắp xếp đơn vị trước: keng-hub unit change TỆP --confirm.",
        ));
    }
    Ok(UnitKey::new(&home.id, &unit.code))
}

fn listening_address(store: &Store) -> Result<String, Told> {
    let ask = || Told::refused("Chưa biết địa chỉ trạm tỉnh để ghi vào mã mời. Hãy nêu --hub MÁY:CỔNG.");
    let address: SocketAddr = store.meta("grpc_address")?.and_then(|a| a.parse().ok()).ok_or_else(ask)?;
    if address.ip().is_unspecified() { Err(ask()) } else { Ok(address.to_string()) }
}
