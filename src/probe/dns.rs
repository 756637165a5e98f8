//! DNS probes: one query over UDP, over TCP when the answer was cut, good when it brings records of the type.

use std::io;
use std::net::SocketAddr;

use hickory_proto::op::{Message, MessageType};
use hickory_proto::rr::RData;
use hickory_proto::serialize::binary::{BinEncodable, BinEncoder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use super::dial::{Route, connect};
use super::outcome::{Notes, Outcome};
use super::tls::random;
use crate::model::check::Endpoint;
use crate::model::rdata::{self, Rdata};
use crate::model::{Name, RecordType};
use crate::wire::rcode;

/// The most bytes of an answer without EDNS (RFC 1035 §2.3.4), and room to see that it was longer.
const DATAGRAM: usize = 4096;
const CLASS_IN: u16 = 1;

/// What is asked for, and what must be among the answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) name: &'a Name,
    pub(super) rtype: RecordType,
    pub(super) expect: Option<&'a str>,
}

/// Asks once: each answer must be there within the response timeout of its query.
pub(super) async fn ask(
    endpoint: &Endpoint,
    question: Question<'_>,
    route: Route,
    notes: &mut Notes,
) -> Result<Outcome, Outcome> {
    let query = question.query(random()?);
    let started = Instant::now();
    let first = timeout_at(started + endpoint.response_timeout, over_udp(&query, &question, route)).await;
    let message = first.map_err(|_| Outcome::DnsTimedOut)?.map_err(|error| Outcome::of_connect(&error))?;
    notes.phases.first_byte = Some(started.elapsed());
    if !message.truncation {
        return question.judge(&message);
    }
    let stream = connect(&route, endpoint.connect_timeout, notes).await?;
    let started = Instant::now();
    let second = timeout_at(started + endpoint.response_timeout, over_stream(&query, stream)).await;
    let bytes = second.map_err(|_| Outcome::DnsTimedOut)?.map_err(|error| Outcome::of_connect(&error))?;
    notes.phases.body = Some(started.elapsed());
    match question.answer(&query, &bytes) {
        Some(message) => question.judge(&message),
        None => Err(Outcome::DnsWrong { error: "what came over TCP does not answer the query".to_owned() }),
    }
}

/// The first datagram that answers the query; anything else is passed over.
async fn over_udp(query: &[u8], question: &Question<'_>, route: Route) -> io::Result<Message> {
    let any = if route.to.is_ipv4() { [0; 4].into() } else { [0; 16].into() };
    let socket = UdpSocket::bind(SocketAddr::new(route.from.unwrap_or(any), 0)).await?;
    socket.connect(route.to).await?;
    socket.send(query).await?;
    let mut datagram = vec![0; DATAGRAM];
    loop {
        let length = socket.recv(&mut datagram).await?;
        if let Some(message) = question.answer(query, &datagram[..length]) {
            return Ok(message);
        }
    }
}

async fn over_stream<S>(query: &[u8], mut stream: S) -> io::Result<Vec<u8>>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let length = u16::try_from(query.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), query].concat()).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

impl Question<'_> {
    /// A query with recursion desired, in wire form.
    fn query(&self, id: [u8; 2]) -> Vec<u8> {
        let counts = [0, 1, 0, 0, 0, 0, 0, 0];
        [&id, &[1, 0][..], &counts, self.name.wire(), &self.rtype.0.to_be_bytes(), &CLASS_IN.to_be_bytes()].concat()
    }

    /// The message in these bytes if it answers the query: same id, a response, the same question or an error
    /// without one.
    fn answer(&self, query: &[u8], bytes: &[u8]) -> Option<Message> {
        if bytes.get(..2) != query.get(..2) {
            return None;
        }
        let message = Message::from_vec(bytes).ok()?;
        let asked = match &message.queries[..] {
            [] => u16::from(message.response_code) != rcode::NOERROR,
            [asked] => {
                u16::from(asked.query_type) == self.rtype.0
                    && asked.name.to_bytes().is_ok_and(|wire| wire.eq_ignore_ascii_case(self.name.wire()))
            }
            _ => false,
        };
        (message.message_type == MessageType::Response && asked).then_some(message)
    }

    fn judge(&self, message: &Message) -> Result<Outcome, Outcome> {
        let wrong = |error: String| Err(Outcome::DnsWrong { error });
        let code = u16::from(message.response_code);
        if code != rcode::NOERROR {
            return wrong(rcode::name(code).to_owned());
        }
        let typed = message.answers.iter().filter(|record| u16::from(record.record_type()) == self.rtype.0);
        let found: Vec<_> = typed.map(|record| &record.data).collect();
        match self.expect {
            _ if found.is_empty() => wrong(format!("it has no {} record", self.rtype)),
            Some(expect) if !found.iter().any(|data| self.is(data, expect)) => {
                wrong(format!("{expect:?} is not among its {} records", self.rtype))
            }
            Some(_) | None => Ok(Outcome::DnsAnswered { records: found.len() }),
        }
    }

    /// Whether record data has this presentation form; letter case counts in TXT alone.
    fn is(&self, data: &RData, expect: &str) -> bool {
        let mut bytes = Vec::new();
        let mut encoder = BinEncoder::new(&mut bytes);
        encoder.set_canonical_form(true);
        if data.emit(&mut encoder).is_err() {
            return false;
        }
        let said = rdata::print(self.rtype, &Rdata(bytes.into()));
        let expected = rdata::parse(self.rtype, expect, Some(&Name::root()));
        let expected = expected.map_or_else(|_| expect.to_owned(), |data| rdata::print(self.rtype, &data));
        if self.rtype == RecordType::TXT { said == expected } else { said.eq_ignore_ascii_case(&expected) }
    }
}

