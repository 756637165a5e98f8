//! Clients that mean ill: over HTTP/2 and HTTP/3.

use bytes::Bytes;
use hickory_proto::rr::RecordType;
use hyper::Request;
use tokio::time::timeout;

use super::client::{Sent, Served, post, run, say2, say3};
use crate::harness::{PATIENCE, query};

fn www() -> Vec<u8> {
    query(0, "www.example.com.", RecordType::A)
}

/// RFC 8484 §4.2.1, RFC 9110 §15.5, RFC 6585 §5: what a request may not be, and what it is told.
#[test]
fn requests_that_are_none_get_their_status() {
    let served = Served::start();
    let (long, longer) = ("A".repeat(9000), "A".repeat(20_000));
    let target = |path: &str| format!("https://localhost{path}");
    let message = www();
    let plain = |path: &str| Request::post(target(path)).header("content-type", "text/plain");
    let mut answer = message.clone();
    answer[2] |= 0x80;
    let cases = [
        (404, Request::get(target("/")), None),
        (404, post("/resolve"), Some(&message[..])),
        (400, Request::get(target("/dns-query")), None),
        (400, Request::get(target("/dns-query?dns=%21")), None),
        (400, Request::get(target("/dns-query?dns=AAAA")), None),
        (405, Request::put(target("/dns-query")).header("content-type", "application/dns-message"), Some(&message)),
        (405, Request::delete(target("/dns-query")), None),
        (415, plain("/dns-query"), Some(&message)),
        (414, Request::get(target(&format!("/dns-query?dns={long}"))), None),
        (413, post("/dns-query"), Some(&[0; 65_536])),
        (400, post("/dns-query"), Some(&[])),
        (400, post("/dns-query"), Some(&[0; 11])),
        (400, post("/dns-query"), Some(&answer)),
    ];
    run(async {
        let (mut http2, mut http3) = (served.http2().await, served.http3().await);
        for (status, request, body) in cases {
            let request = request.body(()).unwrap();
            let sent = request.clone().map(|()| body.map_or(Sent::Whole(None), Sent::whole));
            let what = format!("{} {:.40}", request.method(), request.uri());
            assert_eq!(say2(&mut http2, sent).await.status.as_u16(), status, "HTTP/2: {what}");
            assert_eq!(say3(&mut http3, request, body).await.status.as_u16(), status, "HTTP/3: {what}");
        }
        // The largest message there is, which is no query, and what comes after it all.
        let largest = say2(&mut http2, post("/dns-query").body(Sent::whole(&[0; 65_535])).unwrap()).await;
        assert_eq!((largest.status.as_u16(), largest.body[3] & 15), (200, 1), "FORMERR");
        let largest = say3(&mut http3, post("/dns-query").body(()).unwrap(), Some(&[0; 65_535])).await;
        assert_eq!((largest.status.as_u16(), largest.body[3] & 15), (200, 1), "FORMERR");
        let request = Request::get(target(&format!("/dns-query?dns={longer}"))).body(Sent::Whole(None)).unwrap();
        assert_eq!(say2(&mut http2, request).await.status.as_u16(), 431);
        let fields = post("/dns-query").header("x-filler", longer).body(Sent::whole(&message)).unwrap();
        assert_eq!(say2(&mut http2, fields).await.status.as_u16(), 431);
        let said = say2(&mut http2, post("/dns-query").body(Sent::whole(&message)).unwrap()).await;
        assert_eq!(said.status.as_u16(), 200, "the connection goes on");
    });
}

