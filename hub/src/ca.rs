//! The hub's own certificate authority (X.509 by rcgen).
//!
//! Both certificates travel in every full handshake, over links where an edit is smaller than one of
//! them: Ed25519, no subject beside the name that is checked, a short number. Those of folders made before
//! are longer, by ECDSA, and as good.
//!
//! Nodes have clocks that may be years wrong, so the CA's and the hub's certificates are valid
//! for a century: what ends a node's access is the register, not a date.

use std::time::{Duration, SystemTime};

use keng_desk::Told;
use keng_desk::folder::{Keys, random};
use keng_domain::id::NodeId;
use keng_domain::unit::UnitKey;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ED25519, SanType, SerialNumber, date_time_ymd,
};
use sha2::{Digest, Sha256};

/// The name in the hub's certificate. Nodes ask for it whatever address the hub has today.
pub const HUB_NAME: &str = "keng-hub";
/// The name by which a node that joins asks for the hub: it does not have the CA's certificate yet.
pub const JOIN_NAME: &str = "join.keng-hub";

/// The CA's certificate in the key folder.
pub const CA_CERT: &str = "ca.pem";
const CA_KEY: &str = "ca.key";
/// The hub's certificate and key for TLS.
pub const TLS_CERT: &str = "hub.pem";
/// See [`TLS_CERT`].
pub const TLS_KEY: &str = "hub.key";

/// How long a node's certificate is good. Nodes stay enrolled through a term of office; the
/// register refuses a revoked one at once.
const NODE_DAYS: u64 = 5 * 365;

/// Makes the CA and the hub's certificate in a new data folder.
///
/// # Errors
/// When the folder cannot be written.
pub fn create(keys: &Keys, province: &str) -> Result<(), Told> {
    let (ca_cert, ca_key, issuer) = make_ca(province).map_err(|e| broken(&e))?;
    let (cert, key) = make_server(&issuer).map_err(|e| broken(&e))?;
    keys.write(CA_CERT, ca_cert.as_bytes())?;
    keys.write(CA_KEY, ca_key.as_bytes())?;
    keys.write(TLS_CERT, cert.as_bytes())?;
    keys.write(TLS_KEY, key.as_bytes())
}

fn make_ca(province: &str) -> Result<(String, String, Issuer<'static, KeyPair>), rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ED25519)?;
    let pem = key.serialize_pem();
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    // Stands in every certificate as its issuer.
    params.distinguished_name = named(province);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2100, 1, 1));
    let cert = params.self_signed(&key)?.pem();
    Ok((cert, pem, Issuer::new(params, key)))
}

fn make_server(issuer: &Issuer<'_, KeyPair>) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ED25519)?;
    let mut params = leaf(vec![SanType::DnsName(HUB_NAME.try_into()?)]);
    (params.not_before, params.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2100, 1, 1));
    Ok((params.signed_by(&key, issuer)?.pem(), key.serialize_pem()))
}

/// A certificate that stands for `names` alone; 63 random bits tell it from others, since a number that
/// begins with a one takes a byte more. What it may be used
/// for follows from the name: a host's is the hub's, a URI is a node's.
fn leaf(names: Vec<SanType>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.subject_alt_names = names;
    params.serial_number = Some(SerialNumber::from(u64::from_be_bytes(random()) >> 1));
    params
}

fn named(name: &str) -> DistinguishedName {
    let mut dn = DistinguishedName::new();
    dn.push(DnType::CommonName, name);
    dn
}

/// Signs a node's request. Nothing of what the request asks for is kept but its key: unit and
/// node stand in a SAN URI, `keng://node/<catalogue>:<unit>/<node>`.
///
/// # Errors
/// For a request that is none, or whose own signature is wrong.
pub fn sign_node(keys: &Keys, csr_pem: &str, unit: &UnitKey, node: &NodeId) -> Result<String, Told> {
    let sign = || -> Result<String, rcgen::Error> {
        let ca_key = keys.read_text(CA_KEY).map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        let ca_cert = keys.read_text(CA_CERT).map_err(|_| rcgen::Error::CouldNotParseCertificate)?;
        let issuer = Issuer::from_ca_cert_pem(&ca_cert, KeyPair::from_pem(&ca_key)?)?;
        let mut csr = CertificateSigningRequestParams::from_pem(csr_pem)?;
        let mut params = leaf(vec![SanType::URI(format!("keng://node/{unit}/{node}").try_into()?)]);
        let now = SystemTime::now();
        params.not_before = (now - Duration::from_secs(86_400)).into();
        params.not_after = (now + Duration::from_secs(NODE_DAYS * 86_400)).into();
        csr.params = params;
        Ok(csr.signed_by(&issuer)?.pem())
    };
    sign().map_err(|e| broken(&e))
}

/// SHA-256 of the CA's certificate (DER), which a join token carries.
///
/// # Errors
/// When the certificate is missing or damaged.
pub fn fingerprint(keys: &Keys) -> Result<[u8; 32], Told> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let pem = keys.read(CA_CERT)?;
    let der = CertificateDer::from_pem_slice(&pem)
        .map_err(|e| Told::refused(format!("Chứng thư của trạm tỉnh bị hỏng: {e}.")))?;
    Ok(Sha256::digest(&der).into())
}

fn broken(e: &rcgen::Error) -> Told {
    Told::refused(format!("Không lập được chứng thư: {e}."))
}
