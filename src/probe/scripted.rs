//! Endpoints that follow a script, on a paused clock.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::sleep;

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

async fn play(mut stream: DuplexStream, scenes: Vec<Scene>) {
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
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
        }
    }
    while let Ok(1..) = stream.read(&mut [0; 1024]).await {}
}
