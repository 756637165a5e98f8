//! DNS probes against a small responder: answers, errors, truncation, and answers of others.

use std::net::SocketAddr;
use std::sync::Arc;

use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::rdata::{A, TXT};
use hickory_proto::rr::{RData, Record};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use waymark::model::check::Protocol;
use waymark::model::{Name, RecordType};
use waymark::probe::{Outcome, Report};

use crate::harness::*;

/// How a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Udp,
    Tcp,
}

/// What is answered to a query.
pub(crate) type Answer = Arc<dyn Fn(&Message, Over) -> Vec<Message> + Send + Sync>;

/// A responder on the same port over UDP and TCP.
pub(crate) async fn responder(answer: Answer) -> SocketAddr {
    let (udp, tcp) = loop {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
            break (udp, tcp);
        }
    };
    let address = tcp.local_addr().unwrap();
    let answers = answer.clone();
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((length, peer)) = udp.recv_from(&mut buffer).await {
            let Ok(query) = Message::from_vec(&buffer[..length]) else { continue };
            for message in answers(&query, Over::Udp) {
                let _ = udp.send_to(&message.to_vec().unwrap(), peer).await;
            }
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                while let Ok(length) = stream.read_u16().await {
                    let mut query = vec![0; usize::from(length)];
                    let Ok(_) = stream.read_exact(&mut query).await else { return };
                    for message in answer(&Message::from_vec(&query).unwrap(), Over::Tcp) {
                        let bytes = message.to_vec().unwrap();
                        let framed = [&(bytes.len() as u16).to_be_bytes()[..], &bytes].concat();
                        let _ = stream.write_all(&framed).await;
                    }
                }
            });
        }
    });
    address
}

/// A response to a query with these answers.
pub(crate) fn response(query: &Message, data: Vec<RData>) -> Message {
    let mut message = query.clone();
    message.metadata.message_type = MessageType::Response;
    message.edns = None;
    let name = query.queries[0].name.clone();
    message.answers = data.into_iter().map(|data| Record::from_rdata(name.clone(), 0, data)).collect();
    message
}

fn address(last: u8) -> RData {
    RData::A(A::new(192, 0, 2, last))
}

async fn ask(server: SocketAddr, rtype: RecordType, expect: Option<&str>) -> Report {
    let name = Name::parse("www.example.com.", None).unwrap();
    let protocol = Protocol::Dns { name, rtype, expect: expect.map(Into::into) };
    probe(impatient(check(protocol, "127.0.0.1", server.port()))).await
}

#[tokio::test]
async fn records_of_the_type_are_a_success() {
    let server = responder(Arc::new(|query, _| vec![response(query, vec![address(1), address(2)])])).await;
    let report = ask(server, RecordType::A, None).await;
    assert_eq!(report.to_string(), "Success: DNS response NOERROR, matching records: 2.");
    assert!(report.phases.first_byte.is_some());
    assert_eq!(ask(server, RecordType::A, Some("192.0.2.2")).await.outcome, Outcome::DnsAnswered { records: 2 });
    let missing = ask(server, RecordType::A, Some("192.0.2.3")).await.to_string();
    let expected = "Failure: The DNS response is not what was asked for: \"192.0.2.3\" is not among its A records.";
    assert_eq!(missing, expected);
}

#[tokio::test]
async fn errors_and_empty_answers_fail() {
    let wrong = "Failure: The DNS response is not what was asked for: ";
    for (code, word) in [(ResponseCode::ServFail, "SERVFAIL"), (ResponseCode::NXDomain, "NXDOMAIN")] {
        let answer: Answer = Arc::new(move |query, _| {
            let mut message = response(query, Vec::new());
            message.metadata.response_code = code;
            vec![message]
        });
        let report = ask(responder(answer).await, RecordType::A, None).await.to_string();
        assert_eq!(report, format!("{wrong}{word}."));
    }
    let empty = responder(Arc::new(|query, _| vec![response(query, Vec::new())])).await;
    assert_eq!(ask(empty, RecordType::A, None).await.to_string(), format!("{wrong}it has no A record."));
    let silent = responder(Arc::new(|_, _| Vec::new())).await;
    assert_eq!(ask(silent, RecordType::A, None).await.outcome, Outcome::DnsTimedOut);
}

#[tokio::test]
async fn a_truncated_answer_is_asked_for_over_tcp() {
    let server = responder(Arc::new(|query, over| {
        let long: Vec<_> = (0..20).map(|at| RData::TXT(TXT::new(vec![format!("{at}{}", "x".repeat(200))]))).collect();
        let mut message = response(query, if over == Over::Tcp { long } else { Vec::new() });
        message.metadata.truncation = over == Over::Udp;
        vec![message]
    }))
    .await;
    let report = ask(server, RecordType::TXT, None).await;
    assert_eq!(report.outcome, Outcome::DnsAnswered { records: 20 }, "{report}");
    assert!(report.phases.connect.is_some());
}

#[tokio::test]
async fn answers_to_other_questions_are_passed_over() {
    let server = responder(Arc::new(|query, _| {
        let mut other = response(query, vec![address(9)]);
        other.metadata.id = query.id.wrapping_add(1);
        let mut elsewhere = response(query, vec![address(9)]);
        elsewhere.queries[0].name = "elsewhere.example.com.".parse().unwrap();
        vec![other, elsewhere, query.clone(), response(query, vec![address(1)])]
    }))
    .await;
    let report = ask(server, RecordType::A, Some("192.0.2.1")).await;
    assert_eq!(report.outcome, Outcome::DnsAnswered { records: 1 }, "{report}");
}

#[tokio::test]
async fn nobody_there() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let report = ask(address, RecordType::A, None).await;
    assert!(matches!(report.outcome, Outcome::Refused | Outcome::DnsTimedOut), "{report}");
}