#[test]
fn bodies_without_end_and_bodies_that_stall_are_given_up() {
    let served = Served::start();
    run(async {
        let (mut endless, mut stalled) = (served.http2().await, served.http2().await);
        let said = say2(&mut endless, post("/dns-query").body(Sent::Endless).unwrap()).await;
        assert_eq!(said.status.as_u16(), 413);
        let slow = post("/dns-query").body(Sent::Stalled(Some(Bytes::from_static(&[0])))).unwrap();
        stalled.ready().await.unwrap();
        let slow = stalled.send_request(slow);
        let meanwhile = say2(&mut stalled, post("/dns-query").body(Sent::whole(&www())).unwrap()).await;
        assert_eq!(meanwhile.status.as_u16(), 200, "other streams of the connection are served meanwhile");
        let given_up = timeout(PATIENCE, slow).await.expect("in time").expect("a response");
        assert_eq!(given_up.status().as_u16(), 408);

        let mut http3 = served.http3().await;
        let mut slow = http3.send_request(post("/dns-query").body(()).unwrap()).await.unwrap();
        slow.send_data(Bytes::from_static(&[0])).await.unwrap();
        let meanwhile = say3(&mut http3, post("/dns-query").body(()).unwrap(), Some(&www())).await;
        assert_eq!(meanwhile.status.as_u16(), 200);
        let given_up = timeout(PATIENCE, slow.recv_response()).await.expect("in time").expect("a response");
        assert_eq!(given_up.status().as_u16(), 408);
    });
}

/// BIND's CVE-2024-12705 and the like: who asks and never takes a response is soon rid of.
#[test]
fn who_never_takes_a_response_is_let_go() {
    let served = Served::start();
    let big = query(0, "big.example.com.", RecordType::TXT);
    run(async {
        let mut deaf = served.http2().await;
        let mut untaken = Vec::new();
        for _ in 0..50 {
            deaf.ready().await.unwrap();
            untaken.push(deaf.send_request(post("/dns-query").body(Sent::whole(&big)).unwrap()).await.unwrap());
        }
        let closed = std::future::poll_fn(|context| match deaf.poll_ready(context) {
            std::task::Poll::Ready(Ok(())) if deaf.is_closed() => std::task::Poll::Ready(()),
            std::task::Poll::Ready(Ok(())) => {
                context.waker().wake_by_ref();
                std::task::Poll::Pending
            }
            std::task::Poll::Ready(Err(_)) => std::task::Poll::Ready(()),
            std::task::Poll::Pending => std::task::Poll::Pending,
        });
        timeout(PATIENCE, closed).await.expect("closed in time");
        assert_eq!(untaken.len(), 50);
    });
}

/// CVE-2023-44487: streams opened and reset at once end their own connection, and nobody else's.
#[test]
fn rapid_resets_harm_nobody_else() {
    let served = Served::start();
    run(async {
        let (mut hasty, mut patient) = (served.http2().await, served.http2().await);
        for _ in 0..5000 {
            if hasty.ready().await.is_err() {
                break;
            }
            let slow = post("/dns-query").body(Sent::Stalled(Some(Bytes::from_static(&[0])))).unwrap();
            let mut begun = Box::pin(hasty.send_request(slow));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let _ = begun.as_mut().poll(&mut context);
            tokio::task::yield_now().await;
        }
        let said = say2(&mut patient, post("/dns-query").body(Sent::whole(&www())).unwrap()).await;
        assert_eq!(said.status.as_u16(), 200);
    });
}

/// A head that is announced as 16 MiB is not gathered: h3 itself would.
#[test]
fn a_head_of_http3_beyond_all_measure_ends_its_stream() {
    let served = Served::start();
    run(async {
        let connection = served.quic(served.doh3, "h3").await;
        let (mut send, _receive) = connection.open_bi().await.unwrap();
        // HEADERS, and its length as a variable-length integer of four octets (RFC 9114 §7.1, RFC 9000 §16).
        send.write_all(&[1, 0x81, 0, 0, 0]).await.unwrap();
        let mut written = 0;
        let outcome = loop {
            match timeout(PATIENCE, send.write_all(&[0; 1024])).await.expect("taken or refused in time") {
                Ok(()) => written += 1024,
                Err(error) => break error,
            }
            assert!(written < 16 << 20, "all of it was taken");
        };
        assert!(matches!(outcome, quinn::WriteError::Stopped(_) | quinn::WriteError::ConnectionLost(_)), "{outcome:?}");
        assert!(written < 512 << 10, "{written} octets were taken");
        let mut http3 = served.http3().await;
        let said = say3(&mut http3, post("/dns-query").body(()).unwrap(), Some(&www())).await;
        assert_eq!(said.status.as_u16(), 200);
    });
}
