//! The zone that is signed: something of every policy and of every way to have an answer or none.

use crate::api::{Api, element};
use crate::harness::Server;

const A: u16 = 1;
const NS: u16 = 2;
const SOA: u16 = 6;
const AAAA: u16 = 28;
const TXT: u16 = 16;
const DS: u16 = 43;
const DNSKEY: u16 = 48;

/// Simple records: name within the zone, type and its number, values.
const PLAIN: &[(&str, &str, u16, &[&str])] = &[
    ("", "MX", 15, &["10 Mail.example.com", "20 mail.example.com"]),
    ("mail", "A", A, &["192.0.2.2", "192.0.2.3", "192.0.2.1"]),
    ("wild.wide", "A", A, &["192.0.2.4"]),
    ("*.wild", "A", A, &["192.0.2.5"]),
    ("*.wild", "TXT", TXT, &["\"x\""]),
    ("a.b.deep", "A", A, &["192.0.2.6"]),
    ("txt", "TXT", TXT, &["\"one\" \"Two\"", "\"\""]),
    ("srv", "SRV", 33, &["1 2 80 Mail.example.com"]),
    ("naptr", "NAPTR", 35, &["1 2 \"U\" \"SIP\" \"!A!b!\" .", "1 3 \"\" \"\" \"\" Mail.example.com"]),
    ("caa", "CAA", 257, &["0 issue \"ca.test\"", "0 issue \"Ca.test\""]),
    ("https", "HTTPS", 65, &["1 . alpn=h2", "2 Mail.example.com"]),
    ("svcb", "SVCB", 64, &["1 Mail.example.com port=53"]),
    ("tlsa", "TLSA", 52, &["3 1 1 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"]),
    ("sshfp", "SSHFP", 44, &["1 1 00112233445566778899AABBCCDDEEFF00112233"]),
    ("ptr", "PTR", 12, &["Mail.Example.Com"]),
    ("sec", "DS", DS, &["12345 13 2 ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB"]),
];

/// Those nobody asks for as they are: where they lead to is asked.
const LEADING: &[(&str, &str, &[&str])] = &[
    ("www", "CNAME", &["Example.com"]),
    ("chain", "CNAME", &["link.example.com"]),
    ("link", "CNAME", &["w.example.com"]),
    ("into-wild", "CNAME", &["q.wild.example.com"]),
    ("into-nothing", "CNAME", &["nope.example.com"]),
    ("*.star", "CNAME", &["mail.example.com"]),
    ("sub", "NS", &["ns1.sub.example.com"]),
    ("ns1.sub", "A", &["127.0.0.1"]),
    ("sec", "NS", &["ns1.sub.example.com"]),
];

/// Policies: name, element that says who gets it, value.
const POLICIES: &[(&str, &str, &str)] = &[
    ("w", "<Weight>10</Weight>", "192.0.2.10"),
    ("w", "<Weight>20</Weight>", "192.0.2.11"),
    ("lat", "<Region>us-east-1</Region>", "192.0.2.20"),
    ("lat", "<Region>eu-west-1</Region>", "192.0.2.21"),
    ("geo", "<GeoLocation><CountryCode>US</CountryCode></GeoLocation>", "192.0.2.30"),
    ("geo", "<GeoLocation><CountryCode>*</CountryCode></GeoLocation>", "192.0.2.31"),
    ("nobody", "<GeoLocation><CountryCode>JP</CountryCode></GeoLocation>", "192.0.2.32"),
    (
        "prox",
        "<GeoProximityLocation><AWSRegion>us-east-1</AWSRegion><Bias>10</Bias></GeoProximityLocation>",
        "192.0.2.40",
    ),
    ("f", "<Failover>PRIMARY</Failover>{check}", "192.0.2.50"),
    ("f", "<Failover>SECONDARY</Failover>", "192.0.2.51"),
    (
        "ip",
        "<CidrRoutingConfig><CollectionId>{collection}</CollectionId><LocationName>here</LocationName></CidrRoutingConfig>",
        "192.0.2.60",
    ),
    (
        "ip",
        "<CidrRoutingConfig><CollectionId>{collection}</CollectionId><LocationName>*</LocationName></CidrRoutingConfig>",
        "192.0.2.61",
    ),
];

