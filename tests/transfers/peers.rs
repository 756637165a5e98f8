//! Other servers on loopback: Knot and NSD as secondaries, NSD and BIND as primaries of the same files.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::harness::{poll, run, text};

/// The key that both sides hold, as configurations write it.
pub(crate) const KEY: &str = "transfer.test.";
/// Its algorithm and secret.
pub(crate) const ALGORITHM: &str = "hmac-sha512";
pub(crate) const SECRET: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// A server of someone else's; it ends with this.
pub(crate) struct Peer {
    child: Child,
    folder: TempDir,
    pub(crate) address: SocketAddr,
}

/// A port of loopback that nobody has, for datagrams and streams.
pub(crate) fn free_port() -> SocketAddr {
    poll("a free port", || {
        let listener = TcpListener::bind(("127.0.0.1", 0)).ok()?;
        let address = listener.local_addr().ok()?;
        UdpSocket::bind(address).ok().map(|_| address)
    })
}

/// Knot as a secondary of `zone` at `primary`.
pub(crate) fn knot(address: SocketAddr, primary: SocketAddr, zone: &str, signed: bool) -> Peer {
    let key = if signed { format!("    key: {KEY}\n") } else { String::new() };
    Peer::start("knotd", address, &["-c"], |folder| {
        format!(
            "server:\n    rundir: \"{folder}\"\n    listen: {at}\nlog:\n  - target: stderr\n    any: info\n\
             database:\n    storage: \"{folder}\"\nkey:\n  - id: {KEY}\n    algorithm: {ALGORITHM}\n    secret: {SECRET}\n\
             remote:\n  - id: primary\n    address: {primary}\n{key}\
             acl:\n  - id: told\n    address: 127.0.0.1\n    action: notify\n{key}  - id: copied\n    address: 127.0.0.1\n    action: transfer\n\
             zone:\n  - domain: {zone}\n    storage: \"{folder}\"\n    master: primary\n    acl: [told, copied]\n",
            at = at(address),
            primary = at(primary),
        )
    })
}

/// NSD as a secondary.
pub(crate) fn nsd(address: SocketAddr, primary: SocketAddr, zone: &str, signed: bool) -> Peer {
    let key = if signed { KEY } else { "NOKEY" };
    let zone = format!(
        "zone:\n  name: {zone}\n  zonefile: copy\n  allow-notify: 127.0.0.1 {key}\n  request-xfr: {primary} {key}\n  provide-xfr: 127.0.0.1 NOKEY\n",
        primary = at(primary)
    );
    Peer::start("nsd", address, &["-d", "-c"], |folder| nsd_config(folder, address, &zone))
}

/// BIND as a secondary.
pub(crate) fn bind(address: SocketAddr, primary: SocketAddr, zone: &str, signed: bool) -> Peer {
    let key = if signed { format!(" key \"{KEY}\"") } else { String::new() };
    let allow = if signed { key.clone() } else { "127.0.0.1".to_owned() };
    Peer::start("named", address, &["-g", "-n", "1", "-c"], |folder| {
        format!(
            "key \"{KEY}\" {{ algorithm {ALGORITHM}; secret \"{SECRET}\"; }};\n{}zone \"{zone}\" {{ type secondary; file \"copy\"; \
             primaries {{ {} port {}{key}; }}; allow-notify {{ {allow}; }}; }};\n",
            bind_config(folder, address),
            primary.ip(),
            primary.port()
        )
    })
}

fn bind_config(folder: &str, address: SocketAddr) -> String {
    format!(
        "options {{ directory \"{folder}\"; pid-file none; session-keyfile none; listen-on port {} {{ 127.0.0.1; }}; \
         listen-on-v6 {{ none; }}; recursion no; allow-transfer {{ any; }}; notify no; check-names primary ignore; \
         check-integrity no; max-records-per-type 0; max-types-per-name 0; dnssec-validation no; }};\ncontrols {{ }};\n",
        address.port()
    )
}

