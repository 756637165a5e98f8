//! Checks that follow other systems, statuses pushed over HTTP, and webhooks: a real server among real sockets.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use hickory_proto::rr::RecordType;
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

use crate::harness::{PATIENCE, Server, connect, poll, udp, values};

const PAGE: &str = include_str!("../../docs/notifications.md");

/// What a peer answers: status line after the version, body. The last answer stays.
type Answers = Arc<Mutex<VecDeque<(&'static str, String)>>>;

/// Another system: answers every request as told, and remembers what it was asked.
struct Peer {
    address: SocketAddr,
    answers: Answers,
    asked: Receiver<String>,
}

impl Peer {
    fn start(answers: &[(&'static str, &str)]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let answers = answers.iter().map(|(code, body)| (*code, (*body).to_owned()));
        let answers: Answers = Arc::new(Mutex::new(answers.collect()));
        let (tell, asked) = channel();
        let theirs = answers.clone();
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let Some(request) = read(&mut stream) else { continue };
                let mut answers = theirs.lock().expect("whole");
                let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
                drop(answers);
                let (code, body) = next.expect("an answer");
                let head = format!("HTTP/1.1 {code}\r\ncontent-type: application/json\r\nconnection: close\r\n");
                // Whoever hung up wants no answer.
                let _ = write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len());
                if tell.send(request).is_err() {
                    return;
                }
            }
        });
        Self { address, answers, asked }
    }

    fn answer(&self, code: &'static str, body: &str) {
        *self.answers.lock().expect("whole") = VecDeque::from([(code, body.to_owned())]);
    }

    /// The next request: its head and its body.
    fn next(&self) -> (String, String) {
        let request = self.asked.recv_timeout(PATIENCE).expect("a request in time");
        let (head, body) = request.split_once("\r\n\r\n").expect("a request");
        (head.to_owned(), body.to_owned())
    }
}

fn read(stream: &mut TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
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
        match stream.read(&mut chunk).ok()? {
            0 => return None,
            length => request.extend_from_slice(&chunk[..length]),
        }
    }
}

/// A zone whose one name answers 192.0.2.1 while the check is healthy, else 192.0.2.2.
fn zone(check: &str) -> String {
    format!(
        r#"
zone = "example.com"

[check.it]
{check}
[[record]]
name = "it"
type = "A"
failover = {{ primary = {{ value = "192.0.2.1", check = "it" }}, secondary = {{ value = "192.0.2.2" }} }}
"#
    )
}

fn start(check: &str, config: &str) -> Server {
    Server::start(&[("example.com.toml", &zone(check))], config)
}

/// Waits until the answers say that the check is healthy, or is not.
fn until(server: &Server, healthy: bool) {
    let wanted = if healthy { "192.0.2.1" } else { "192.0.2.2" };
    poll(&format!("an answer of {wanted}; {:#}", view(server)), || {
        let answer = udp(server.dns, "it.example.com.", RecordType::A)?;
        (values(&answer) == [wanted]).then_some(())
    });
}

fn view(server: &Server) -> Value {
    let mut health = server.ask_control(&json!({ "op": "health" }));
    health["checks"].as_array_mut().expect("checks").remove(0)
}

/// Waits until the follower's words contain this part.
fn until_words(server: &Server, part: &str) -> String {
    poll(&format!("the words {part:?}"), || {
        let words = view(server)["votes"][0]["outcome"].as_str()?.to_owned();
        words.contains(part).then_some(words)
    })
}

fn vector(value: &str) -> String {
    json!({ "status": "success", "data": {
        "resultType": "vector",
        "result": [{ "metric": { "__name__": "load", "instance": "a:9100" }, "value": [1_700_000_000.123, value] }],
    }})
    .to_string()
}

#[test]
fn a_query_of_prometheus_steers_answers() {
    let peer = Peer::start(&[("200 OK", &vector("70"))]);
    let check = format!(
        "prometheus = \"http://{}/prom/\"\nquery = 'avg(load{{job=\"web\"}})'\nunhealthy_when = \"> 80\"\nperiods = 2\ninterval = 1\n",
        peer.address
    );
    let server = start(&check, "");
    let (head, _) = peer.next();
    let target = "GET /prom/api/v1/query?query=avg%28load%7Bjob%3D%22web%22%7D%29 HTTP/1.1\r\n";
    assert!(head.starts_with(target), "{head}");
    let words = until_words(&server, "of which");
    assert_eq!(words, "Success: 2 values, the last 70, of which not all are > 80.");

    peer.answer("200 OK", &vector("90.5"));
    until(&server, false);
    assert_eq!(view(&server)["reason"], "Failure: 2 values, the last 90.5, all of them > 80.");

    // Nothing known: the last known status stays (C-26), whoever is to blame.
    for (code, body, why) in [
        ("200 OK", vector("NaN"), "the value is NaN"),
        ("503 Busy", "<html>".to_owned(), "the server answered HTTP 503"),
        (
            "400 Bad Request",
            r#"{"status":"error","errorType":"bad_data","error":"1:1: parse error"}"#.to_owned(),
            "the server refused the query: 1:1: parse error",
        ),
    ] {
        peer.answer(code, &body);
        let words = until_words(&server, why);
        assert_eq!(words, format!("Unknown: No data ({why}): the last known status, unhealthy, stays."));
        until(&server, false);
    }
    peer.answer("200 OK", &vector("80"));
    until(&server, true);
    drop(server);
}