/// What is asked of the zone, signed or not: name, type, and whether there are such records.
pub(crate) fn questions(signed: bool) -> Vec<(String, u16, bool)> {
    let whole = |name: &str| if name.is_empty() { "example.com.".to_owned() } else { format!("{name}.example.com.") };
    let plain = PLAIN.iter().map(|(name, _, rtype, _)| (whole(name), *rtype, true));
    let there =
        ["", "alias", "www", "chain", "into-wild", "q.wild", "a.b.wild", "q.star", "w", "mv", "f", "lat", "geo"];
    let there = there.iter().chain(&["prox", "ip"]).map(|name| (whole(name), A, true));
    let apex = [(NS, true), (SOA, true), (DNSKEY, signed), (TXT, false), (AAAA, false)];
    let apex = apex.map(|(rtype, answers)| (whole(""), rtype, answers));
    let missing = ["mail", "w", "mv", "f", "alias", "www", "chain", "q.wild", "q.star", "into-wild", "nope", "no.pe"];
    let missing = missing.iter().map(|name| (whole(name), AAAA, false));
    let empty = ["deep", "b.deep", "wild", "wide", "star", "nobody", "nope", "no.pe", "into-nothing", "nope.mail"];
    let empty = empty.iter().map(|name| (whole(name), A, false));
    let long = (250..=255).map(|octets| (long_name(octets), A, false));
    let of_wild = long_name(255).replace(".example.com.", "").chars().skip(10).collect::<String>();
    let more = [
        (format!("{of_wild}.wild.example.com."), A, true),
        (whole("q.wild"), TXT, true),
        (whole("large"), TXT, true),
        (whole("sub"), DS, false),
        (whole("mail"), DS, false),
        (whole("mail"), DNSKEY, false),
    ];
    plain.chain(there).chain(apex).chain(missing).chain(empty).chain(long).chain(more).collect()
}

/// A name of the zone that takes so many octets on the wire.
fn long_name(octets: usize) -> String {
    let label = |len: usize| "x".repeat(len);
    // The zone's name takes 13, and each label one more than its letters.
    let rest = octets - 13 - 3 * 64;
    let name = format!("{}.{}.{}.{}.example.com.", label(rest - 1), label(63), label(63), label(63));
    assert_eq!(name.len() + 1, octets);
    name
}

/// The zone, over the API.
pub(crate) struct Signed {
    api: Api,
    id: String,
}

fn change(name: &str, rtype: &str, inside: &str) -> String {
    let dot = if name.is_empty() { "" } else { "." };
    format!(
        "<Change><Action>CREATE</Action><ResourceRecordSet><Name>{name}{dot}example.com</Name><Type>{rtype}</Type>{inside}\
         </ResourceRecordSet></Change>"
    )
}

fn values(values: &[&str]) -> String {
    let values = values.iter().map(|value| format!("<ResourceRecord><Value>{value}</Value></ResourceRecord>"));
    format!("<TTL>60</TTL><ResourceRecords>{}</ResourceRecords>", values.collect::<String>())
}

