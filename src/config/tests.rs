use super::*;

fn problems(text: &str) -> Vec<String> {
    match Config::parse("etc/waymark.toml", text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn an_empty_file_is_no_file() {
    let mut nothing = Config::parse("waymark.toml", "").unwrap();
    assert_eq!(nothing.store.listeners.take(), Some(nothing.listener_names()));
    assert_eq!(nothing, Config::default());
    assert_eq!(&*nothing.listen[1].name, "[::1]:5353");
}

#[test]
fn paths_start_where_the_file_is() {
    let config =
        Config::parse("etc/waymark.toml", "zones = \"z\"\nstate = \"/var/lib/w\"\ngeoip = \"g.mmdb\"\n").unwrap();
    assert_eq!(config.zones, Path::new("etc/z"));
    assert_eq!(config.state, Path::new("/var/lib/w"));
    assert_eq!(config.geoip.as_deref(), Some(Path::new("etc/g.mmdb")));
}

#[test]
fn the_command_line_is_above_the_file() {
    let overrides = Overrides {
        listen: vec!["office=10.0.0.1:53".parse().unwrap()],
        http: "127.0.0.1:1".parse().ok(),
        zones: Some("elsewhere".into()),
        ..Overrides::default()
    };
    let config = Config::parse("waymark.toml", "zones = \"z\"\nstate = \"s\"\n").unwrap().with_overrides(&overrides);
    assert_eq!(config.zones, Path::new("elsewhere"));
    assert_eq!(config.state, Path::new("s"));
    assert_eq!(config.listen, overrides.listen);
    assert_eq!(config.http, overrides.http);
    assert_eq!(config.store.listeners, Some(vec!["office".into()]));
}

#[test]
fn listeners_may_have_names() {
    let text = "[listen]\nlan = [\"10.0.0.1:53\", \"[fd00::1]:53\"]\nworld = \"192.0.2.1:53\"\n";
    let names: Vec<_> = Config::parse("w", text).unwrap().listener_names();
    assert_eq!(names.iter().map(|name| &**name).collect::<Vec<_>>(), ["lan", "world"]);
    for bad in ["127.0.0.1", "localhost:53", "=127.0.0.1:53", "a=b", ""] {
        assert!(bad.parse::<Listener>().is_err(), "{bad}");
    }
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = r#"listen = ["127.0.0.1:5353", "127.0.0.1:5353", "localhost"]
htpp = "off"
name_servers = ["ns1.example.net", "a..b"]

[dns]
udp_max = 100
any = "some"
[dns.more]
x = 1

[geo]
server_location = "eu-west-9"
negative_bias = "add"

[health]
healthy_percent = 100

[log]
level = 3

[query_log]
edge = "two words"

[view.office]
networks = ["10.0.0.1/8"]

[[provider]]
name = "*.elb.amazonaws.com"
A = ["10.0.0.256"]
"#;
    let lines: Vec<String> =
        problems(text).iter().map(|problem| problem.strip_prefix("etc/waymark.toml:").unwrap().to_owned()).collect();
    let expected = [
        "1: address 127.0.0.1:5353 is listened at twice",
        "1: \"localhost\" is no address with a port",
        "2: unknown key `htpp`; did you mean `http`?",
        "3: `name_servers` \"a..b\" is no domain name",
        "6: [dns]: `udp_max` 100 is not in 512..=4096",
        "7: [dns]: `any` cannot be \"some\"; write \"rfc8482\" or \"full\"",
        "8: [dns]: unknown key `more`",
        "12: [geo]: \"eu-west-9\" is no Region; did you mean `eu-west-",
        "13: [geo]: `negative_bias` cannot be \"add\"",
        "16: [health]: `healthy_percent` 100 is not in 0..=99",
        "19: [log]: `level` is a whole number, not a text in quotes",
        "21: [query_log]: has no `path`",
        "22: [query_log]: `edge` \"two words\" is not one word",
        "25: view \"office\": \"10.0.0.1/8\" has bits behind its length; write \"10.0.0.0/8\"",
        "29: provider \"*.elb.amazonaws.com\": A value \"10.0.0.256\"",
    ];
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}\n{expected}");
    }
}

#[test]
fn a_named_file_must_exist_and_be_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("none.toml"), folder.path().to_owned()] {
        let overrides = Overrides { config: Some(path.clone()), ..Overrides::default() };
        let problems = Config::load(&overrides).unwrap_err();
        assert!(problems[0].to_string().starts_with(&path.display().to_string()), "{}", problems[0]);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_strange(cut in 0usize..2000, put in "[a-z=\\[\\]{}\",.0-9\\n# ]{0,6}", drop in 0usize..8) {
        let text = include_str!("../../waymark.example.toml").replace("\n#", "\n");
        let changed = crate::store::changed(&text, cut, drop, &put);
        if let Err(problems) = Config::parse("waymark.toml", &changed) {
            proptest::prop_assert!(!problems.is_empty());
        }
    }
}