#[cfg(test)]
mod tests {
    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::Record;
    use hickory_proto::rr::rdata::{CNAME, MX, TXT};

    use super::*;

    fn answered(question: &Question<'_>, data: Vec<RData>) -> Result<Outcome, Outcome> {
        let query = question.query([7, 7]);
        let mut message = Message::from_vec(&query).unwrap();
        message.metadata.message_type = MessageType::Response;
        let name = message.queries[0].name.clone();
        message.answers = data.into_iter().map(|data| Record::from_rdata(name.clone(), 60, data)).collect();
        let read = question.answer(&query, &message.to_vec().unwrap()).expect("it answers the query");
        question.judge(&read)
    }

    fn name(text: &str) -> Name {
        Name::parse(text, None).unwrap()
    }

    fn theirs(text: &str) -> hickory_proto::rr::Name {
        text.parse().unwrap()
    }

    #[test]
    fn records_of_the_type_and_the_one_expected() {
        let www = name("www.example.com.");
        let a = Question { name: &www, rtype: RecordType::A, expect: None };
        let address = |last| RData::A(hickory_proto::rr::rdata::A::new(192, 0, 2, last));
        let alias = RData::CNAME(CNAME(theirs("web.example.com.")));
        assert_eq!(answered(&a, vec![alias.clone(), address(1), address(2)]), Ok(Outcome::DnsAnswered { records: 2 }));
        let none = answered(&a, vec![alias]);
        assert_eq!(none, Err(Outcome::DnsWrong { error: "it has no A record".to_owned() }));
        let expecting = |expect| Question { expect: Some(expect), ..a };
        assert!(answered(&expecting("192.0.2.2"), vec![address(1), address(2)]).is_ok());
        assert!(answered(&expecting("192.0.2.3"), vec![address(1), address(2)]).is_err());
        let mx = Question { name: &www, rtype: RecordType::MX, expect: Some("10 Mail.example.com.") };
        assert!(answered(&mx, vec![RData::MX(MX::new(10, theirs("mail.example.com.")))]).is_ok());
        let txt = |expect| Question { name: &www, rtype: RecordType::TXT, expect: Some(expect) };
        let said = || vec![RData::TXT(TXT::new(vec!["all Well".to_owned()]))];
        assert!(answered(&txt("\"all Well\""), said()).is_ok());
        assert!(answered(&txt("\"all well\""), said()).is_err());
    }

    #[test]
    fn what_does_not_answer_the_query_is_passed_over() {
        let (www, other) = (name("www.example.com."), name("other.example.com."));
        let question = Question { name: &www, rtype: RecordType::A, expect: None };
        let query = question.query([7, 7]);
        assert!(question.answer(&query, &query).is_none(), "no response");
        let response = |question: &Question<'_>, id| {
            let mut bytes = question.query(id);
            bytes[2] |= 0x80;
            bytes
        };
        assert!(question.answer(&query, &response(&question, [7, 7])).is_some());
        assert!(question.answer(&query, &response(&question, [7, 8])).is_none(), "another id");
        assert!(question.answer(&query, &response(&Question { name: &other, ..question }, [7, 7])).is_none());
        assert!(question.answer(&query, &response(&Question { rtype: RecordType::TXT, ..question }, [7, 7])).is_none());
        assert!(question.answer(&query, &[7, 7, 0x80]).is_none());
        let mut refused = Message::from_vec(&response(&question, [7, 7])).unwrap();
        refused.metadata.response_code = ResponseCode::Refused;
        refused.queries.clear();
        let refused = question.answer(&query, &refused.to_vec().unwrap()).unwrap();
        assert_eq!(question.judge(&refused), Err(Outcome::DnsWrong { error: "REFUSED".to_owned() }));
    }
}
