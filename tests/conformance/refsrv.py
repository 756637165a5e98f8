#!/usr/bin/env python3
"""Start/stop trusted reference name servers on loopback over one set of zones.

  refsrv.py start KIND PORT ZONES.tsv WORKDIR     KIND: knot knotecs (Knot with EDNS Client Subnet) nsd bind pdns gdnsd
                                                  knotedge (Knot with cookies and a rate limit, one UDP worker)
                                                  knotsign knotsign3 (knot signing: NSEC / NSEC3 1 0 1 abcd, CSK alg 13)
                                                  knotonline (mod-onlinesign) pdnssign pdnssign3 pdnsnarrow (PowerDNS online signing)
  refsrv.py stop WORKDIR                          (ends only the pid recorded in WORKDIR)

ZONES.tsv: lines  ORIGIN<TAB>PATH[<TAB>unsigned]   (PATH to an RFC 1035 master file)
The process stays in the background; its pid is in WORKDIR/pid, its log in WORKDIR/log.
"""
import os, sys, subprocess, time, signal, socket, shutil, struct

UNSIGNED = set()
ADDR = os.environ.get("REF_ADDR", "127.0.0.1")

def zones(tsv):
    for l in open(tsv):
        l = l.rstrip("\n")
        if l:
            o, p, *x = l.split("\t")
            if x and x[0] == "unsigned": UNSIGNED.add(o.rstrip("."))
            yield (o if o == "." else o.rstrip(".")), os.path.abspath(p)

def knot(port, zs, w):
    c = f'''server:
    rundir: "{w}"
    listen: [ {ADDR}@{port} ]
    tcp-workers: 2
    udp-workers: 2
    background-workers: 2
log:
  - target: stderr
    any: warning
database:
    storage: "{w}/db"
template:
  - id: default
    semantic-checks: soft
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
acl:
  - id: xfr
    address: 127.0.0.0/8
    action: transfer
zone:
'''
    for o, p in zs:
        c += f'  - domain: "{o if o == "." else o + "."}"\n    file: "{p}"\n    acl: xfr\n'
    open(f"{w}/knot.conf", "w").write(c)
    return ["knotd", "-c", f"{w}/knot.conf"]

def knotecs(port, zs, w):
    # A reference that speaks RFC 7871; Knot ignores the option otherwise.
    knot(port, zs, w)
    c = open(f"{w}/knot.conf").read().replace("server:\n", "server:\n    edns-client-subnet: on\n", 1)
    open(f"{w}/knot.conf", "w").write(c)
    return ["knotd", "-c", f"{w}/knot.conf"]

def knotedge(port, zs, w):
    knot(port, zs, w)
    # One worker for UDP; those for TCP as they come, ten: each waits for a client that does not read.
    c = open(f"{w}/knot.conf").read().replace("    tcp-workers: 2\n", "").replace("udp-workers: 2", "udp-workers: 1")
    # Cookies first: valid ones are not limited then.
    c = c.replace("template:\n  - id: default\n", """mod-cookies:
  - id: c
mod-rrl:
  - id: r
    rate-limit: 200
    slip: 2
template:
  - id: default
    global-module: [ mod-cookies/c, mod-rrl/r ]
""", 1)
    open(f"{w}/knot.conf", "w").write(c)
    return ["knotd", "-c", f"{w}/knot.conf"]

def _knotpolicy(port, zs, w, pol, ztail, extra=""):
    knot(port, zs, w)
    c = open(f"{w}/knot.conf").read()
    c = c.replace("template:\n", f"policy:\n  - id: p\n    single-type-signing: on\n    algorithm: ecdsap256sha256\n{pol}{extra}template:\n")
    for o, p in zs:
        if o not in UNSIGNED: c = c.replace(f'    file: "{p}"\n', f'    file: "{p}"\n' + ztail)
    open(f"{w}/knot.conf", "w").write(c)
    return ["knotd", "-c", f"{w}/knot.conf"]

def knotsign(port, zs, w):
    return _knotpolicy(port, zs, w, "", "    dnssec-signing: on\n    dnssec-policy: p\n")

def knotsign3(port, zs, w):
    # Knot takes the salt's length only; a fixed salt cannot be set, hashes will differ from 'abcd'
    return _knotpolicy(port, zs, w, "    nsec3: on\n    nsec3-iterations: 1\n    nsec3-salt-length: 2\n    nsec3-salt-lifetime: -1\n", "    dnssec-signing: on\n    dnssec-policy: p\n")

def knotonline(port, zs, w):
    return _knotpolicy(port, zs, w, "", "    module: mod-onlinesign/o\n", "mod-onlinesign:\n  - id: o\n    policy: p\n")

