//! What one probe found, as data, and the words in which it is told (spec §5.8).
//!
//! A failing endpoint is not an error here. What is nobody's verdict (no file descriptor left, no port
//! left to connect from) is told apart, so that our own trouble never takes an endpoint down.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;

use crate::model::check::Status;
use crate::model::fleet::Refusal;

/// What one probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The TCP connection stood in time (C-9).
    Connected,
    /// An HTTP status came in time; 200..=399 is a success (C-10).
    Answered {
        /// The status code.
        code: u16,
        /// Its standard phrase, empty for codes that have none.
        phrase: &'static str,
    },
    /// The status was good, the search string not within the first 5120 bytes of the body (C-12).
    SearchMissed,
    /// The status was good, the body did not bring the search string in time (C-12).
    BodyTimedOut,
    /// No connection in time (C-9, C-10).
    ConnectTimedOut,
    /// Nobody listens there.
    Refused,
    /// The connection failed otherwise.
    ConnectFailed {
        /// What the system said.
        error: String,
    },
    /// Connected, and no status in time (C-10).
    ResponseTimedOut,
    /// Connected, and what came was no HTTP response, or nothing came at all.
    NotHttp {
        /// What was wrong with it.
        error: String,
    },
    /// More than 16384 bytes of response headers (C-16).
    HeadersTooLong,
    /// The TLS handshake was done in time, and that was all that was asked.
    Handshaken,
    /// Connected, and the TLS handshake failed (C-14).
    TlsFailed {
        /// The alert the endpoint sent, or what was wrong.
        error: String,
    },
    /// Connected, and the TLS handshake was not done in time (C-11).
    TlsTimedOut,
    /// The gRPC health service says SERVING.
    Serving,
    /// The gRPC health service says otherwise, or gRPC refused to answer.
    NotServing {
        /// The health status, or gRPC's own.
        answer: String,
    },
    /// Connected, and what came was no gRPC response.
    NotGrpc {
        /// What was wrong with it.
        error: String,
    },
    /// The echo request was answered.
    Echoed,
    /// No echo reply in time.
    EchoTimedOut,
    /// A DNS response with records of the type asked for.
    DnsAnswered {
        /// How many.
        records: usize,
    },
    /// A DNS response that is not what was asked for.
    DnsWrong {
        /// What is wrong with it.
        error: String,
    },
    /// No DNS response in time.
    DnsTimedOut,
    /// The name has no A record, or its look-up failed (C-6).
    ResolutionFailed,
    /// The address may not be probed (C-8).
    Restricted {
        /// For this reason.
        why: Refusal,
    },
    /// What another way of asking found, in words of its own.
    Found {
        /// What it says of the endpoint; `None` when it says nothing.
        status: Option<Status>,
        /// The words after `Success:`, `Failure:` or `Unknown:`.
        words: Arc<str>,
    },
    /// The probe could not be made for a reason that lies with us; it counts neither way.
    NotProbed {
        /// What was missing.
        error: String,
    },
}

impl Outcome {
    /// What the outcome says of the endpoint; `None` when it says nothing.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::Connected | Self::Handshaken | Self::Serving | Self::Echoed | Self::DnsAnswered { .. } => {
                Some(Status::Healthy)
            }
            Self::Answered { code, .. } => Some(Status::from_healthy((200..400).contains(code))),
            Self::Found { status, .. } => *status,
            Self::NotProbed { .. } => None,
            Self::SearchMissed
            | Self::BodyTimedOut
            | Self::ConnectTimedOut
            | Self::Refused
            | Self::ConnectFailed { .. }
            | Self::ResponseTimedOut
            | Self::NotHttp { .. }
            | Self::HeadersTooLong
            | Self::TlsFailed { .. }
            | Self::TlsTimedOut
            | Self::NotServing { .. }
            | Self::NotGrpc { .. }
            | Self::EchoTimedOut
            | Self::DnsWrong { .. }
            | Self::DnsTimedOut
            | Self::ResolutionFailed
            | Self::Restricted { .. } => Some(Status::Unhealthy),
        }
    }

    /// What a failed connect means.
    pub(super) fn of_connect(error: &io::Error) -> Self {
        match error.kind() {
            _ if is_ours(error) => Self::NotProbed { error: error.to_string() },
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::ConnectTimedOut,
            _ => Self::ConnectFailed { error: error.to_string() },
        }
    }
}

