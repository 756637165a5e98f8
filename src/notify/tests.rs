//! Webhooks on real sockets: retries, order, drops, forms, and what a reload keeps.

use std::collections::VecDeque;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::*;
use crate::health::Board;
use crate::health::turn::Cause;
use crate::model::check::{CheckKind, Endpoint, Pattern, Protocol, Status};
use crate::model::fleet::{Checker, Plan, Secret, WebhookForm};
use crate::model::{At, CheckId, HealthCheck};
use crate::probe::{Outcome, Report, Vote};

const PATIENCE: Duration = Duration::from_secs(60);

/// As fast as tests want it.
const SOON: Settings = Settings {
    waiting: 4,
    limit: PATIENCE,
    first: Duration::from_millis(1),
    longest: Duration::from_millis(4),
    patience: PATIENCE,
};

/// A turn of a check on which one checker of two has voted.
fn turn(id: &str, to: Status, reason: &str) -> Arc<Turn> {
    let checkers = ["eu", "us"].map(|name| Checker { name: name.into(), region: None, source: None });
    let endpoint = Endpoint::new(Protocol::Tcp, "192.0.2.1".into(), 80);
    let check = HealthCheck::new(CheckId(id.into()), CheckKind::Endpoint(endpoint), At::new("test.toml", 1));
    let board = Board::new();
    let plan = Plan { checkers: checkers.into(), ..Plan::default() };
    board.reconcile(std::slice::from_ref(&check), &plan);
    board.vote(Vote {
        checker: "eu".into(),
        check: check.id.clone(),
        status: Some(Status::Unhealthy),
        proven: true,
        seen: true,
        degraded: None,
        contrary: (0, 3),
        at: SystemTime::now(),
        report: Report::of(Outcome::Refused),
    });
    Arc::new(Turn::new(&board.view(&check.id).unwrap(), &plan, to, Cause::Votes, reason, |_| None))
}

fn tell(webhooks: &Webhooks, id: &str, to: Status, reason: &str) {
    webhooks.tell(Stamp::now(), &turn(id, to, reason));
}

fn webhook(name: &str, url: &str) -> Webhook {
    let url = Secret(url.into());
    Webhook { name: name.into(), url, authorization: None, form: WebhookForm::Json, checks: Vec::new() }
}

/// A receiver that answers with these codes, the last of them for ever; its URL and the requests it was sent.
async fn receiver(codes: &[&'static str]) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/hook/t0ken", listener.local_addr().unwrap());
    let (tell, told) = mpsc::unbounded_channel();
    let mut codes: VecDeque<_> = codes.to_vec().into();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let Some(request) = read(&mut stream).await else { continue };
            let code = if codes.len() > 1 { codes.pop_front() } else { codes.front().copied() };
            let answer = format!("HTTP/1.1 {}\r\ncontent-length: 0\r\n\r\n", code.unwrap());
            // Whoever hung up has its answer.
            let _ = stream.write_all(answer.as_bytes()).await;
            if tell.send(request).is_err() {
                return;
            }
        }
    });
    (url, told)
}

async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(length) => request.extend_from_slice(&chunk[..length]),
        }
    }
}

async fn next(told: &mut mpsc::UnboundedReceiver<String>) -> (String, Value) {
    let request = timeout(PATIENCE, told.recv()).await.expect("a request in time").expect("a receiver");
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), serde_json::from_str(body).unwrap())
}

