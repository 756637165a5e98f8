//! Clients that mean ill, or nothing well: over TLS and QUIC.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use hickory_proto::rr::RecordType;
use quinn::{ConnectionError, ReadError, ReadToEndError, VarInt};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::client::{Served, ask_quic, run, talk};
use crate::harness::{PATIENCE, connect, frame, poll, query};

const PROTOCOL_ERROR: VarInt = VarInt::from_u32(2);
const EXCESSIVE_LOAD: VarInt = VarInt::from_u32(4);

fn www() -> Vec<u8> {
    query(0, "www.example.com.", RecordType::A)
}

/// Reads to the end, which must come; a reset is one.
fn ends(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
    }
}

#[test]
fn what_is_no_handshake_ends_and_others_are_served_meanwhile() {
    let served = Served::start();
    for address in [served.dot, served.doh] {
        // A client that takes it for plain TCP, noise, the beginning of a handshake, nothing.
        for octets in [&frame(&www())[..], &[0xff; 600], b"GET / HTTP/1.1\r\n\r\n"] {
            let mut stream = connect(address);
            // It may be cut before all is written.
            let _ = stream.write_all(octets);
            ends(&mut stream);
        }
    }
    let stalled: Vec<TcpStream> = [served.dot, served.doh].map(hesitant).into();
    run(async {
        let mut dot = served.tls(served.dot, "dot").await.unwrap();
        talk(&mut dot, &www()).await;
        // RFC 7301 §3.2: no protocol in common.
        assert!(served.tls(served.doh, "http/1.1").await.is_err());
        assert!(served.tls(served.dot, "h2").await.is_err());
    });
    stalled.into_iter().for_each(|mut stream| ends(&mut stream));
}

/// A client that stalls after one octet of its handshake.
fn hesitant(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(&[0x16]).unwrap();
    stream
}

#[test]
fn those_who_never_shake_hands_take_no_more_than_a_clients_seats() {
    let served = Served::start();
    let crowd: Vec<TcpStream> = (0..200).map(|_| hesitant(served.dot)).collect();
    poll("all to be seated", || (served.server.metric("waymark_tcp_accepted_total") >= 200.0).then_some(()));
    assert!(served.server.metric("waymark_tcp_connections") <= 128.0, "tcp_per_client");
    run(async {
        let mut dot = served.tls(served.dot, "dot").await.unwrap();
        talk(&mut dot, &www()).await;
    });
    drop(crowd);
    poll("all to be let go", || (served.server.metric("waymark_tcp_connections") == 0.0).then_some(()));
}

#[test]
fn half_a_message_over_tls_has_its_deadline() {
    let served = Served::start();
    run(async {
        let mut slow = served.tls(served.dot, "dot").await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut slow, &[0, 40, 1]).await.unwrap();
        let mut rest = Vec::new();
        let read = timeout(PATIENCE, slow.read_to_end(&mut rest)).await.expect("closed in time");
        assert!(read.is_ok() && rest.is_empty(), "close_notify: {read:?}");
    });
}

/// BIND's CVE-2024-0760, over TLS: who asks and asks and never reads.
#[test]
fn who_never_reads_over_tls_is_cut() {
    let served = Served::start();
    let big = frame(&query(0, "big.example.com.", RecordType::TXT));
    run(async {
        let mut deaf = served.tls(served.dot, "dot").await.unwrap();
        let asked = async { while tokio::io::AsyncWriteExt::write_all(&mut deaf, &big.repeat(100)).await.is_ok() {} };
        timeout(PATIENCE, asked).await.expect("cut in time");
        let mut other = served.tls(served.dot, "dot").await.unwrap();
        talk(&mut other, &www()).await;
    });
    let series = r#"waymark_queries_total{transport="dot",type="TXT",rcode="NOERROR"}"#;
    assert!(served.server.metric(series) < 2000.0, "answers nobody takes are not made");
}

#[test]
fn noise_at_quics_door_harms_nobody() {
    let served = Served::start();
    let noise = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    for address in [served.doq, served.doh3] {
        for size in [0, 1, 11, 12, 100, 1200, 1472, 65_507] {
            for first in [0x00, 0x40, 0xc0, 0xff] {
                let mut datagram = vec![0xa5; size];
                datagram.iter_mut().take(1).for_each(|octet| *octet = first);
                // A version nobody speaks, and QUIC's own (RFC 9000 §6, §15).
                noise.send_to(&datagram, address).unwrap();
                datagram.iter_mut().skip(1).take(4).zip([0, 0, 0, 1]).for_each(|(octet, version)| *octet = version);
                noise.send_to(&datagram, address).unwrap();
            }
        }
        noise.send_to(&www(), address).unwrap();
    }
    run(async {
        let connection = served.quic(served.doq, "doq").await;
        assert!(ask_quic(&connection, &frame(&www())).await.is_ok());
        served.http3().await;
    });
}