/// Whether the fault lies on this machine: no descriptor, port, buffer or memory left.
pub(super) fn is_ours(error: &io::Error) -> bool {
    const OURS: [Errno; 6] =
        [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM, Errno::ADDRNOTAVAIL, Errno::ADDRINUSE];
    Errno::from_io_error(error).is_some_and(|errno| OURS.contains(&errno))
}

/// The most characters taken of what others say.
const WORDS: usize = 200;

/// What others say, on one line and not too long: it ends up in logs, in webhooks and on terminals.
pub fn clip(text: &str) -> String {
    let mut clipped: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS).collect();
    if text.trim().chars().count() > WORDS {
        clipped.push('…');
    }
    clipped
}

/// One probe, as it is remembered and told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What it found.
    pub outcome: Outcome,
    /// The address asked, when the endpoint is given by name (C-6).
    pub resolved: Option<Ipv4Addr>,
    /// From the start of the probe (look-up included) to its outcome.
    pub took: Duration,
    /// What its parts took.
    pub phases: Phases,
    /// What is wrong with an endpoint that is healthy all the same, in words.
    pub degraded: Option<Arc<str>>,
}

/// How long the parts of a probe took, as far as it got (C-38).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Looking the name up.
    pub lookup: Option<Duration>,
    /// Until the TCP connection stood (ConnectionTime).
    pub connect: Option<Duration>,
    /// The TLS handshake (SSLHandshakeTime).
    pub tls: Option<Duration>,
    /// From the request to the first byte of the answer (TimeToFirstByte).
    pub first_byte: Option<Duration>,
    /// Reading the body.
    pub body: Option<Duration>,
}

/// What a probe notes beside its outcome, as far as it gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    pub(super) phases: Phases,
    pub(super) resolved: Option<Ipv4Addr>,
    pub(super) degraded: Option<Arc<str>>,
}

impl Report {
    /// A report of an outcome and what was noted on the way; how long all of it took is for the asker to say.
    pub(super) fn with(outcome: Outcome, notes: Notes) -> Self {
        let Notes { phases, resolved, degraded } = notes;
        Self { outcome, resolved, took: Duration::ZERO, phases, degraded }
    }

    /// A report of an outcome that took no time and went nowhere.
    pub fn of(outcome: Outcome) -> Self {
        Self { outcome, resolved: None, took: Duration::ZERO, phases: Phases::default(), degraded: None }
    }
}

impl fmt::Display for Report {
    /// The words of §5.8: `Success: …` or `Failure: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.outcome.status() {
            Some(Status::Healthy) => "Success",
            Some(Status::Unhealthy) => "Failure",
            None => "Unknown",
        };
        write!(f, "{verdict}: ")?;
        match (&self.outcome, self.resolved) {
            (Outcome::Answered { code, phrase }, None) => write!(f, "HTTP Status Code {code}, {phrase}"),
            (Outcome::Answered { code, phrase }, Some(address)) => {
                write!(f, "HTTP Status Code: {code}. Resolved IP: {address}. {phrase}")
            }
            (outcome, Some(address)) => write!(f, "Resolved IP: {address}. {}", Words(outcome)),
            (outcome, None) => Words(outcome).fmt(f),
        }
    }
}