def _pdnssign(port, zs, w, nsec3):
    pdns(port, zs, w)
    open(f"{w}/pdns.conf", "a").write(f"bind-dnssec-db={w}/dnssec.sqlite3\n")
    u = lambda *a: subprocess.run(["pdnsutil", f"--config-dir={w}", *a], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    u("create-bind-db", f"{w}/dnssec.sqlite3")
    for o, _ in zs:
        if o in UNSIGNED: continue
        u("secure-zone", o)
        if nsec3: u("set-nsec3", o, "1 0 1 abcd" if nsec3 == 1 else "1 1 1 abcd", *(["narrow"] if nsec3 == 2 else []))
    return ["pdns_server", f"--config-dir={w}"]

def pdnssign(port, zs, w): return _pdnssign(port, zs, w, 0)
def pdnssign3(port, zs, w): return _pdnssign(port, zs, w, 1)
def pdnsnarrow(port, zs, w): return _pdnssign(port, zs, w, 2)

def nsd(port, zs, w):
    c = f'''server:
    ip-address: {ADDR}@{port}
    username: ""
    chroot: ""
    zonesdir: "{w}"
    database: ""
    pidfile: "{w}/nsd.pid"
    xfrdfile: "{w}/xfrd.state"
    zonelistfile: "{w}/zone.list"
    logfile: "{w}/nsd.log"
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
    server-count: 1
    tcp-count: 200
    minimal-responses: no
    verbosity: 1
remote-control:
    control-enable: no
'''
    for o, p in zs:
        c += f'zone:\n    name: "{o}"\n    zonefile: "{p}"\n    provide-xfr: 127.0.0.0/8 NOKEY\n'
    open(f"{w}/nsd.conf", "w").write(c)
    return ["nsd", "-d", "-c", f"{w}/nsd.conf"]

def bind(port, zs, w):
    c = f'''options {{
    directory "{w}"; pid-file "{w}/named.pid"; session-keyfile "{w}/session.key";
    lock-file none;
    listen-on port {port} {{ {ADDR}; }}; listen-on-v6 {{ none; }};
    recursion no; allow-query {{ any; }}; allow-transfer {{ 127.0.0.0/8; }};
    notify no; minimal-responses no; minimal-any no; dnssec-validation no; empty-zones-enable no;
    check-names primary ignore; check-integrity no; check-wildcard no; check-mx ignore; check-srv-cname ignore; check-mx-cname ignore;
    managed-keys-directory "{w}";
}};
logging {{ channel e {{ stderr; severity warning; }}; category default {{ e; }}; }};
controls {{ }};
'''
    for o, p in zs:
        c += f'zone "{o}" {{ type primary; file "{p}"; masterfile-format text; }};\n'
    open(f"{w}/named.conf", "w").write(c)
    return ["named", "-g", "-n", "2", "-c", f"{w}/named.conf"]

def pdns(port, zs, w):
    z = "".join(f'zone "{o}" {{ type master; file "{p}"; }};\n' for o, p in zs)
    open(f"{w}/zones.conf", "w").write(f'options {{ directory "{w}"; }};\n' + z)
    open(f"{w}/pdns.conf", "w").write(f'''launch=bind
module-dir=/usr/lib/x86_64-linux-gnu/pdns
bind-config={w}/zones.conf
local-address={ADDR}
local-port={port}
socket-dir={w}
daemon=no
guardian=no
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
dname-processing=yes
any-to-tcp=no
expand-alias=no
loglevel=4
security-poll-suffix=
version-string=anonymous
allow-axfr-ips=127.0.0.0/8
receiver-threads=1
distributor-threads=1
log-timestamp=no
enable-lua-records=no
''')
    return ["pdns_server", f"--config-dir={w}"]

def gdnsd(port, zs, w):
    os.makedirs(f"{w}/c/zones", exist_ok=True)
    for o, p in zs:
        shutil.copy(p, f"{w}/c/zones/{o}")
    open(f"{w}/c/config", "w").write(f'options => {{ listen => {ADDR}:{port}, run_dir => "{w}/run", state_dir => "{w}/state", zones_strict_data => false }}\n')
    return ["gdnsd", "-c", f"{w}/c", "-f", "start"]

def hickory(port, zs, w):
    c = f'listen_addrs_ipv4 = ["{ADDR}"]\nlisten_addrs_ipv6 = []\ndirectory = "{w}"\nuser = "root"\ngroup = "root"\n'
    for o, p in zs: c += f'[[zones]]\nzone = "{o}"\nzone_type = "Primary"\nfile = "{p}"\n'
    open(f"{w}/named.toml", "w").write(c)
    return ["hickory-dns", "-q", "-p", str(port), "-c", f"{w}/named.toml", "-z", w]

def up(port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.3)
    try:
        s.sendto(struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0) + b"\0" + struct.pack(">HH", 6, 1), (ADDR, port))
        return len(s.recv(4096)) >= 12
    except OSError:
        return False
    finally:
        s.close()

def main():
    if sys.argv[1] == "start":
        kind, port, tsv, w = sys.argv[2], int(sys.argv[3]), sys.argv[4], os.path.abspath(sys.argv[5])
        os.makedirs(w + "/db", exist_ok=True)
        cmd = globals()[kind](port, list(zones(tsv)), w)
        t0 = time.time()
        p = subprocess.Popen(cmd, stdout=open(w + "/log", "w"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        open(w + "/pid", "w").write(str(p.pid))
        for _ in range(1200):
            if p.poll() is not None:
                sys.exit(f"{kind} exited {p.returncode}; see {w}/log")
            if up(port):
                print(f"{kind} up on {ADDR}:{port} pid {p.pid} after {time.time()-t0:.1f}s"); return
            time.sleep(0.1)
        sys.exit(f"{kind} did not answer; see {w}/log")
    elif sys.argv[1] == "stop":
        pid = int(open(sys.argv[2] + "/pid").read())
        try: os.kill(pid, signal.SIGTERM)
        except ProcessLookupError: return
        for _ in range(100):
            try: os.kill(pid, 0); time.sleep(0.05)
            except ProcessLookupError: break
        print("stopped", pid)
main()