impl Signed {
    /// All of it, not signed yet.
    pub(crate) fn make(server: &Server) -> Self {
        let api = Api::of(server);
        let asked = "<Name>example.com</Name><CallerReference>z</CallerReference>";
        let made = api.ask("POST", "hostedzone", "CreateHostedZoneRequest", asked);
        let id = element(&made, "Id").replace("/hostedzone/", "");
        // Port 9 is nobody's: whether it was asked yet or not, one of the two answers.
        let asked = "<CallerReference>c</CallerReference><HealthCheckConfig><Type>TCP</Type><IPAddress>127.0.0.1</IPAddress>\
             <Port>9</Port><RequestInterval>10</RequestInterval><FailureThreshold>1</FailureThreshold></HealthCheckConfig>";
        let check = element(&api.ask("POST", "healthcheck", "CreateHealthCheckRequest", asked), "Id");
        let check = format!("<HealthCheckId>{check}</HealthCheckId>");
        let asked = "<Name>c</Name><CallerReference>c</CallerReference>";
        let collection = element(&api.ask("POST", "cidrcollection", "CreateCidrCollectionRequest", asked), "Id");
        let asked = "<Changes><member><LocationName>here</LocationName><Action>PUT</Action><CidrList><Cidr>127.0.0.0/8</Cidr>\
             </CidrList></member></Changes>";
        api.ask("POST", &format!("cidrcollection/{collection}"), "ChangeCidrCollectionRequest", asked);

        let plain = PLAIN.iter().map(|(name, rtype, _, held)| change(name, rtype, &values(held)));
        let leading = LEADING.iter().map(|(name, rtype, held)| change(name, rtype, &values(held)));
        let policies = POLICIES.iter().enumerate().map(|(at, (name, who, value))| {
            let who = who.replace("{check}", &check).replace("{collection}", &collection);
            change(name, "A", &format!("<SetIdentifier>{at}</SetIdentifier>{who}{}", values(&[value])))
        });
        let many = (0..10).map(|at| {
            let who = format!("<SetIdentifier>{at}</SetIdentifier><MultiValueAnswer>true</MultiValueAnswer>");
            change("mv", "A", &(who + &values(&[&format!("192.0.2.{}", 100 + at)])))
        });
        let aliases = ["", "alias"].map(|name| {
            let target = format!(
                "<AliasTarget><HostedZoneId>{id}</HostedZoneId><DNSName>w.example.com</DNSName>\
                 <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>"
            );
            change(name, "A", &target)
        });
        // More than a datagram takes.
        let texts: Vec<_> = (0..8).map(|at| format!("\"{}\"", at.to_string().repeat(250))).collect();
        let large = change("large", "TXT", &values(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
        let changes: String = plain.chain(leading).chain(policies).chain(many).chain(aliases).chain([large]).collect();
        let batch = format!("<ChangeBatch><Changes>{changes}</Changes></ChangeBatch>");
        api.ask("POST", &format!("hostedzone/{id}/rrset/"), "ChangeResourceRecordSetsRequest", &batch);
        Self { api, id }
    }

    /// A new active key; the data of its DNSKEY record.
    pub(crate) fn add_key(&self, name: &str) -> String {
        let asked = format!(
            "<CallerReference>{name}</CallerReference><HostedZoneId>{}</HostedZoneId>\
             <KeyManagementServiceArn>arn:aws:kms:us-east-1:000000000000:key/{name}</KeyManagementServiceArn>\
             <Name>{name}</Name><Status>ACTIVE</Status>",
            self.id
        );
        let made = self.api.ask("POST", "keysigningkey", "CreateKeySigningKeyRequest", &asked);
        element(&made, "DNSKEYRecord")
    }

    /// Takes a key out of use, and away.
    pub(crate) fn retire_key(&self, name: &str) {
        self.api.ask("POST", &format!("keysigningkey/{}/{name}/deactivate", self.id), "", "");
        self.api.ask("DELETE", &format!("keysigningkey/{}/{name}", self.id), "", "");
    }

    pub(crate) fn enable(&self) {
        self.api.ask("POST", &format!("hostedzone/{}/enable-dnssec", self.id), "", "");
        assert_eq!(
            element(&self.api.ask("GET", &format!("hostedzone/{}/dnssec", self.id), "", ""), "ServeSignature"),
            "SIGNING"
        );
    }

    pub(crate) fn disable(&self) {
        self.api.ask("POST", &format!("hostedzone/{}/disable-dnssec", self.id), "", "");
    }
}
