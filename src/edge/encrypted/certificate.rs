//! Who the server says it is: a certificate and its key, exchanged under the connections' feet.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwapOption;
use ring::digest::{SHA256, digest};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{Error, InconsistentKeys, ServerConfig, SupportedProtocolVersion};
use tokio_rustls::TlsAcceptor;
use x509_parser::parse_x509_certificate;

use crate::model::{At, Problem};

/// The most octets of a file of certificates or keys.
const LARGEST_FILE: u64 = 1 << 20;

/// The certificate of the moment; handshakes begun before it keep theirs.
#[derive(Debug, Default)]
pub struct Identity(ArcSwapOption<CertifiedKey>);

impl Identity {
    /// Shows `key` from the next handshake on.
    pub fn show(&self, key: CertifiedKey) {
        self.0.store(Some(Arc::new(key)));
    }

    /// Whether there is none to show yet.
    pub fn is_unknown(&self) -> bool {
        self.0.load().is_none()
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.load_full()
    }
}

/// A PEM file, and where the configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pem {
    /// The file.
    pub path: PathBuf,
    /// Where it is named.
    pub at: At,
}

/// Reads a chain and its key; with what is odd about them at the time `now`, or with all that is wrong.
pub fn read(chain: &Pem, key: &Pem, now: SystemTime) -> Result<(CertifiedKey, Vec<Problem>), Vec<Problem>> {
    let (certificates, private) = match (read_chain(chain), read_key(key)) {
        (Ok(certificates), Ok(private)) => (certificates, private),
        (certificates, private) => return Err(certificates.err().into_iter().chain(private.err()).collect()),
    };
    let expiry = certificates.first().and_then(|own| off_time(own, now));
    let certified = CertifiedKey::from_der(certificates, private, &default_provider()).map_err(|error| {
        let (at, what, mend) = match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                let what = format!("key {} is not the key of certificate {}", shown(&key.path), shown(&chain.path));
                (&key.at, what, "name a certificate and its own key")
            }
            Error::InvalidCertificate(why) => {
                let what = format!("certificate {} is not understood: {why}", shown(&chain.path));
                (&chain.at, what, "write X.509 in PEM, the server's own certificate first")
            }
            why => {
                let what = format!("key {} cannot be used: {why}", shown(&key.path));
                (&key.at, what, "use an ECDSA P-256 or P-384, Ed25519 or RSA key of at least 2048 bits")
            }
        };
        vec![Problem::error(at, what, mend)]
    })?;
    let warning = expiry.map(|when| {
        let what = format!("certificate {} {when}", shown(&chain.path));
        Problem::warning(&chain.at, what, "clients will refuse it; have it renewed")
    });
    Ok((certified, warning.into_iter().collect()))
}

fn read_chain(chain: &Pem) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let text = contents("certificate", chain)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let (what, mend) = match found {
        Ok(found) if !found.is_empty() => return Ok(found),
        Ok(_) => ("holds no certificate".to_owned(), "write the chain in PEM, the server's own certificate first"),
        Err(error) => (format!("is not sound PEM: {error}"), "write it anew"),
    };
    Err(Problem::error(&chain.at, format!("certificate {} {what}", shown(&chain.path)), mend))
}

fn read_key(key: &Pem) -> Result<PrivateKeyDer<'static>, Problem> {
    let text = contents("key", key)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| {
        let what = format!("key {} holds no private key", shown(&key.path));
        Problem::error(&key.at, what, "write it in PEM, as PKCS #8, SEC 1 or PKCS #1, without a passphrase")
    })
}

fn contents(kind: &str, pem: &Pem) -> Result<Vec<u8>, Problem> {
    let wrong = |what: String, mend| Problem::error(&pem.at, format!("{kind} {} {what}", shown(&pem.path)), mend);
    let unreadable =
        |error: std::io::Error| wrong(format!("cannot be read: {error}"), "name a PEM file that the server may read");
    let metadata = std::fs::metadata(&pem.path).map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > LARGEST_FILE {
        return Err(wrong("is no file of at most 1 MiB".to_owned(), "name a PEM file"));
    }
    std::fs::read(&pem.path).map_err(unreadable)
}

fn shown(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}

/// In words, that a certificate is not valid at the time `now`.
fn off_time(certificate: &CertificateDer<'_>, now: SystemTime) -> Option<String> {
    let (_, parsed) = parse_x509_certificate(certificate).ok()?;
    let now = i64::try_from(now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()).unwrap_or(i64::MAX);
    let validity = parsed.validity();
    if validity.not_after.timestamp() < now {
        return Some(format!("expired at {}", validity.not_after));
    }
    (validity.not_before.timestamp() > now).then(|| format!("is not valid before {}", validity.not_before))
}

/// A certificate for `names` that nobody vouches for, with the SHA-256 fingerprint by which clients may know it.
pub fn self_signed(names: Vec<String>) -> Result<(CertifiedKey, String), String> {
    let made = rcgen::generate_simple_self_signed(names).map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(str::to_owned)?;
    let fingerprint = digest(&SHA256, made.cert.der());
    let fingerprint = fingerprint.as_ref().iter().map(|octet| format!("{octet:02x}")).collect();
    let certified = CertifiedKey::from_der(vec![made.cert.der().clone()], key, &default_provider());
    certified.map(|certified| (certified, fingerprint)).map_err(|error| error.to_string())
}

/// TLS 1.2 and 1.3 as `identity`, for one application protocol.
pub fn acceptor(identity: &Arc<Identity>, protocol: &[u8]) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(config(identity, protocol, &[&TLS13, &TLS12])))
}

/// The same for QUIC, which knows TLS 1.3 alone (RFC 9001 §4.2).
pub(super) fn quic(identity: &Arc<Identity>, protocol: &[u8]) -> ServerConfig {
    config(identity, protocol, &[&TLS13])
}

/// Early data stays refused, as is rustls's default: what is in it could be replayed (RFC 9250 §4.5).
fn config(identity: &Arc<Identity>, protocol: &[u8], versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_protocol_versions(versions).expect("ring's provider speaks every version rustls knows");
    let mut config = builder.with_no_client_auth().with_cert_resolver(identity.clone());
    config.alpn_protocols = vec![protocol.to_vec()];
    config
}
