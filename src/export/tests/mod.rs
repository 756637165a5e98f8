mod round_trip;

use crate::export::{Format, Subject, export, record_sets, whole};
use crate::model::HostedZone;
use std::sync::Arc;

use crate::snapshot::geography::Geography;
use crate::snapshot::{Behaviour, Ground, compile};
use crate::store::{Options, load_texts};

/// A zone that refers to nothing.
fn alone(zone: &HostedZone) -> Subject<'_> {
    Subject { zone, checks: &[], collections: &[], records: None }
}

#[test]
fn a_zone_kept_compiled_alone_is_whole_again() {
    let text = "$ORIGIN example.com.\n$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nb.a TXT \"x;\\\"y\" \"z\"\n\
                m 7 MX 10 Mail.example.net.\nm 7 MX 20 Ns\n* LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m\n\
                cut NS ns.cut\nns.cut A 192.0.2.2\n";
    let loaded = load_texts(&[("example.com.zone", text)], &Options::default()).unwrap();
    let read = &loaded.account.zones[0];
    let geography = Arc::new(Geography::nowhere());
    let ground = Ground { listeners: vec!["test".into()], geography, behaviour: Behaviour::default() };
    let snapshot = compile(&loaded.account, &ground, None).unwrap().snapshot;
    let kept = read.without_groups();
    assert!(kept.left_out > 0);
    let compiled = snapshot.zones.iter().find(|zone| zone.id == read.id).unwrap();
    let whole = whole(&kept, compiled).into_owned();
    assert_eq!(record_sets(&whole), record_sets(read), "T359: types in the order of their names");
    let listed: Vec<_> = record_sets(&whole).into_iter().map(|set| format!("{} {}", set.name, set.r#type)).collect();
    assert_eq!(listed[..2], ["example.com. NS", "example.com. SOA"], "I-19");
}

#[test]
fn what_a_format_cannot_say_is_told_and_not_written() {
    let text = "zone = \"example.com\"\nid = \"Z1\"\ncomment = \"ours\"\n[check.c]\ngrpc = \"grpc://192.0.2.1:1\"\n\
                [check.h]\nhttp = \"http://192.0.2.1/\"\ninterval = 7\nhealthy_percent = 50\nforced = \"up\"\n\
                [[record]]\nname = \"www\"\ntype = \"A\"\nfailover.primary = { value = \"192.0.2.1\", check = \"c\" }\n\
                [[record]]\nname = \"one\"\ntype = \"A\"\nvalue = \"192.0.2.1\"\ncheck = \"h\"\n\
                [[record]]\nname = \"al\"\ntype = \"A\"\nalias = \"www\"\n\
                [[record]]\nname = \"loc\"\ntype = \"HINFO\"\nvalue = \"a b\"\n\
                [[record]]\nname = \"ca\"\ntype = \"CAA\"\nvalue = '0 unheard \"x\"'\n";
    let loaded = load_texts(&[("example.com.toml", text)], &Options::default()).unwrap();
    let (zone, checks) = (&loaded.account.zones[0], &loaded.account.checks);
    let master = export(Subject { checks, ..alone(zone) }, Format::Zone);
    let losses = [
        "the zone's id, Z1",
        "al.example.com. A: an alias to www.example.com.",
        "one.example.com. A: its health check h",
        "www.example.com. A: failover routing",
    ];
    assert_eq!(master.losses, losses);
    assert!(
        master.text.contains("; ours\n") && master.text.contains("; left out: www.example.com. A, failover routing\n")
    );
    assert!(master.text.contains("\none.example.com. 300 IN A 192.0.2.1\n"), "{}", master.text);
    let json = export(Subject { checks, ..alone(zone) }, Format::Json);
    let losses = [
        "ca.example.com. CAA: Route 53 would not take the value 0 unheard \"x\"",
        "loc.example.com. HINFO: Route 53 does not store the type",
        "health check c: Route 53 has none of its kind",
        "health check h: `interval` other than 10 or 30 seconds",
        "health check h: `healthy_percent`",
        "health check h: `forced`",
    ];
    let mut sorted = losses.map(str::to_owned);
    sorted.sort();
    let mut told = json.losses.clone();
    told.sort();
    assert_eq!(told, sorted);
    assert!(
        !json.text.contains("HINFO")
            && json.text.starts_with("{\n  \"HostedZone\": {\n    \"Id\": \"/hostedzone/Z1\",")
    );
    assert_eq!(export(Subject { checks, ..alone(zone) }, Format::Toml).losses, Vec::<String>::new());
}
