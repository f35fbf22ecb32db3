//! `keng-hub init`.

use std::path::{Path, PathBuf};

use keng_desk::acts::By;
use keng_desk::folder::{Keys, SIGNING_KEY, random};
use keng_desk::{Told, clock};
use keng_domain::id::{Incarnation, NodeId};
use keng_domain::rule_pack::{DEFAULT_TOML, RulePack};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::unit::{Catalogue, CatalogueId, UnitCode};
use keng_records::record::Meta;
use keng_store::edit::Act;
use keng_store::project::HUB_NODE;
use keng_store::query::{catalogue_record, rule_pack_record};
use keng_store::{Identity, Role, Store, open};
use keng_sync::head::SigningKey;

use crate::{ca, rules};

/// What a new hub needs to know.
#[derive(Debug, clap::Args)]
pub struct Init {
    /// Mã tỉnh trong danh mục.
    #[arg(long)]
    province: UnitCode,
    /// Danh mục đơn vị (CSV: code,name,kind,parent,valid_from,valid_to); tên tệp là tên danh mục.
    #[arg(long, required = true, num_args = 1..)]
    units: Vec<PathBuf>,
    /// Bộ quy tắc (TOML); mặc định kontum-2022.
    #[arg(long)]
    rule_pack: Option<PathBuf>,
    /// Tên cán bộ ghi tại tỉnh.
    #[arg(long, default_value = "Cơ quan thường trực")]
    officer: String,
}

impl Init {
    /// Makes keys, certificates, database and the first records. Everything is checked before
    /// anything is written; what fails midway leaves no half hub behind.
    pub fn run(self, data: &Path) -> Result<(), Told> {
        let catalogues = self.catalogues()?;
        let toml = match &self.rule_pack {
            Some(path) => rules::read(path)?,
            None => DEFAULT_TOML.to_owned(),
        };
        let pack =
            RulePack::from_toml(&toml).map_err(|e| Told::refused(format!("Bộ quy tắc không dùng được: {e}.")))?;
        if data.join(open::FILE).exists() {
            return Err(keng_store::StoreError::HasData(data.to_owned()).into());
        }
        let made_folder = !data.exists();
        self.build(data, &catalogues, &pack, &toml).inspect_err(|_| {
            // Nothing of value is in it yet; leaving half a hub would block the next attempt.
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(data.join(format!("{}{suffix}", open::FILE)));
            }
            let _ = std::fs::remove_dir_all(data.join("keys"));
            if made_folder {
                let _ = std::fs::remove_dir(data);
            }
        })?;
        println!("Đã khởi tạo trạm tỉnh {} tại {}.", self.province, data.display());
        Ok(())
    }

    fn catalogues(&self) -> Result<Vec<(Catalogue, String)>, Told> {
        let mut catalogues = Vec::new();
        for path in &self.units {
            let name = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
            let id: CatalogueId = name.parse().map_err(|_| {
                Told::refused(format!("Tên tệp danh mục “{name}” chỉ được gồm chữ không dấu, số, '-', '_', '.'."))
            })?;
            let csv = read(path)?;
            let catalogue = Catalogue::from_csv(id, &csv)
                .map_err(|e| Told::refused(format!("Danh mục {} không dùng được: {e}.", path.display())))?;
            catalogues.push((catalogue, csv));
        }
        if !catalogues.iter().any(|(c, _)| c.unit(&self.province).is_some_and(|u| u.parent.is_none())) {
            return Err(Told::refused(format!("Không có tỉnh mang mã {} trong danh mục.", self.province)));
        }
        Ok(catalogues)
    }

    fn build(&self, data: &Path, catalogues: &[(Catalogue, String)], pack: &RulePack, toml: &str) -> Result<(), Told> {
        let identity = Identity {
            role: Role::Hub,
            province: self.province.clone(),
            unit: self.province.clone(),
            catalogue: None,
            node: NodeId(HUB_NODE.to_owned()),
            incarnation: Incarnation(random()),
            officer: self.officer.clone(),
        };
        let keys = Keys::of(data);
        let signing = SigningKey::from_seed(&random());
        let mut store = Store::create(data, &identity)?;
        ca::create(&keys, self.province.as_str())?;
        keng_desk::seal::identity(&keys)?;
        keys.write(SIGNING_KEY, &signing.to_seed())?;
        store.set_meta("epoch", &hex::encode(random::<16>()))?;

        let meta =
            |kind: Kind| Meta { kind: kind.code().to_owned(), scope: Scope::Province, owner: self.province.clone() };
        let mut first: Vec<Act> =
            catalogues.iter().map(|(catalogue, csv)| catalogue_act(catalogue, csv, meta(Kind::Catalogue))).collect();
        first.push(Act::Create {
            id: rule_pack_record(),
            meta: meta(Kind::RulePack),
            values: vec![("pack".to_owned(), pack.id.as_str().into()), ("toml".to_owned(), toml.into())],
        });
        let stamp = By { officer: None, reason: Some("khởi tạo trạm tỉnh".to_owned()) }.stamp(&store);
        store.commit(&first, &stamp, clock::now_ms())?;
        let id = store.identity().clone();
        store.register(id.incarnation, &id.node, &id.unit, signing.public().as_bytes(), &stamp, clock::now_ms())?;
        Ok(())
    }
}

pub(super) fn read(path: &Path) -> Result<String, Told> {
    std::fs::read_to_string(path).map_err(|e| Told::refused(format!("Không đọc được {}: {e}.", path.display())))
}

/// The act that adopts a catalogue.
pub(super) fn catalogue_act(catalogue: &Catalogue, csv: &str, meta: Meta) -> Act {
    let values = vec![("catalogue".to_owned(), catalogue.id.to_string().into()), ("csv".to_owned(), csv.into())];
    Act::Create { id: catalogue_record(&catalogue.id), meta, values }
}
