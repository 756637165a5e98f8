//! Who may copy zones, who is told of changes, and the keys both sign with.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::Name;
use super::view::Block;

/// What `waymark.toml` says of zone transfers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfers {
    /// The keys that messages may be signed with, by name.
    pub keys: BTreeMap<Name, Key>,
    /// What holds for every zone that has no word of its own.
    pub general: Rule,
    /// Words of single zones, by apex.
    pub zones: BTreeMap<Name, Rule>,
    /// Transfers under way at one time, at least 1.
    pub at_once: usize,
    /// Octets of changes remembered for each zone; 0 for none.
    pub journal: usize,
}

/// Who may copy a zone and who is told when it changes; what is `None` is left to the general rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Any one of these suffices.
    pub allow: Option<Vec<Grant>>,
    /// The secondaries.
    pub notify: Option<Vec<Secondary>>,
}

/// Lets in who comes from the network and has signed with the key, as far as each is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Where the client's address must lie.
    pub network: Option<Block>,
    /// What the request must be signed with.
    pub key: Option<Name>,
}

/// A server that is told of changes (RFC 1996).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secondary {
    /// Where it is told.
    pub address: SocketAddr,
    /// What the message is signed with.
    pub key: Option<Name>,
}

/// An HMAC key shared with others (RFC 8945 §4.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name, the same on both sides.
    pub name: Name,
    /// What it is used with, and nothing else.
    pub algorithm: Algorithm,
    secret: Arc<[u8]>,
}

/// The algorithms messages are signed with (RFC 8945 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the field's own")]
pub enum Algorithm {
    HmacSha256,
    HmacSha384,
    HmacSha512,
}

impl Default for Transfers {
    fn default() -> Self {
        Self { keys: BTreeMap::new(), general: Rule::default(), zones: BTreeMap::new(), at_once: 8, journal: 1 << 20 }
    }
}

impl Transfers {
    /// Whether nobody can sign anything or copy any zone.
    pub fn are_off(&self) -> bool {
        self.keys.is_empty() && self.general.allow.is_none() && self.zones.is_empty()
    }

    /// Who may copy the zone of this apex.
    pub fn allowed(&self, zone: &Name) -> &[Grant] {
        let own = self.zones.get(zone).and_then(|rule| rule.allow.as_deref());
        own.or(self.general.allow.as_deref()).unwrap_or_default()
    }

    /// Who is told when the zone of this apex changes.
    pub fn told(&self, zone: &Name) -> &[Secondary] {
        let own = self.zones.get(zone).and_then(|rule| rule.notify.as_deref());
        own.or(self.general.notify.as_deref()).unwrap_or_default()
    }

    /// Whether a client of this address, having signed with this key or none, may copy the zone.
    pub fn admit(&self, zone: &Name, source: IpAddr, key: Option<&Name>) -> bool {
        let own = Block::new(source.to_canonical(), if source.to_canonical().is_ipv4() { 32 } else { 128 });
        self.allowed(zone).iter().any(|grant| {
            let is_near = grant.network.is_none_or(|network| own.is_some_and(|own| network.covers(own)));
            is_near && grant.key.as_ref().is_none_or(|wanted| key == Some(wanted))
        })
    }

    /// Whether anyone copies the zone, so that its changes are worth remembering.
    pub fn concern(&self, zone: &Name) -> bool {
        !self.allowed(zone).is_empty() || !self.told(zone).is_empty()
    }
}

impl Key {
    /// A key of these octets.
    pub fn new(name: Name, algorithm: Algorithm, secret: &[u8]) -> Self {
        Self { name, algorithm, secret: secret.into() }
    }

    /// The octets, shown to nobody.
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} {})", self.name, self.algorithm.name())
    }
}

impl Algorithm {
    /// All of them, with their names as configurations write them.
    pub const ALL: [(&str, Self); 3] =
        [("hmac-sha256", Self::HmacSha256), ("hmac-sha384", Self::HmacSha384), ("hmac-sha512", Self::HmacSha512)];

    /// Its name as configurations write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha384 => "hmac-sha384",
            Self::HmacSha512 => "hmac-sha512",
        }
    }

    /// Its name on the wire.
    pub fn wire(self) -> &'static [u8] {
        match self {
            Self::HmacSha256 => b"\x0bhmac-sha256\x00",
            Self::HmacSha384 => b"\x0bhmac-sha384\x00",
            Self::HmacSha512 => b"\x0bhmac-sha512\x00",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text, None).unwrap()
    }

    #[test]
    fn grants_ask_for_all_they_name() {
        let office = Block::new([192, 0, 2, 0].into(), 24);
        let grant = |network, key: Option<&str>| Grant { network, key: key.map(name) };
        let transfers = Transfers {
            general: Rule { allow: Some(vec![grant(office, None)]), notify: None },
            zones: BTreeMap::from([
                (name("shut.test."), Rule { allow: Some(Vec::new()), notify: None }),
                (name("both.test."), Rule { allow: Some(vec![grant(office, Some("k."))]), notify: None }),
            ]),
            ..Transfers::default()
        };
        let [near, mapped, far]: [IpAddr; 3] =
            ["192.0.2.7", "::ffff:192.0.2.7", "198.51.100.7"].map(|text| text.parse().unwrap());
        let (key, other) = (name("K."), name("other."));
        let asked =
            [("any.test.", near, None, true), ("any.test.", mapped, None, true), ("any.test.", far, None, false)];
        let keyed = [
            ("any.test.", far, Some(&key), false),
            ("shut.test.", near, Some(&key), false),
            ("both.test.", near, Some(&key), true),
            ("both.test.", near, Some(&other), false),
            ("both.test.", near, None, false),
            ("both.test.", far, Some(&key), false),
        ];
        for (zone, source, key, expected) in asked.into_iter().chain(keyed) {
            assert_eq!(transfers.admit(&name(zone), source, key), expected, "{zone} {source} {key:?}");
        }
        assert!(!Transfers::default().admit(&name("any.test."), near, Some(&key)), "off unless said otherwise");
    }

    #[test]
    fn secrets_are_not_shown() {
        let key = Key::new(name("k."), Algorithm::HmacSha256, b"hush");
        assert_eq!(format!("{key:?}"), "Key(k. hmac-sha256)");
    }
}
