//! What the account is made of: documents by key, as the store keeps them, each in the structure of the API.
//!
//! A subject that keeps something adds a row to the table below, and what it is found by to its own file.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{change, checks, cidr, delegation, dnssec, protections, query_logging, record, tags, traffic, vpc, zone};
use crate::route53::bare_id;

/// A structure that the account keeps.
pub trait Kind: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The first word of its keys: `zone` of `zone/Z1`.
    const ROOM: &'static str;

    /// What it is found by besides its id, which is its key without the first word; each word leads to one document.
    fn index(&self, id: &str) -> Vec<String>;

    /// The structure, where the document is of this kind.
    fn of(document: &Document) -> Option<&Arc<Self>>;

    /// The structure as a document.
    fn into_document(self) -> Document;
}

/// Why a document of the store cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("document {key:?} cannot be read: {why}; it was written by another version, or changed by hand")]
pub struct BadDocument {
    /// Its key.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

macro_rules! documents {
    ($($(#[$doc:meta])* $kind:ident($structure:ty) = $room:literal, found by $index:path;)*) => {
        /// A document, shared by all who read it.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Document {
            $($(#[$doc])* $kind(Arc<$structure>),)*
        }

        impl Document {
            /// A document as the store keeps it.
            pub fn read(key: &str, text: &str) -> Result<Self, BadDocument> {
                let bad = |why: String| BadDocument { key: key.to_owned(), why };
                match key.split('/').next().unwrap_or_default() {
                    $($room => serde_json::from_str(text).map(Self::$kind).map_err(|error| bad(error.to_string())),)*
                    other => Err(bad(format!("nothing called {other:?} is known"))),
                }
            }

            /// The document as the store keeps it.
            pub fn text(&self) -> Result<String, serde_json::Error> {
                match self {
                    $(Self::$kind(structure) => serde_json::to_string(&**structure),)*
                }
            }

            /// What it is found by besides its id.
            pub(super) fn index(&self, id: &str) -> Vec<String> {
                match self {
                    $(Self::$kind(structure) => structure.index(id),)*
                }
            }
        }

        $(impl Kind for $structure {
            const ROOM: &'static str = $room;

            fn index(&self, id: &str) -> Vec<String> {
                $index(self, id)
            }

            fn of(document: &Document) -> Option<&Arc<Self>> {
                match document {
                    Document::$kind(structure) => Some(structure),
                    _ => None,
                }
            }

            fn into_document(self) -> Document {
                Document::$kind(Arc::new(self))
            }
        })*
    };
}

documents! {
    /// A hosted zone without its record sets.
    Zone(zone::Zone) = "zone", found by zone::index;
    /// A record set; its id is the zone's and its place in the listing (I-18).
    Record(crate::route53::ResourceRecordSet) = "rrset", found by record::index;
    /// A reusable delegation set (Z-13).
    DelegationSet(crate::route53::DelegationSet) = "delegationset", found by delegation::index;
    /// A change that was taken (I-15).
    Change(change::Taken) = "change", found by change::index;
    /// A version of a traffic policy (F-7).
    TrafficPolicy(traffic::policy::Version) = "trafficpolicy", found by traffic::policy::index;
    /// A traffic policy instance (F-9).
    TrafficPolicyInstance(traffic::instance::Instance) = "trafficpolicyinstance", found by traffic::instance::index;
    /// A health check.
    Check(crate::route53::HealthCheck) = "check", found by checks::index;
    /// What is remembered of a deleted health check.
    GoneCheck(checks::Gone) = "gone", found by checks::index_gone;
    /// The tags of a zone or a health check: `hostedzone/Z1`, `healthcheck/ID`.
    Tags(tags::Tags) = "tags", found by tags::index;
    /// A CIDR collection with its blocks.
    Collection(cidr::Collection) = "cidr", found by cidr::index;
    /// A VPC that a zone may be tied to; its id is the zone's and the VPC's.
    Authorization(vpc::Authorization) = "authorization", found by vpc::index;
    /// A query logging configuration.
    QueryLog(crate::route53::QueryLoggingConfig) = "querylog", found by query_logging::index;
    /// A protection; its id is the zone's and the place of its record sets.
    Protection(crate::route53::ResourceRecordSetProtection) = "protection", found by protections::index;
    /// The key-signing keys of a zone.
    Keys(dnssec::Keys) = "keys", found by dnssec::index;
    /// That a zone is signed, and the key that signs it.
    Signing(dnssec::Signing) = "signing", found by dnssec::index_signing;
}

impl Document {
    /// The id of the zone it is of or hangs on; `id` is its own.
    pub fn zone<'a>(&'a self, id: &'a str) -> Option<&'a str> {
        match self {
            Self::Zone(_) | Self::Keys(_) | Self::Signing(_) => Some(id),
            Self::Record(_) | Self::Protection(_) | Self::Authorization(_) => id.split('/').next(),
            Self::Tags(_) => id.strip_prefix("hostedzone/"),
            Self::QueryLog(config) => Some(&config.hosted_zone_id),
            Self::TrafficPolicyInstance(instance) => Some(bare_id(&instance.traffic_policy_instance.hosted_zone_id)),
            Self::DelegationSet(_)
            | Self::Change(_)
            | Self::TrafficPolicy(_)
            | Self::Check(_)
            | Self::GoneCheck(_)
            | Self::Collection(_) => None,
        }
    }
}

/// The key of a document: the room of its kind and its id.
pub fn key<K: Kind>(id: &str) -> String {
    format!("{}/{id}", K::ROOM)
}

/// What is behind the first word of a key.
pub(super) fn id_of(key: &str) -> &str {
    key.split_once('/').map_or("", |(_, id)| id)
}

/// The words of a key up to and with its second slash, or the first where there is no other: what documents are counted
/// by, as `zone/`, `rrset/Z1/`.
pub(super) fn shelf(key: &str) -> &str {
    let mut slashes = key.match_indices('/').map(|(at, _)| at + 1);
    let first = slashes.next().unwrap_or(0);
    &key[..slashes.next().unwrap_or(first)]
}
