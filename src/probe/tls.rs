//! TLS as probes speak it: any certificate will do, SNI is retried without, expiry is only told (C-13, C-14).

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificate;
use super::dial::{Dial, connect};
use super::outcome::{Notes, Outcome, is_ours};
use crate::model::check::{Endpoint, Tls};

/// What is spoken inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// Whatever the endpoint takes a connection without ALPN for: HTTP/1.1.
    Anything,
    /// HTTP/2, by ALPN.
    Http2,
}

/// The configurations all probes share.
#[derive(Debug)]
pub(super) struct Kit {
    anything: Result<Arc<ClientConfig>, Error>,
    http2: Result<Arc<ClientConfig>, Error>,
}

impl Kit {
    /// Builds them.
    pub(super) fn new() -> Self {
        Self { anything: config(&[]), http2: config(&[b"h2"]) }
    }

    fn connector(&self, inside: Inside) -> Result<TlsConnector, Outcome> {
        let config = match inside {
            Inside::Anything => &self.anything,
            Inside::Http2 => &self.http2,
        };
        match config {
            Ok(config) => Ok(TlsConnector::from(config.clone())),
            Err(error) => Err(Outcome::NotProbed { error: error.to_string() }),
        }
    }
}

fn config(alpn: &[&[u8]]) -> Result<Arc<ClientConfig>, Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Outcome> {
    let mut bytes = [0; N];
    match ring::default_provider().secure_random.fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(Outcome::NotProbed { error: "the system gave no random bytes".to_owned() }),
    }
}

/// Takes a stream that was just connected through its handshake by `due`; one that was sent a name its certificate
/// does not cover is given up for another that is sent none (C-13).
pub(super) async fn secure<D: Dial>(
    kit: &Kit,
    tls: &Tls,
    inside: Inside,
    dial: &D,
    stream: D::Stream,
    due: Instant,
    notes: &mut Notes,
) -> Result<TlsStream<D::Stream>, Outcome> {
    let connector = kit.connector(inside)?;
    let name = tls.server_name.as_deref().map(server_name).transpose()?;
    let started = Instant::now();
    let both = async {
        let first = handshake(&connector, name.clone().unwrap_or_else(nobody), stream).await?;
        match name {
            Some(name) if !certificate_of(&first).is_some_and(|found| certificate::covers(found, &name)) => {
                drop(first);
                let again = dial.dial().await.map_err(|error| Outcome::of_connect(&error))?;
                handshake(&connector, nobody(), again).await
            }
            Some(_) | None => Ok(first),
        }
    };
    let stream = timeout_at(due, both).await.map_err(|_| Outcome::TlsTimedOut)??;
    notes.phases.tls = Some(started.elapsed());
    if let (Some(horizon), Some(found)) = (tls.horizon, certificate_of(&stream)) {
        notes.degraded = certificate::expires_within(found, horizon).map(Into::into);
    }
    Ok(stream)
}

/// A TLS probe: a handshake done in time is a success.
pub(super) async fn ask<D: Dial>(
    endpoint: &Endpoint,
    tls: &Tls,
    kit: &Kit,
    dial: &D,
    notes: &mut Notes,
) -> Result<Outcome, Outcome> {
    let stream = connect(dial, endpoint.connect_timeout, notes).await?;
    let due = Instant::now() + endpoint.response_timeout;
    secure(kit, tls, Inside::Anything, dial, stream, due, notes).await?;
    Ok(Outcome::Handshaken)
}

fn server_name(name: &str) -> Result<ServerName<'static>, Outcome> {
    let bare = name.strip_suffix('.').unwrap_or(name);
    ServerName::try_from(bare.to_owned())
        .map_err(|_| Outcome::NotProbed { error: format!("{name:?} is no name that TLS can send") })
}

/// The server name of a handshake that sends none: SNI has no addresses (RFC 6066 §3).
fn nobody() -> ServerName<'static> {
    ServerName::from(Ipv4Addr::UNSPECIFIED)
}

fn certificate_of<S>(stream: &TlsStream<S>) -> Option<&CertificateDer<'static>> {
    stream.get_ref().1.peer_certificates()?.first()
}

async fn handshake<S>(connector: &TlsConnector, name: ServerName<'static>, stream: S) -> Result<TlsStream<S>, Outcome>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    connector.connect(name, stream).await.map_err(|error| failed(&error))
}

fn failed(error: &io::Error) -> Outcome {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(Error::AlertReceived(alert)) => Outcome::TlsFailed { error: format!("SSL alert {}", alert_name(*alert)) },
        Some(other) => Outcome::TlsFailed { error: other.to_string() },
        None if is_ours(error) => Outcome::NotProbed { error: error.to_string() },
        None => Outcome::TlsFailed { error: error.to_string() },
    }
}

/// An alert as RFC 8446 §6 and OpenSSL write it: `handshake_failure`.
fn alert_name(alert: AlertDescription) -> String {
    let camel: Vec<char> = format!("{alert:?}").replace("Unrecognised", "Unrecognized").chars().collect();
    let mut name = String::new();
    for (at, letter) in camel.iter().enumerate() {
        let after_small = at > 0 && !camel[at - 1].is_uppercase();
        let before_small = camel.get(at + 1).is_some_and(|next| next.is_lowercase());
        if at > 0 && letter.is_uppercase() && (after_small || before_small) {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// Takes every certificate and every signature (C-13).
#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        use SignatureScheme::{
            ECDSA_NISTP256_SHA256, ECDSA_NISTP384_SHA384, ECDSA_NISTP521_SHA512, ECDSA_SHA1_Legacy, ED448, ED25519,
            RSA_PKCS1_SHA1, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
            RSA_PSS_SHA512,
        };
        vec![
            ECDSA_NISTP256_SHA256,
            ECDSA_NISTP384_SHA384,
            ECDSA_NISTP521_SHA512,
            ED25519,
            ED448,
            RSA_PSS_SHA256,
            RSA_PSS_SHA384,
            RSA_PSS_SHA512,
            RSA_PKCS1_SHA256,
            RSA_PKCS1_SHA384,
            RSA_PKCS1_SHA512,
            RSA_PKCS1_SHA1,
            ECDSA_SHA1_Legacy,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c14_alerts_have_the_names_of_the_rfc() {
        let names = [
            (AlertDescription::HandshakeFailure, "handshake_failure"),
            (AlertDescription::UnrecognisedName, "unrecognized_name"),
            (AlertDescription::UnknownCA, "unknown_ca"),
            (AlertDescription::UnknownPSKIdentity, "unknown_psk_identity"),
            (AlertDescription::NoApplicationProtocol, "no_application_protocol"),
        ];
        for (alert, name) in names {
            assert_eq!(alert_name(alert), name);
        }
    }

    #[test]
    fn names_that_tls_cannot_send_take_no_endpoint_down() {
        assert_eq!(server_name("a b").unwrap_err().status(), None);
        assert!(server_name("www.example.com.").is_ok());
    }
}
