//! Asking the demo's server as any client would: a DNS message over UDP.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::Error;

/// How often the weighted name is asked for one picture; two equal weights both show up but once in 32,768.
const DRAWS: u32 = 16;
const PATIENCE: Duration = Duration::from_secs(2);

/// What the three names of the demo answer at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Picture {
    /// The failover name.
    pub(super) app: BTreeSet<Ipv4Addr>,
    /// The weighted name: how often each address was drawn.
    pub(super) split: BTreeMap<Ipv4Addr, u32>,
    /// The multivalue name.
    pub(super) all: BTreeSet<Ipv4Addr>,
}

/// A client of the demo's server.
#[derive(Debug)]
pub(super) struct Client {
    socket: UdpSocket,
    names: [Name; 3],
    id: u16,
    /// Queries answered.
    pub(super) answered: u64,
}

impl Client {
    /// A client that asks `server` for the names of `zone`.
    pub(super) async fn new(server: SocketAddr, zone: &str) -> Result<Self, Error> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Error::io("open a client socket"))?;
        socket.connect(server).await.map_err(Error::io("reach the demo's server"))?;
        let name = |label| Name::from_ascii(format!("{label}.{zone}.")).map_err(unreadable);
        Ok(Self { socket, names: [name("app")?, name("split")?, name("all")?], id: 0, answered: 0 })
    }

    /// Asks all three names.
    pub(super) async fn picture(&mut self) -> Result<Picture, Error> {
        let [app, split, all] = self.names.clone();
        let mut picture = Picture { app: self.ask(&app).await?, all: self.ask(&all).await?, split: BTreeMap::new() };
        for _ in 0..DRAWS {
            for address in self.ask(&split).await? {
                *picture.split.entry(address).or_default() += 1;
            }
        }
        Ok(picture)
    }

    /// The A records of `name`; empty when the answer does not come in time.
    async fn ask(&mut self, name: &Name) -> Result<BTreeSet<Ipv4Addr>, Error> {
        self.id = self.id.wrapping_add(1);
        let mut query = Message::new(self.id, MessageType::Query, OpCode::Query);
        query.add_query(Query::query(name.clone(), RecordType::A));
        let bytes = query.to_vec().map_err(unreadable)?;
        self.socket.send(&bytes).await.map_err(Error::io("send a query"))?;
        let Ok(answer) = timeout(PATIENCE, self.reply()).await else { return Ok(BTreeSet::new()) };
        self.answered += 1;
        let addresses = answer?.answers.into_iter().filter_map(|record| match record.data {
            RData::A(address) => Some(address.0),
            _ => None,
        });
        Ok(addresses.collect())
    }

    /// The reply to the latest query; late ones to earlier queries are passed over.
    async fn reply(&self) -> Result<Message, Error> {
        let mut buffer = [0; 4096];
        loop {
            let length = self.socket.recv(&mut buffer).await.map_err(Error::io("receive an answer"))?;
            let message = Message::from_vec(&buffer[..length]).map_err(unreadable)?;
            if message.metadata.id == self.id {
                return Ok(message);
            }
        }
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Message(Box::new(error))
}
