//! `keng-hub invite`.

use std::net::SocketAddr;

use keng_desk::folder::{Keys, random};
use keng_desk::program::print_json;
use keng_desk::{Told, clock};
use keng_domain::unit::UnitCode;
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
    /// Mã đơn vị.
    unit: UnitCode,
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
        let catalogue = store.catalogue()?;
        if catalogue.unit(&self.unit).is_none() {
            return Err(Told::refused(format!("Không có đơn vị {} trong danh mục {}.", self.unit, catalogue.id)));
        }
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
            unit: self.unit.to_string(),
        });
        store.add_token(&Sha256::digest(secret).into(), &self.unit, expires_at_ms)?;
        if self.json {
            print_json(&json!({ "token": token, "unit": self.unit, "expires_at": clock::rfc3339(expires_at_ms) }));
        } else {
            let until = clock::in_vietnam(expires_at_ms).format("%d/%m/%Y %H:%M");
            println!("{token}");
            eprintln!("Mã mời cho đơn vị {}, dùng một lần, đến {until}.", self.unit);
        }
        Ok(())
    }
}

fn listening_address(store: &Store) -> Result<String, Told> {
    let ask = || Told::refused("Chưa biết địa chỉ trạm tỉnh để ghi vào mã mời. Hãy nêu --hub MÁY:CỔNG.");
    let address: SocketAddr = store.meta("grpc_address")?.and_then(|a| a.parse().ok()).ok_or_else(ask)?;
    if address.ip().is_unspecified() { Err(ask()) } else { Ok(address.to_string()) }
}