/// NSD as the primary of files, by zone.
pub(crate) fn nsd_primary(zones: &[(&str, &Path)]) -> Peer {
    let zones: String = zones
        .iter()
        .map(|(name, path)| {
            format!("zone:\n  name: \"{name}\"\n  zonefile: {}\n  provide-xfr: 127.0.0.1 NOKEY\n", path.display())
        })
        .collect();
    let address = free_port();
    Peer::start("nsd", address, &["-d", "-c"], |folder| nsd_config(folder, address, &zones))
}

/// BIND as the primary of the same.
pub(crate) fn bind_primary(zones: &[(&str, &Path)]) -> Peer {
    let zones: String = zones
        .iter()
        .map(|(name, path)| format!("zone \"{name}\" {{ type primary; file \"{}\"; }};\n", path.display()))
        .collect();
    let address = free_port();
    Peer::start("named", address, &["-g", "-n", "1", "-c"], |folder| format!("{}{zones}", bind_config(folder, address)))
}

fn nsd_config(folder: &str, address: SocketAddr, zones: &str) -> String {
    format!(
        "server:\n  ip-address: {}\n  zonesdir: \"{folder}\"\n  database: \"\"\n  pidfile: \"{folder}/nsd.pid\"\n  xfrdfile: \"{folder}/xfrd\"\n  \
         zonelistfile: \"{folder}/zones\"\n  xfrdir: \"{folder}\"\n  username: \"\"\n  chroot: \"\"\n  server-count: 1\n  xfrd-reload-timeout: 0\n\
         remote-control:\n  control-enable: no\n\
         key:\n  name: {KEY}\n  algorithm: {ALGORITHM}\n  secret: \"{SECRET}\"\n{zones}",
        at(address)
    )
}

/// An address as most of them write it.
pub(crate) fn at(address: SocketAddr) -> String {
    format!("{}@{}", address.ip(), address.port())
}

impl Peer {
    /// Starts a program by what its configuration in a folder of its own says.
    pub(crate) fn start(
        program: &str,
        address: SocketAddr,
        flags: &[&str],
        config: impl FnOnce(&str) -> String,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("peer.conf");
        std::fs::write(&path, config(folder.path().to_str().expect("a plain path")))
            .expect("a configuration is written");
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let child = Command::new(executable(program, folder.path()))
            .args(flags)
            .arg(&path)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{program} starts: {error}"));
        Self { child, folder, address }
    }

    /// What it said so far, for whoever wonders.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // NSD's children go with their parent only when it is asked to end.
        let _ = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// Where a server's program is. BIND's and Unbound's are copied: AppArmor lets those in their places read only their own
/// directories.
fn executable(program: &str, folder: &Path) -> PathBuf {
    let places = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&places).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = places.map(|place| place.join(program)).find(|path| path.is_file());
    let found = found.unwrap_or_else(|| panic!("{program} is not here; tests/install-tools.sh brings it"));
    if !["named", "unbound"].contains(&program) {
        return found;
    }
    let copy = folder.join(program);
    std::fs::copy(found, &copy).expect("a copy of a program");
    copy
}

/// What dig says of a question.
pub(crate) fn dig(server: SocketAddr, more: &[&str]) -> String {
    let mut command = Command::new("dig");
    command.arg("@127.0.0.1").args(["-p", &server.port().to_string(), "+time=5", "+tries=1"]).args(more);
    text(&run(&mut command).stdout)
}

/// The serial a server has of a zone.
pub(crate) fn serial(server: SocketAddr, zone: &str) -> Option<u32> {
    let said = dig(server, &[zone, "SOA", "+short", "+norecurse"]);
    said.split_whitespace().nth(2)?.parse().ok()
}

/// A zone's records as a server hands them over: sorted, names in lower case.
pub(crate) fn copy(server: SocketAddr, zone: &str, more: &[&str]) -> Vec<String> {
    let said = dig(server, &[&[zone, "AXFR", "+nocomments", "+nocmd", "+nostats", "+onesoa"], more].concat());
    let lines = said.lines().filter(|line| !line.starts_with(';') && !line.is_empty() && !line.contains("\tTSIG\t"));
    let mut lines: Vec<_> =
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase()).collect();
    assert!(lines.len() > 2, "no copy of {zone}: {said}");
    lines.sort();
    lines
}
