//! Which signatures the two programs make in TLS.

use std::sync::LazyLock;

use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::SignatureVerificationAlgorithm;

type Mapping = Vec<(SignatureScheme, &'static [&'static dyn SignatureVerificationAlgorithm])>;

/// Ed25519 since certificates are made with it, ECDSA for those made before. Each scheme that is offered
/// costs two bytes in each direction of every handshake.
static MADE: LazyLock<Mapping> = LazyLock::new(|| {
    let ours = [SignatureScheme::ED25519, SignatureScheme::ECDSA_NISTP256_SHA256];
    let all = default_provider().signature_verification_algorithms.mapping.iter().copied();
    all.filter(|(scheme, _)| ours.contains(scheme)).collect()
});

/// What each end accepts of the other.
#[must_use]
pub fn made_by_ours() -> WebPkiSupportedAlgorithms {
    WebPkiSupportedAlgorithms { mapping: &MADE, ..default_provider().signature_verification_algorithms }
}

#[cfg(test)]
mod tests {
    use super::made_by_ours;

    #[test]
    fn both_kinds_of_certificate_are_accepted() {
        assert_eq!(made_by_ours().supported_schemes().len(), 2);
    }
}