struct Words<'a>(&'a Outcome);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Outcome::Connected => f.write_str("TCP connection established."),
            Outcome::Answered { code, phrase } => write!(f, "HTTP Status Code {code}, {phrase}"),
            Outcome::SearchMissed => f.write_str("The response body did not contain the search string."),
            Outcome::BodyTimedOut => f.write_str("The response body was not received within the timeout limit."),
            Outcome::ConnectTimedOut => {
                f.write_str("The health checker could not establish a connection within the timeout limit.")
            }
            Outcome::Refused => f.write_str("Connection refused."),
            Outcome::ConnectFailed { error } => write!(f, "The connection failed: {error}."),
            Outcome::ResponseTimedOut => f.write_str("HTTP response was not received within the timeout limit."),
            Outcome::NotHttp { error } => write!(f, "The endpoint did not answer in HTTP: {error}."),
            Outcome::HeadersTooLong => f.write_str("The response headers exceed 16384 bytes."),
            Outcome::Handshaken => f.write_str("TLS handshake completed."),
            Outcome::TlsFailed { error } => write!(f, "The TLS handshake failed: {error}."),
            Outcome::TlsTimedOut => f.write_str("The TLS handshake was not completed within the timeout limit."),
            Outcome::Serving => f.write_str("gRPC health status SERVING."),
            Outcome::NotServing { answer } => write!(f, "gRPC {answer}."),
            Outcome::NotGrpc { error } => write!(f, "The endpoint did not answer in gRPC: {error}."),
            Outcome::Echoed => f.write_str("Echo reply received."),
            Outcome::EchoTimedOut => f.write_str("No echo reply was received within the timeout limit."),
            Outcome::DnsAnswered { records } => write!(f, "DNS response NOERROR, matching records: {records}."),
            Outcome::DnsWrong { error } => write!(f, "The DNS response is not what was asked for: {error}."),
            Outcome::DnsTimedOut => f.write_str("DNS response was not received within the timeout limit."),
            Outcome::ResolutionFailed => f.write_str("DNS resolution failed."),
            Outcome::Restricted { why } => write!(f, "The address must not be probed: {why}."),
            Outcome::Found { words, .. } => f.write_str(words),
            Outcome::NotProbed { error } => write!(f, "The probe could not be made: {error}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(outcome: Outcome, resolved: Option<Ipv4Addr>) -> String {
        Report { resolved, ..Report::of(outcome) }.to_string()
    }

    #[test]
    fn c36_words() {
        let ok = Outcome::Answered { code: 200, phrase: "OK" };
        let down = Outcome::Answered { code: 503, phrase: "Service Unavailable" };
        let address = Some(Ipv4Addr::new(192, 0, 2, 2));
        assert_eq!(words(ok.clone(), address), "Success: HTTP Status Code: 200. Resolved IP: 192.0.2.2. OK");
        assert_eq!(words(ok, None), "Success: HTTP Status Code 200, OK");
        assert_eq!(words(down, None), "Failure: HTTP Status Code 503, Service Unavailable");
        assert_eq!(words(Outcome::Connected, None), "Success: TCP connection established.");
        assert_eq!(words(Outcome::Refused, None), "Failure: Connection refused.");
        assert_eq!(words(Outcome::Refused, address), "Failure: Resolved IP: 192.0.2.2. Connection refused.");
        assert_eq!(words(Outcome::ResolutionFailed, None), "Failure: DNS resolution failed.");
        assert_eq!(
            words(Outcome::ConnectTimedOut, None),
            "Failure: The health checker could not establish a connection within the timeout limit."
        );
        assert_eq!(
            words(Outcome::ResponseTimedOut, None),
            "Failure: HTTP response was not received within the timeout limit."
        );
        assert_eq!(words(Outcome::SearchMissed, None), "Failure: The response body did not contain the search string.");
    }

    #[test]
    fn t267_only_2xx_and_3xx_are_healthy() {
        let healthy = |code| Outcome::Answered { code, phrase: "" }.status() == Some(Status::Healthy);
        assert_eq!([199, 200, 204, 301, 399, 400, 503].map(healthy), [false, true, true, true, true, false, false]);
    }

    #[test]
    fn what_others_say_is_one_short_line() {
        assert_eq!(clip(" a\r\nb\u{1b}[31m "), "a  b [31m");
        assert_eq!(clip(&"é".repeat(300)).chars().count(), WORDS + 1);
    }

    #[test]
    fn our_own_trouble_says_nothing_of_the_endpoint() {
        let of = |errno: Errno| Outcome::of_connect(&errno.into());
        for ours in [Errno::MFILE, Errno::NFILE, Errno::ADDRNOTAVAIL, Errno::NOBUFS, Errno::NOMEM] {
            assert_eq!(of(ours).status(), None, "{ours:?}");
        }
        assert_eq!(of(Errno::CONNREFUSED), Outcome::Refused);
        assert_eq!(of(Errno::TIMEDOUT), Outcome::ConnectTimedOut);
        assert_eq!(of(Errno::HOSTUNREACH).status(), Some(Status::Unhealthy));
    }
}
