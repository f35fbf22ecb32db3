//! Join tokens as text: what an administrator prints, reads out or pastes, and an officer types.
//!
//! `KENG1-` and then Crockford's base 32 of a checksum and the encoded token: one case, no
//! letter that looks like a digit. The checksum tells a typing error from an unknown token.

use keng_proto::JoinToken;
use prost::Message;
use sha2::{Digest, Sha256};

/// What every token begins with; the digit is its version.
pub const PREFIX: &str = "KENG1-";

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// One wrong token in 2³² passes by chance; retyping one is rare enough.
const CHECKSUM_BYTES: usize = 4;

/// An honest token has about 150 characters.
const TEXT_BYTES_MAX: usize = 2_048;

/// Bytes of the one-time secret in a token.
pub const SECRET_BYTES: usize = 16;

/// Why a text was not taken for a token. Never holds the text: it is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It does not begin with `KENG1-`.
    #[error("not a join token: it would begin with {PREFIX}")]
    Prefix,
    /// A character that no token has.
    #[error("character {position} is not one of a join token")]
    Character {
        /// Counted from 1 in the text as given.
        position: usize,
    },
    /// Part of it is missing, or it is far too long.
    #[error("a join token of the wrong length")]
    Length,
    /// It was mistyped: the checksum does not fit.
    #[error("the join token was mistyped")]
    Checksum,
    /// It was typed well, but says nothing that this version can use.
    #[error("the join token does not say where to join")]
    Content,
}

/// A token as text, without line breaks.
#[must_use]
pub fn to_text(token: &JoinToken) -> String {
    let payload = token.encode_to_vec();
    let mut text = PREFIX.to_owned();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in checksum(&payload).into_iter().chain(payload) {
        (bits, count) = ((bits << 8) | u32::from(byte), count + 8);
        while count >= 5 {
            count -= 5;
            text.push(digit(bits >> count));
        }
        bits &= 0b1_1111;
    }
    if count > 0 {
        text.push(digit(bits << (5 - count)));
    }
    text
}

/// Reads a token as somebody typed it: spaces, line breaks and further hyphens do not matter,
/// nor does case; O is taken for 0, I and L for 1.
///
/// # Errors
/// When it is no token, or a mistyped one.
pub fn from_text(text: &str) -> Result<JoinToken, BadToken> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(BadToken::Length);
    }
    let bytes = read_digits(text)?;
    let (sum, payload) = bytes.split_at_checked(CHECKSUM_BYTES).ok_or(BadToken::Length)?;
    if checksum(payload) != sum {
        return Err(BadToken::Checksum);
    }
    let token = JoinToken::decode(payload).map_err(|_| BadToken::Content)?;
    let usable = !token.address.is_empty() && token.ca_fingerprint.len() == 32 && token.secret.len() == SECRET_BYTES;
    if usable { Ok(token) } else { Err(BadToken::Content) }
}

fn read_digits(text: &str) -> Result<Vec<u8>, BadToken> {
    let mut prefix = PREFIX.chars().peekable();
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for (n, c) in text.chars().enumerate().filter(|(_, c)| !c.is_whitespace()) {
        if let Some(expected) = prefix.next() {
            if expected != c.to_ascii_uppercase() {
                return Err(BadToken::Prefix);
            }
        } else if c != '-' {
            let value = value(c).ok_or(BadToken::Character { position: n + 1 })?;
            (bits, count) = ((bits << 5) | value, count + 5);
            if count >= 8 {
                count -= 8;
                let [.., byte] = (bits >> count).to_be_bytes();
                bytes.push(byte);
                bits &= (1 << count) - 1;
            }
        }
    }
    match (prefix.peek(), count) {
        (Some(_), _) => Err(BadToken::Prefix),
        (None, 5..) => Err(BadToken::Length), // one character too many or too few
        (None, _) if bits != 0 => Err(BadToken::Checksum),
        (None, _) => Ok(bytes),
    }
}

fn digit(value: u32) -> char {
    char::from(DIGITS[(value & 0b1_1111) as usize])
}

fn value(c: char) -> Option<u32> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    (0..).zip(DIGITS).find_map(|(value, digit)| (char::from(*digit) == c).then_some(value))
}

fn checksum(payload: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let hash = Sha256::new().chain_update(b"keng join token v1\0").chain_update(payload).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

#[cfg(test)]
mod tests {
    use super::{BadToken, DIGITS, PREFIX, from_text, to_text};
    use keng_proto::JoinToken;

    fn token() -> JoinToken {
        JoinToken {
            address: "hub.kontum.example:7443".into(),
            ca_fingerprint: (0..32).collect::<Vec<u8>>().into(),
            secret: vec![0xa5; 16].into(),
            unit: "610".into(),
        }
    }

    #[test]
    fn a_token_reads_back() {
        let text = to_text(&token());
        assert_eq!(from_text(&text), Ok(token()));
        assert!(text.len() < 160, "{} characters", text.len());
        for cut in 1..20 {
            let short = JoinToken { address: "h".repeat(cut), ..token() };
            assert_eq!(from_text(&to_text(&short)), Ok(short), "whatever bits are left over");
        }
    }

    #[test]
    fn a_token_may_be_typed_in_pieces_in_lower_case_with_letters_for_digits() {
        let text = to_text(&token());
        let pieces: Vec<String> = text.as_bytes().chunks(7).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        assert_eq!(from_text(&pieces.join(" \r\n ")), Ok(token()));
        assert_eq!(from_text(&text.to_lowercase()), Ok(token()));
        let (prefix, digits) = text.split_at(PREFIX.len());
        let misread = digits.replace('0', "o").replace('1', "l");
        assert_eq!(from_text(&format!("{prefix}{misread}")), Ok(token()));
    }

    #[test]
    fn every_single_typing_error_is_noticed_as_such() {
        let text = to_text(&token());
        for at in PREFIX.len()..text.len() {
            for digit in DIGITS.iter().map(|d| char::from(*d)).filter(|d| !text[at..].starts_with(*d)) {
                let wrong = format!("{}{digit}{}", &text[..at], &text[at + 1..]);
                assert_eq!(from_text(&wrong), Err(BadToken::Checksum), "{digit} at {at}");
            }
            let missing = format!("{}{}", &text[..at], &text[at + 1..]);
            assert!(matches!(from_text(&missing), Err(BadToken::Checksum | BadToken::Length)), "without {at}");
        }
    }

    #[test]
    fn what_is_no_token_is_told_in_kind() {
        let empty = to_text(&JoinToken::default());
        for (text, expected) in [
            ("", BadToken::Prefix),
            ("KENG", BadToken::Prefix),
            ("KENG2-00", BadToken::Prefix),
            ("KENG1-", BadToken::Length),
            ("KENG1-0U", BadToken::Character { position: 8 }),
            ("KENG1-ộ", BadToken::Character { position: 7 }),
            (empty.as_str(), BadToken::Content),
            (&"K".repeat(10_000), BadToken::Length),
        ] {
            assert_eq!(from_text(text), Err(expected), "{text:.40}");
        }
    }
}