/// C-8: what an alarm asks is bound as what is probed, by what its name resolves to, and so are the files it reads.
#[test]
fn an_alarm_goes_round_no_target_list() {
    let peer = Peer::start(&[("200 OK", &vector("99"))]);
    let port = peer.address.port();
    let asks = |host: &str| {
        format!("prometheus = \"http://{host}:{port}\"\nquery = \"load\"\nunhealthy_when = \"> 80\"\ninterval = 1\n")
    };
    let server = start(&asks("localhost"), "[health]\nallow_special_addresses = false\n");
    let why = "the server was not reached: the address must not be asked: it is restricted or private";
    let words = until_words(&server, "No data");
    assert_eq!(words, format!("Unknown: No data ({why}): healthy, as no status was ever known."));
    assert!(peer.asked.try_recv().is_err(), "nobody asked");
    for (check, told) in [
        (asks("127.0.0.1"), "asks 127.0.0.1, which is forbidden: it is restricted or private (C-8)"),
        ("file = \"/etc/hostname\"\n".to_owned(), "reads /etc/hostname, which lies below none of `alarm_files`"),
    ] {
        server.write_zone("example.com.toml", &zone(&check));
        let refused = server.reload();
        assert!(refused["problems"][0]["what"].as_str().is_some_and(|what| what.contains(told)), "{refused}");
    }
    server.write_zone("example.com.toml", &zone(&asks("localhost")));
    server.write_config("[health]\nallow = [\"127.0.0.0/8\"]\n");
    assert_eq!(server.reload()["ok"], true);
    until(&server, false);
}

#[test]
fn an_alert_that_fires_steers_answers() {
    let alert = json!([{
        "annotations": {}, "endsAt": "2026-01-01T00:05:00.000Z", "fingerprint": "a1b2", "receivers": [{ "name": "x" }],
        "startsAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z", "generatorURL": "http://a/",
        "status": { "inhibitedBy": [], "silencedBy": [], "state": "active" },
        "labels": { "alertname": "HighErrorRate", "service": "web" },
    }]);
    let peer = Peer::start(&[("200 OK", &alert.to_string())]);
    let check = format!(
        "alertmanager = \"http://{}\"\nmatchers = ['alertname=\"HighErrorRate\"', 'service=~\"web|shop\"']\ninterval = 1\nmissing = \"healthy\"\n",
        peer.address
    );
    let server = start(&check, "");
    until(&server, false);
    let (head, _) = peer.next();
    let target = "GET /api/v2/alerts?filter=alertname%3D%22HighErrorRate%22&filter=service%3D%7E%22web%7Cshop%22\
                  &active=true&silenced=false&inhibited=false HTTP/1.1\r\n";
    assert!(head.starts_with(target), "{head}");
    assert_eq!(view(&server)["reason"], "Failure: HighErrorRate fires.");
    peer.answer("200 OK", "[]");
    until(&server, true);
    assert_eq!(until_words(&server, "fires"), "Success: No such alert fires.");
    peer.answer("200 OK", &alert.to_string());
    until(&server, false);
    peer.answer("500 Broken", "\"broken\"");
    until(&server, true);
    let words = until_words(&server, "500");
    assert_eq!(words, "Unknown: No data (the server answered HTTP 500 broken): missing data counts as healthy.");
}

#[test]
fn a_file_steers_answers_and_a_reload_keeps_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("it"), folder.path().join("other"));
    std::fs::write(&path, "down for repairs\n").unwrap();
    let check = |path: &std::path::Path| format!("file = {:?}\ninterval = 1\n", path.display().to_string());
    let server = start(&check(&path), "");
    until(&server, false);
    assert_eq!(view(&server)["reason"], "Failure: The file says down: for repairs");

    // Another file, and not there: from the status it had, and that is the last known.
    server.write_zone("example.com.toml", &zone(&check(&other)));
    assert_eq!(server.reload()["ok"], true);
    until_words(&server, "the last known status, unhealthy, stays.");
    until(&server, false);
    std::fs::write(&other, "up").unwrap();
    until(&server, true);
    std::fs::write(&other, "down").unwrap();
    until(&server, false);
}

