//! `[tls]`: where questions are taken over TLS and QUIC, and by which certificate.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::Listener;
use super::listen::listen;
use crate::model::At;
use crate::store::toml::{Table, Value};

/// The word in place of a file that asks for a certificate made at the start.
const SELF_SIGNED: &str = "self-signed";
/// Octets of a path.
const LONGEST_PATH: usize = 255;

/// Encrypted transports; at least one of them has an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Who the server says it is.
    pub certificate: Certificate,
    /// DNS over TLS (RFC 7858), over TCP.
    pub dot: Vec<Listener>,
    /// DNS over HTTPS by HTTP/2 (RFC 8484), over TCP.
    pub doh: Vec<Listener>,
    /// DNS over QUIC (RFC 9250), over UDP.
    pub doq: Vec<Listener>,
    /// DNS over HTTPS by HTTP/3 (RFC 9114), over UDP.
    pub doh3: Vec<Listener>,
    /// The path of both kinds of HTTPS, beginning with `/`.
    pub doh_path: String,
}

/// Where the certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Made at the start and gone at the end; for labs.
    SelfSigned,
    /// PEM files: the chain, the server's own first, and its private key.
    Files {
        /// The chain.
        certificate: Named,
        /// The key.
        key: Named,
    },
}

/// A file, and where it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The file.
    pub path: PathBuf,
    /// Where the configuration names it.
    pub at: At,
}

impl Tls {
    /// All listeners, in the order of the keys.
    pub fn listeners(&self) -> impl Iterator<Item = &Listener> {
        [&self.dot, &self.doh, &self.doq, &self.doh3].into_iter().flatten()
    }

    /// Their addresses, in the order of the keys.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listeners().map(|listener| listener.address).collect()
    }

    /// Whether a running server would have to start anew to become the other.
    pub fn needs_restart(&self, other: &Self) -> bool {
        let Self { certificate, dot, doh, doq, doh3, doh_path } = other;
        let was_made = self.certificate == Certificate::SelfSigned;
        (&self.dot, &self.doh, &self.doq, &self.doh3, &self.doh_path) != (dot, doh, doq, doh3, doh_path)
            || was_made != (*certificate == Certificate::SelfSigned)
    }
}

/// `certificate` and `key`; files lie relative to `folder`.
pub(super) fn certificate(table: &mut Table<'_, '_>, folder: &Path) -> Option<Certificate> {
    let named = |value: Value<'_, '_>| {
        let at = value.at.clone();
        value.text().map(|text| Named { path: folder.join(text.text), at })
    };
    let example = "\"cert.pem\", or \"self-signed\" in a lab";
    let chain = table.required("certificate", example);
    let is_made = chain.as_ref().is_some_and(|value| value.is_text(SELF_SIGNED));
    if is_made {
        if let Some(key) = table.take("key") {
            key.error("a self-signed certificate makes its own `key`", "remove it, or name a certificate");
        }
        Some(Certificate::SelfSigned)
    } else {
        let key = table.required("key", "\"key.pem\"").and_then(named);
        chain.and_then(named).zip(key).map(|(certificate, key)| Certificate::Files { certificate, key })
    }
}

pub(super) fn tls(mut table: Table<'_, '_>, folder: &Path) -> Option<Tls> {
    let certificate = certificate(&mut table, folder);
    let mut listeners = |key| {
        let Some(value) = table.take(key) else { return Vec::new() };
        let place = value.place();
        let found = listen(value);
        if let Some(fronted) = found.iter().find(|listener| !listener.proxies.is_empty()) {
            let what = format!("listener {:?} has `proxies`, which encrypted transports do not hear", &*fronted.name);
            place.moved(&fronted.at).error(what, "remove it, or let the proxy end TLS and ask a listener of `listen`");
        }
        found
    };
    let [dot, doh, doq, doh3] = [listeners("dot"), listeners("doh"), listeners("doq"), listeners("doh3")];
    for (transport, one, other) in [("TCP", &dot, &doh), ("UDP", &doq, &doh3)] {
        let taken = |listener: &&Listener| one.iter().any(|at| at.address == listener.address);
        if let Some(twice) = other.iter().filter(|listener| listener.address.port() != 0).find(taken) {
            table.error(format!("{} is listened at twice over {transport}", twice.address), "give each its own port");
        }
    }
    let mut doh_path = "/dns-query".to_owned();
    if let Some(value) = table.take("doh_path") {
        let place = value.place();
        let text = value.text().map(|text| text.text).unwrap_or_default();
        let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"/-._~".contains(&octet);
        if text.starts_with('/') && text.len() <= LONGEST_PATH && text.bytes().all(is_plain) {
            doh_path = text;
        } else if !place.has_errors() {
            place.error(format!("`doh_path` {text:?} is no plain path"), "write \"/dns-query\"");
        }
    }
    if [&dot, &doh, &doq, &doh3].into_iter().all(Vec::is_empty) && !table.page().has_errors() {
        table.error("no address to listen at", "add `dot`, `doh`, `doq` or `doh3`, such as dot = \"127.0.0.1:853\"");
    }
    table.finish();
    Some(Tls { certificate: certificate?, dot, doh, doq, doh3, doh_path })
}
