//! Endpoints and the ways to ask them (§5.1); gRPC, ICMP, DNS and TLS are ours beyond Route 53's.

use std::sync::Arc;
use std::time::Duration;

use super::Thresholds;
use crate::model::{Name, RecordType};

/// An endpoint, how it is probed and who probes it (§5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// How it is asked.
    pub protocol: Protocol,
    /// Address literal or name to resolve at each probe (C-6).
    pub host: Arc<str>,
    /// 1..=65535; 0 for ICMP.
    pub port: u16,
    /// From the response of one probe to the sending of the next (C-4); 1 s and up.
    pub interval: Duration,
    /// Time to connect: 4 s for HTTP (C-10), 10 s for TCP (C-9).
    pub connect_timeout: Duration,
    /// Time from connected to status line, TLS handshake included: 2 s (C-10, C-11).
    pub response_timeout: Duration,
    /// Consecutive contrary outcomes that flip a checker (C-17).
    pub thresholds: Thresholds,
    /// Healthy when more than this percentage of its checkers say so, 0..=99; `None` takes the server's (C-20).
    pub healthy_percent: Option<u8>,
    /// Regions whose checkers probe it; empty for all of them (C-1).
    pub regions: Vec<Arc<str>>,
    /// The share of their weight, in percent, that records keep while the check is degraded; 0 counts as unhealthy,
    /// 100 only tells.
    pub degraded_percent: u8,
}

/// How an endpoint is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A connection is enough (C-9).
    Tcp,
    /// A GET answered with 2xx or 3xx (C-10).
    Http {
        /// Path and query, beginning with `/`.
        path: Arc<str>,
        /// The Host header's name when the endpoint is given by address (C-15).
        host_header: Option<Arc<str>>,
        /// A string that must lie within the first 5120 bytes of the body (C-12).
        search: Option<Arc<str>>,
        /// HTTPS.
        tls: Option<Tls>,
    },
    /// A TLS handshake is enough; the certificate's expiry is what is watched.
    Tls(Tls),
    /// `grpc.health.v1.Health/Check` answered SERVING.
    Grpc {
        /// The service asked after; empty for the server as a whole.
        service: Arc<str>,
        /// The `:authority` to send where it is not the endpoint's.
        authority: Option<Arc<str>>,
        /// gRPC over TLS.
        tls: Option<Tls>,
    },
    /// An echo request answered.
    Icmp,
    /// A DNS query over UDP, over TCP when truncated, answered NOERROR with at least one record of the type.
    Dns {
        /// The name asked for.
        name: Name,
        /// The type asked for.
        rtype: RecordType,
        /// Record data, in presentation form, that must be among the answers.
        expect: Option<Arc<str>>,
    },
}

/// TLS as a probe speaks it; the certificate's chain, name and dates decide nothing (C-13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The name sent as SNI; `None` sends none (C-13, C-14).
    pub server_name: Option<Arc<str>>,
    /// A certificate that expires within this time makes the check degraded.
    pub horizon: Option<Duration>,
}

impl Endpoint {
    /// An endpoint with Route 53's interval, thresholds and timeouts (§5.1, C-9, C-10).
    pub fn new(protocol: Protocol, host: Arc<str>, port: u16) -> Self {
        let seconds = Duration::from_secs;
        let connect_timeout = match protocol {
            Protocol::Tcp => seconds(10),
            Protocol::Http { .. }
            | Protocol::Tls(_)
            | Protocol::Grpc { .. }
            | Protocol::Icmp
            | Protocol::Dns { .. } => seconds(4),
        };
        Self {
            protocol,
            host,
            port,
            interval: seconds(30),
            connect_timeout,
            response_timeout: seconds(2),
            thresholds: Thresholds::both(3),
            healthy_percent: None,
            regions: Vec::new(),
            degraded_percent: 100,
        }
    }
}
