//! The API of a running server, as a client with no library sees it.

use std::io::{Read, Write};
use std::net::SocketAddr;

use crate::harness::{Server, connect};

const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";

/// The API of a server that asks nobody for keys.
pub(crate) struct Api(SocketAddr);

impl Api {
    pub(crate) fn of(server: &Server) -> Self {
        let line = server.until("Route 53 API on http://");
        let (_, rest) = line.split_once("http://").expect("it was looked for");
        let end = rest.find([',', ';', ' ']).unwrap_or(rest.len());
        Self(rest[..end].parse().unwrap_or_else(|_| panic!("an address in {line:?}")))
    }

    pub(crate) fn ask(&self, method: &str, path: &str, root: &str, body: &str) -> String {
        let body =
            if root.is_empty() { String::new() } else { format!("<{root} xmlns=\"{NAMESPACE}\">{body}</{root}>") };
        let mut stream = connect(self.0);
        let length = body.len();
        write!(stream, "{method} /2013-04-01/{path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(["200", "201"].contains(&status), "{method} {path}: {answer}");
        answer
    }
}

/// The text of the first element of this name.
pub(crate) fn element(answer: &str, name: &str) -> String {
    let (_, rest) = answer.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {answer}"));
    rest.split('<').next().unwrap_or_default().to_owned()
}