/// Waits until the figures of a webhook are these: sent, failed, dropped, waiting.
async fn until(webhooks: &Webhooks, wanted: [u64; 4]) {
    let reached = async {
        loop {
            let Figures { sent, failed, dropped, waiting, .. } = webhooks.figures()[0];
            if [sent, failed, dropped, waiting] == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(timeout(PATIENCE, reached).await.is_ok(), "{:?}", webhooks.figures());
}

#[tokio::test]
async fn a_message_is_tried_again_until_it_is_taken() {
    let (url, mut told) = receiver(&["503 Busy", "429 Too Many\r\nretry-after: 0", "204 Taken"]).await;
    let webhooks = Webhooks::start(Web::new().unwrap(), SOON);
    let authorization = Some(Secret("Bearer s3cret".into()));
    webhooks.reconcile(&[Webhook { authorization, ..webhook("pager", &url) }]);
    tell(&webhooks, "web-1", Status::Unhealthy, "Failure: Connection refused.");
    tell(&webhooks, "web-2", Status::Unhealthy, "Failure: Connection refused.");

    let (head, first) = next(&mut told).await;
    assert!(head.starts_with("POST /hook/t0ken HTTP/1.1\r\n"), "{head}");
    for header in ["authorization: Bearer s3cret", "content-type: application/json"] {
        assert!(head.contains(&format!("\r\n{header}")), "{head}");
    }
    assert_eq!(
        (&first["check"], &first["from"], &first["to"]),
        (&"web-1".into(), &"healthy".into(), &"unhealthy".into())
    );
    assert_eq!(first["reason"], "Failure: Connection refused.");
    assert_eq!((&first["event"], &first["cause"]), (&"turned".into(), &"votes".into()));
    assert_eq!(first["votes"][0]["outcome"], "Failure: Connection refused.");
    assert_eq!(first["server"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(first["at"].as_str().unwrap().parse::<Stamp>().is_ok(), "{first}");
    for _ in 0..2 {
        assert_eq!(next(&mut told).await.1, first, "the same message, id and all");
    }
    let (_, second) = next(&mut told).await;
    assert_eq!(second["check"], "web-2", "in order");
    assert_ne!(second["id"], first["id"]);
    until(&webhooks, [2, 0, 0, 0]).await;
}

#[tokio::test]
async fn what_is_refused_is_not_tried_again() {
    let (url, mut told) = receiver(&["410 Gone", "302 Found", "200 OK"]).await;
    let webhooks = Webhooks::start(Web::new().unwrap(), SOON);
    webhooks.reconcile(&[webhook("pager", &url)]);
    for id in ["a", "b", "c"] {
        tell(&webhooks, id, Status::Healthy, "Success: HTTP Status Code 200, OK");
    }
    for id in ["a", "b", "c"] {
        assert_eq!(next(&mut told).await.1["check"], id);
    }
    until(&webhooks, [1, 2, 0, 0]).await;
}

#[tokio::test]
async fn what_comes_too_late_is_given_up() {
    let (url, mut told) = receiver(&["500 Broken"]).await;
    let webhooks = Webhooks::start(Web::new().unwrap(), Settings { patience: Duration::ZERO, ..SOON });
    webhooks.reconcile(&[webhook("pager", &url)]);
    tell(&webhooks, "a", Status::Healthy, "");
    assert_eq!(next(&mut told).await.1["check"], "a", "tried once all the same");
    until(&webhooks, [0, 1, 0, 0]).await;
}

#[tokio::test]
async fn a_full_queue_drops_its_oldest_and_counts_them() {
    // It accepts and never answers, so that the first message stays under way.
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let webhooks = Webhooks::start(Web::new().unwrap(), SOON);
    webhooks.reconcile(&[webhook("pager", &format!("http://{}/", silent.local_addr().unwrap()))]);
    for number in 0..10 {
        tell(&webhooks, &number.to_string(), Status::Unhealthy, "");
    }
    until(&webhooks, [0, 0, 6, 4]).await;

    // It moves: what waits is told at the new place, the one under way first.
    let (url, mut told) = receiver(&["200 OK"]).await;
    webhooks.reconcile(&[webhook("pager", &url)]);
    for id in ["0", "7", "8", "9"] {
        assert_eq!(next(&mut told).await.1["check"], id);
    }
    until(&webhooks, [4, 0, 6, 0]).await;
    webhooks.reconcile(&[]);
    assert_eq!(webhooks.figures(), []);
}

#[tokio::test]
async fn each_webhook_hears_of_its_checks_in_its_form() {
    let (json_url, mut json) = receiver(&["200 OK"]).await;
    let (chat_url, mut chat) = receiver(&["200 OK"]).await;
    let webhooks = Webhooks::start(Web::new().unwrap(), SOON);
    let form = WebhookForm::Text;
    webhooks.reconcile(&[
        Webhook { checks: vec![Pattern("db-*".into())], ..webhook("json", &json_url) },
        Webhook { form, ..webhook("chat", &chat_url) },
    ]);
    tell(&webhooks, "web-1", Status::Unhealthy, "Failure: <!channel>\n503");
    tell(&webhooks, "db-1", Status::Healthy, "Success: TCP connection established.");
    assert_eq!(next(&mut json).await.1["check"], "db-1");
    let text = "web-1 is unhealthy: Failure: ‹!channel>503 (1 of 2 checkers hold it healthy)";
    assert_eq!(next(&mut chat).await.1, serde_json::json!({ "text": text }), "no mention, one line");
    assert_eq!(next(&mut chat).await.1["text"].as_str().map(|text| text.starts_with("db-1 is healthy: ")), Some(true));
}

#[test]
fn secrets_are_not_shown() {
    let authorization = Some(Secret("Bearer s3cret".into()));
    let shown = format!("{:?}", Webhook { authorization, ..webhook("pager", "https://example.com/t0ken") });
    assert!(!shown.contains("t0ken") && !shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn a_courier_that_ended_by_itself_begins_again_after_the_message_it_was_at() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let webhooks = Webhooks::start(Web::new().unwrap(), SOON);
    webhooks.reconcile(&[webhook("pager", &format!("http://{}/", silent.local_addr().unwrap()))]);
    tell(&webhooks, "web", Status::Unhealthy, "one");
    let (_held, _) = timeout(PATIENCE, silent.accept()).await.expect("it is brought").unwrap();
    assert_eq!(webhooks.tend(), 0);
    {
        let hooks = webhooks.hooks.lock().unwrap();
        hooks["pager"].task.abort();
    }
    while webhooks.tend() == 0 {
        tokio::task::yield_now().await;
    }
    tell(&webhooks, "web", Status::Healthy, "two");
    until(&webhooks, [0, 1, 0, 1]).await;
    let (mut stream, _) = timeout(PATIENCE, silent.accept()).await.expect("the next is brought").unwrap();
    assert!(read(&mut stream).await.expect("a request").contains("two"));
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    until(&webhooks, [1, 1, 0, 0]).await;
    assert_eq!(webhooks.tend(), 0);
}
