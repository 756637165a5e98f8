//! The table: which fields each record type has, in order, in text and on the wire alike.

use crate::model::RecordType;

/// One field of record data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Decimal, one octet.
    U8,
    /// Decimal, two octets.
    U16,
    /// Decimal, four octets.
    U32,
    /// Four octets; a master file may use units, as in `1h30m`.
    Seconds,
    /// Dotted quad.
    Ipv4,
    /// Sixteen octets, RFC 4291 text.
    Ipv6,
    /// A domain name, never compressed.
    Name,
    /// One character-string.
    Text,
    /// A character-string that may be absent.
    OptionalText,
    /// One or more character-strings, to the end.
    Texts,
    /// Text without a length octet, to the end, at least one octet when `true`.
    LongText {
        /// Whether nothing at all is allowed.
        empty: bool,
    },
    /// A CAA tag: a length octet, then letters and digits.
    Tag,
    /// Hex to the end, at least one octet.
    Hex,
    /// A length octet, then hex; `-` for none.
    Salt,
    /// A length octet, then base32hex; at least one octet.
    Hash,
    /// Base64 to the end, at least one octet.
    Base64,
    /// Base64 to the end, perhaps nothing.
    Key,
    /// A record type by name.
    Type,
    /// A bit map of types (RFC 4034 §4.1.2), perhaps empty.
    Types,
    /// A DNSSEC algorithm by number or mnemonic (RFC 4034 appendix A.1).
    Algorithm,
    /// A certificate type by number or mnemonic (RFC 4398 §2.1).
    CertType,
    /// `YYYYMMDDHHmmSS` or seconds since 1970 (RFC 4034 §3.2).
    Time,
    /// So many octets in pairs of hex digits joined by `-` (RFC 7043).
    Eui(usize),
    /// Four groups of up to four hex digits joined by `:` (RFC 6742).
    Node,
    /// `0x` and hex, dots ignored (RFC 1706).
    Nsap,
    /// RFC 1876.
    Location,
    /// RFC 3123.
    AddressList,
    /// Protocol and port bit map (RFC 1035 §3.4.2).
    Services,
    /// Gateway type, algorithm, gateway and key of IPSECKEY (RFC 4025).
    Gateway,
    /// Discovery bit, relay type and relay of AMTRELAY (RFC 8777).
    Relay,
    /// The whole of HIP (RFC 8005).
    Hip,
    /// SvcParams (RFC 9460 §2.1).
    Params,
}

/// The fields of a type; `None` when only `\#` can write it.
pub(super) fn fields(rtype: RecordType) -> Option<&'static [Field]> {
    use Field::*;
    use RecordType as T;
    Some(match rtype {
        T::A => &[Ipv4],
        T::NS | T::MD | T::MF | T::CNAME | T::MB | T::MG | T::MR | T::PTR | T::DNAME => &[Name],
        T::SOA => &[Name, Name, U32, Seconds, Seconds, Seconds, Seconds],
        T::WKS => &[Ipv4, Services],
        T::HINFO => &[Text, Text],
        T::MINFO | T::RP | T::TALINK => &[Name, Name],
        T::MX | T::AFSDB | T::RT | T::KX | T::LP => &[U16, Name],
        T::TXT | T::SPF | T::AVC | T::NINFO | RESINFO | WALLET | CLA => &[Texts],
        T::X25 => &[Text],
        T::ISDN => &[Text, OptionalText],
        T::NSAP => &[Nsap],
        T::SIG | T::RRSIG => &[Type, Algorithm, U8, Seconds, Time, Time, U16, Name, Base64],
        T::KEY => &[U16, U8, Algorithm, Key],
        T::DNSKEY | T::CDNSKEY | T::RKEY => &[U16, U8, Algorithm, Base64],
        T::PX => &[U16, Name, Name],
        T::GPOS => &[Text, Text, Text],
        T::AAAA => &[Ipv6],
        T::LOC => &[Location],
        T::EID | T::NIMLOC => &[Hex],
        T::SRV => &[U16, U16, U16, Name],
        T::NAPTR => &[U16, U16, Text, Text, Text, Name],
        T::CERT => &[CertType, U16, Algorithm, Base64],
        T::APL => &[AddressList],
        T::DS | T::CDS | T::DLV | TA => &[U16, Algorithm, U8, Hex],
        T::SSHFP => &[U8, U8, Hex],
        T::IPSECKEY => &[U8, Gateway],
        T::NSEC => &[Name, Types],
        T::DHCID | T::OPENPGPKEY | HHIT | BRID => &[Base64],
        T::NSEC3 => &[U8, U8, U16, Salt, Hash, Types],
        T::NSEC3PARAM => &[U8, U8, U16, Salt],
        T::TLSA | T::SMIMEA => &[U8, U8, U8, Hex],
        T::HIP => &[Hip],
        T::CSYNC => &[U32, U16, Types],
        T::ZONEMD => &[U32, U8, U8, Hex],
        DSYNC => &[Type, U8, U16, Name],
        T::SVCB | T::HTTPS => &[U16, Name, Params],
        T::NID | T::L64 => &[U16, Node],
        T::L32 => &[U16, Ipv4],
        T::EUI48 => &[Eui(6)],
        T::EUI64 => &[Eui(8)],
        T::URI => &[U16, U16, LongText { empty: false }],
        T::CAA => &[U8, Tag, LongText { empty: true }],
        AMTRELAY => &[U8, Relay],
        _ => return None,
    })
}

const DSYNC: RecordType = RecordType(66);
const HHIT: RecordType = RecordType(67);
const BRID: RecordType = RecordType(68);
const AMTRELAY: RecordType = RecordType(260);
const RESINFO: RecordType = RecordType(261);
const WALLET: RecordType = RecordType(262);
const CLA: RecordType = RecordType(263);
const TA: RecordType = RecordType(32768);