/// RFC 9250 §4.3.3 and §5.5.2: what ends a connection, and with which word.
#[test]
fn what_doq_forbids_ends_the_connection() {
    let served = Served::start();
    let mut with_id = www();
    with_id[1] = 1;
    let mut keepalive = www();
    keepalive[11] = 1;
    keepalive.extend_from_slice(b"\0\0\x29\x04\xd0\0\0\0\0\0\x04\0\x0b\0\0");
    for (octets, what) in [
        (frame(&with_id), "an id that is not 0"),
        ([frame(&www()), frame(&www())].concat(), "two messages on a stream"),
        (frame(&www())[..20].to_vec(), "half a message"),
        (Vec::new(), "no message"),
        (frame(&[0; 11]), "no header"),
        (frame(&keepalive), "edns-tcp-keepalive"),
    ] {
        run(async {
            let connection = served.quic(served.doq, "doq").await;
            assert!(ask_quic(&connection, &octets).await.is_err(), "{what}");
            let closed = timeout(PATIENCE, connection.closed()).await.expect("in time");
            let ConnectionError::ApplicationClosed(why) = &closed else { panic!("{what}: {closed:?}") };
            assert_eq!(why.error_code, PROTOCOL_ERROR, "{what}");
        });
    }
    run(async {
        let connection = served.quic(served.doq, "doq").await;
        // A response is no question: silence over UDP, the end of a stream here.
        let mut response = www();
        response[2] |= 0x80;
        let outcome = ask_quic(&connection, &frame(&response)).await;
        assert!(matches!(outcome, Err(ReadToEndError::Read(ReadError::Reset(_)))), "{outcome:?}");
        assert!(ask_quic(&connection, &frame(&www())).await.is_ok(), "the connection goes on");
        assert!(timeout(std::time::Duration::from_millis(100), connection.open_uni()).await.is_err(), "§4.2");
    });
}

/// CoreDNS's CVE-2025-47950 and GHSA-2wpx-qpw2-g5h5: streams without end, and streams that stall.
#[test]
fn streams_are_so_many_and_no_more_and_stalled_ones_are_given_up() {
    let served = Served::start();
    run(async {
        let connection = served.quic(served.doq, "doq").await;
        let mut stalled = Vec::new();
        for _ in 0..100 {
            let (mut send, receive) = connection.open_bi().await.unwrap();
            send.write_all(&[0]).await.unwrap();
            stalled.push((send, receive));
        }
        let mut more = Box::pin(connection.open_bi());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(more.as_mut().poll(&mut context).is_pending(), "a hundred at a time");
        let other = served.quic(served.doq, "doq").await;
        assert!(ask_quic(&other, &frame(&www())).await.is_ok(), "others are served meanwhile");
        for (send, mut receive) in stalled {
            let outcome = timeout(PATIENCE, receive.read_to_end(10)).await.expect("in time");
            let Err(ReadToEndError::Read(ReadError::Reset(code))) = outcome else { panic!("{outcome:?}") };
            assert_eq!(code, EXCESSIVE_LOAD);
            drop(send);
        }
        timeout(PATIENCE, more).await.expect("in time").expect("there is room again");
    });
}

#[test]
fn a_thousand_questions_of_one_connection_are_answered() {
    let served = Served::start();
    run(async {
        let connection = served.quic(served.doq, "doq").await;
        let mut questions = tokio::task::JoinSet::new();
        for _ in 0..1000 {
            let connection = connection.clone();
            questions.spawn(async move { ask_quic(&connection, &frame(&www())).await.map(|answer| answer.len()) });
        }
        let lengths = questions.join_all().await;
        assert!(lengths.iter().all(|length| matches!(length, Ok(length) if *length > 40)), "{lengths:?}");
    });
}

/// More handshakes at once than are trusted: the rest shows where it is first (RFC 9000 §8.1.2), and is served.
#[test]
fn a_crowd_of_quic_clients_is_served() {
    let served = Served::start();
    run(async {
        let crowd = (0..120).map(|_| async {
            let connection = served.quic(served.doq, "doq").await;
            ask_quic(&connection, &frame(&www())).await.is_ok()
        });
        let mut crowd: Vec<_> = crowd.map(Box::pin).collect();
        let mut answered = 0;
        std::future::poll_fn(|context| {
            crowd.retain_mut(|client| match client.as_mut().poll(context) {
                std::task::Poll::Ready(is_answered) => {
                    answered += usize::from(is_answered);
                    false
                }
                std::task::Poll::Pending => true,
            });
            if crowd.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        assert_eq!(answered, 120);
    });
}