/// Pushes to the check `id`: the answer's status code and body.
fn push(server: &Server, id: &str, token: Option<&str>, body: &str) -> (u16, String) {
    let mut stream = connect(server.http);
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let head = format!("PUT /v1/health-checks/{id}/status HTTP/1.1\r\nhost: waymark\r\nconnection: close\r\n");
    write!(stream, "{head}{authorization}content-length: {}\r\n\r\n{body}", body.len()).expect("HTTP reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("HTTP answers");
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
    (head[9..12].parse().expect("a status code"), body.to_owned())
}

#[test]
fn a_script_pushes_and_every_mistake_has_its_answer() {
    let server = start("push = true\ninterval = \"1h\"\n", "");
    let down = r#"{"status": "unhealthy", "reason": "no backup since Monday"}"#;
    let (code, body) = push(&server, "it", Some("t0ken"), down);
    assert_eq!((code, &*body), (404, "no push token is configured, so nothing is pushed here\n"));

    server.write_config("[health]\npush_token = \"t0ken\"\n");
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(push(&server, "it", None, down).0, 401);
    assert_eq!(push(&server, "it", Some("t0ker"), down).0, 401);
    assert_eq!(push(&server, "other", Some("t0ker"), down).0, 401, "a stranger learns of no check");
    assert_eq!(push(&server, "other", Some("t0ken"), down), (404, "no such check is followed by pushes\n".to_owned()));
    for wrong in ["", "unhealthy", r#"{"status":"down"}"#, r#"{"status":"healthy","until":"tomorrow"}"#] {
        let (code, body) = push(&server, "it", Some("t0ken"), wrong);
        assert!(code == 400 && body.contains(r#"write {"status":"healthy""#), "{wrong}: {code} {body}");
    }
    until(&server, true);

    assert_eq!(push(&server, "it", Some("t0ken"), down), (204, String::new()));
    until(&server, false);
    assert_eq!(view(&server)["reason"], "Failure: Pushed: no backup since Monday");
    assert_eq!(push(&server, "it", Some("t0ken"), r#"{"status":"healthy"}"#).0, 204);
    until(&server, true);
    assert_eq!(view(&server)["reason"], "Success: Pushed as healthy.");

    server.write_config("[health]\npush_token = \"an0ther\"\n");
    assert_eq!(server.reload()["ok"], true);
    assert_eq!(push(&server, "it", Some("t0ken"), down).0, 401, "another token from the reload on");
    assert_eq!(push(&server, "it", Some("an0ther"), down).0, 204);
    until(&server, false);
}

/// What a JSON value is made of, its keys and not its values.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), shape(value))).collect(),
        Value::Array(list) => list.iter().take(1).map(shape).collect(),
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        Value::Bool(_) => "truth".into(),
        Value::Null => Value::Null,
    }
}

fn shown(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    PAGE.split(&*fence).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn a_webhook_is_told_of_turns_and_no_secret_is_logged() {
    let events = Peer::start(&[("503 Busy", ""), ("429 Slow Down", ""), ("204 Taken", "")]);
    let chat = Peer::start(&[("200 OK", "ok")]);
    // Bound and not listened at: nobody else gets the port, and whoever connects is refused.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let closed = socket.local_addr().unwrap().as_socket().unwrap();
    let (events_at, chat_at) = (events.address, chat.address);
    let config = format!(
        r#"
[health]
push_token = "s3cret-token"
[log]
level = "trace"
[webhook.events]
url = "http://{events_at}/hooks/s3cret-path"
authorization = "Bearer s3cret-word"
[webhook.chat]
url = "http://{chat_at}/hooks/s3cret-chat"
form = "text"
[webhook.lost]
url = "http://{closed}/hooks/s3cret-lost"
"#
    );
    let server = start(&format!("tcp = \"{closed}\"\ninterval = 1\nthreshold = 1\n"), &config);
    until(&server, false);

    let (head, first) = events.next();
    assert!(head.starts_with("POST /hooks/s3cret-path HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: Bearer s3cret-word"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    for _ in 0..2 {
        assert_eq!(events.next().1, first, "tried again as it was");
    }
    let message: Value = serde_json::from_str(&first).unwrap();
    let [example] = shown("json")[..] else { panic!("one JSON example in docs/notifications.md") };
    let example: Value = serde_json::from_str(example).unwrap();
    assert_eq!(shape(&message), shape(&example), "docs/notifications.md shows {message:#}");
    assert_eq!(message["reason"], "Failure: Connection refused.");
    assert_eq!(message["server"]["version"], env!("CARGO_PKG_VERSION"));

    let text = json!({ "text": "it is unhealthy: Failure: Connection refused." });
    assert_eq!(serde_json::from_str::<Value>(&chat.next().1).unwrap(), text);
    let sent =
        |name: &str| server.metric(&format!(r#"waymark_webhook_messages_total{{webhook="{name}",outcome="sent"}}"#));
    poll("both to be counted", || (sent("events") == 1.0 && sent("chat") == 1.0).then_some(()));
    assert_eq!(server.metric(r#"waymark_webhook_waiting{webhook="lost"}"#), 1.0);

    push(&server, "it", Some("s3cret-token"), "{}");
    push(&server, "it", Some("s3cret-guess"), "{}");
    server.ask_control(&json!({ "op": "health" }));
    assert_eq!(server.reload()["ok"], true);
    let said = server.ended();
    assert!(said.iter().any(|line| line.contains("webhook did not take a message")), "{said:#?}");
    for line in said {
        assert!(!line.contains("s3cret"), "{line}");
    }
}
