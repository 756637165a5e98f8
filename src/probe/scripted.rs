//! Endpoints that follow a script, on a paused clock.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use super::dial::Dial;

/// One thing an endpoint does.
#[derive(Clone, Debug)]
pub(super) enum Scene {
    Wait(Duration),
    Say(Vec<u8>),
}

/// A connection that stands after so long.
pub(super) struct After<F>(pub(super) Duration, pub(super) F);

impl<F: Fn() -> DuplexStream + Sync> Dial for After<F> {
    type Stream = DuplexStream;

    async fn dial(&self) -> io::Result<DuplexStream> {
        sleep(self.0).await;
        Ok((self.1)())
    }
}

/// Connections to an endpoint that hears a request out, plays these scenes and stays until it is left.
pub(super) fn opened(scenes: Vec<Scene>) -> impl Fn() -> DuplexStream {
    move || {
        let (ours, theirs) = duplex(65_536);
        tokio::spawn(play(theirs, scenes.clone()));
        ours
    }
}

/// The same behind TLS with a certificate for `name`, each handshake begun after so long.
pub(super) fn secured(name: &str, handshake: Duration, scenes: Vec<Scene>) -> impl Fn() -> DuplexStream {
    let certified = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    move || {
        let (ours, theirs) = duplex(65_536);
        let (acceptor, scenes) = (acceptor.clone(), scenes.clone());
        tokio::spawn(async move {
            sleep(handshake).await;
            if let Ok(inside) = acceptor.accept(theirs).await {
                play(inside, scenes).await;
            }
        });
        ours
    }
}

async fn play<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, scenes: Vec<Scene>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    for scene in scenes {
        match scene {
            Scene::Wait(time) => sleep(time).await,
            Scene::Say(bytes) => {
                if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
        }
    }
    while let Ok(1..) = stream.read(&mut [0; 1024]).await {}
}
