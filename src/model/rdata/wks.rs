//! WKS (RFC 1035 §3.4.2): the services of one protocol, as a bit map of ports.

use super::error::{Bad, Fault};
use super::print::Printer;
use super::read::{Reader, decimal, mnemonic};
use super::wire::Wire;

/// The ports of RFC 1010's names that zone files still carry.
const SERVICES: &[(&str, u16)] = &[
    ("echo", 7),
    ("discard", 9),
    ("systat", 11),
    ("daytime", 13),
    ("netstat", 15),
    ("qotd", 17),
    ("chargen", 19),
    ("ftp-data", 20),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("time", 37),
    ("nameserver", 42),
    ("whois", 43),
    ("nicname", 43),
    ("domain", 53),
    ("bootps", 67),
    ("bootpc", 68),
    ("tftp", 69),
    ("gopher", 70),
    ("finger", 79),
    ("http", 80),
    ("kerberos", 88),
    ("hostname", 101),
    ("hostnames", 101),
    ("pop2", 109),
    ("pop3", 110),
    ("sunrpc", 111),
    ("auth", 113),
    ("nntp", 119),
    ("ntp", 123),
    ("imap", 143),
    ("snmp", 161),
    ("bgp", 179),
    ("irc", 194),
    ("ldap", 389),
    ("https", 443),
];

const PROTOCOLS: &[(&str, u8)] = &[("icmp", 1), ("tcp", 6), ("udp", 17)];

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Result<(), Bad> {
    let text = reader.plain("a protocol")?;
    let protocol = mnemonic(text, PROTOCOLS)
        .or_else(|| decimal(text, 255).map(|number| number as u8))
        .ok_or_else(|| Bad::new(Fault::Rule("no protocol: TCP, UDP or a number"), text))?;
    reader.out.push(protocol);
    let start = reader.out.len();
    for token in reader.rest("")? {
        let port = mnemonic(token.text, SERVICES)
            .or_else(|| decimal(token.text, 65_535).map(|number| number as u16))
            .ok_or_else(|| Bad::new(Fault::Rule("no service known by name; write its port"), token.text))?;
        let octet = start + usize::from(port >> 3);
        if reader.out.len() <= octet {
            reader.out.resize(octet + 1, 0);
        }
        reader.out[octet] |= 0x80 >> (port & 7);
    }
    Ok(())
}

pub(super) fn check(wire: &mut Wire<'_>) -> Result<(), Fault> {
    wire.u8().ok_or(Fault::Wire)?;
    let ports = wire.all();
    if ports.len() > 8192 || ports.ends_with(&[0]) { Err(Fault::Wire) } else { Ok(()) }
}

pub(super) fn print(wire: &mut Wire<'_>, printer: &mut Printer) -> Option<()> {
    printer.word(wire.u8()?);
    for (at, octet) in wire.all().iter().enumerate() {
        (0..8).filter(|bit| octet & (0x80 >> bit) != 0).for_each(|bit| printer.word(at * 8 + bit));
    }
    Some(())
}
