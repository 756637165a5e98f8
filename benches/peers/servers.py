"""The table of servers: how each is configured and started, per workload.

Every entry is a function (ctx) -> argv, or a dict with argv and env. ctx has:
  ctx.dir    an empty directory of its own        ctx.port   the UDP and TCP port on 127.0.0.1
  ctx.load   the workload's name                  ctx.zone   the zone file (plain or presigned)
  ctx.write(name, text) -> path, ctx.data(name) -> path
A server that cannot do a workload returns None. One worker thread each: it is pinned to one core.
To add a server, add a function below and a line in SERVERS; or, without touching this file, put
{"NAME": {"argv": ["/path/bin", "{port}", "{zone}"], "loads": ["plain"]}} into local.json.
"""
import json, os, subprocess
from gen import HERE, DATA, ZONE, REGIONS, POLICY_NAMES, COUNTRIES

FLOOR = f"{HERE}/tools/target/release/floor"
TCP = ("tcp", "tcp-pipe")
PLAIN = ("plain", "hit", "plain1m") + TCP
POLICY = ("geo", "closest", "weighted", "failover", "multi")
SERVERS = {}


def server(f):
    SERVERS[f.__name__.replace("_", "-")] = f
    return f


def addr(name_index, k):
    """The k-th address of the n-th policy name."""
    return f"198.{18 + (name_index >> 8 & 1)}.{name_index & 255}.{k + 1}"


def base(load):
    return load[:-3] if load.endswith("-do") else load


# ---- floors ----------------------------------------------------------------------------------

def extra(c):
    """bytes to append so that the echo is as long as real answers to this load are on average"""
    return {"dnssec": "158", "multi": "64"}.get(c.load, "122" if c.load.endswith("-do") else "16")


@server
def floor_mmsg(c):
    return [FLOOR, "mmsg", str(c.port), extra(c)] if c.load not in TCP else None


@server
def floor_plain(c):
    return [FLOOR, "plain", str(c.port), extra(c)] if c.load not in TCP else None


@server
def floor_tcp(c):
    return [FLOOR, "tcp", str(c.port)] if c.load in TCP else None


@server
def proto(c):
    n = {"plain": "10000", "hit": "10000", "plain1m": "1000000"}.get(c.load)
    return [FLOOR, "proto", str(c.port), n] if n else None


# ---- Knot ------------------------------------------------------------------------------------

def knot_conf(c, server="", modules="", zone="", policy=""):
    return c.write("knot.conf", f"""
server:
    rundir: {c.dir}
    listen: 127.0.0.1@{c.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    tcp-idle-timeout: 120
    tcp-max-clients: 1000
    {server}
log:
  - target: stderr
    any: warning
database:
    storage: {c.dir}
{policy}
{modules}
template:
  - id: default
    storage: {c.dir}
    zonefile-sync: -1
    journal-content: none
    zonefile-load: whole
    {zone}
zone:
  - domain: {ZONE}
    file: {c.zone}
""")


KNOT_POLICY = """
policy:
  - id: p
    algorithm: ecdsap256sha256
    single-type-signing: on
"""


def knot_geo_conf(c, kind):
    out = []
    for i in range(POLICY_NAMES):
        out.append(f"{kind}-{i}.{ZONE}:")
        if kind == "geo":
            for k, (region, (cont, _, _)) in enumerate(REGIONS.items()):
                if region not in ("usw", "euc"):
                    out.append(f'  - geo: "{cont};*"\n    A: {addr(i, k)}')
            out.append(f'  - geo: "US;*"\n    A: {addr(i, 1)}' if False else "")
        else:
            for k, w in enumerate((40, 30, 20, 10)):
                out.append(f"  - weight: {w}\n    A: {addr(i, k)}")
    return c.write(f"{kind}.conf", "\n".join(l for l in out if l) + "\n")


@server
def knot(c):
    kind = base(c.load)
    if c.load in PLAIN or c.load == "dnssec":
        conf = knot_conf(c)
    elif kind in ("geo", "weighted"):
        mode = (f"mode: geodb\n    geodb-file: {DATA}/city.mmdb\n    geodb-key: [continent/code, country/iso_code]"
                if kind == "geo" else "mode: weighted")
        mod = (f"mod-geoip:\n  - id: m\n    config-file: {knot_geo_conf(c, kind)}\n    ttl: 60\n    {mode}\n"
               + ("    policy: p\n" if c.load.endswith("-do") else ""))
        zone = "module: mod-geoip/m\n    " + ("dnssec-signing: on\n    dnssec-policy: p" if c.load.endswith("-do") else "")
        conf = knot_conf(c, "edns-client-subnet: on", mod, zone, KNOT_POLICY if c.load.endswith("-do") else "")
        if c.load.endswith("-do"):  # the module signs its answers while it loads, so the key has to be there
            subprocess.run(["keymgr", "-c", conf, ZONE, "generate", "algorithm=ecdsap256sha256", "ksk=yes", "zsk=yes"],
                           check=True, capture_output=True)
    else:
        return None
    return ["knotd", "-c", conf]


@server
def knot_online(c):
    """Live signing of every answer (mod-onlinesign)."""
    if c.load != "dnssec":
        return None
    c.zone = c.data("plain.zone")
    return ["knotd", "-c", knot_conf(c, "", "mod-onlinesign:\n  - id: o\n    policy: p\n", "module: mod-onlinesign/o", KNOT_POLICY)]


# ---- NSD -------------------------------------------------------------------------------------

def nsd_conf(c):
    return c.write("nsd.conf", f"""
server:
    server-count: 1
    ip-address: 127.0.0.1@{c.port}
    reuseport: yes
    do-ip6: no
    username: ""
    chroot: ""
    zonesdir: "{c.dir}"
    database: ""
    pidfile: "{c.dir}/nsd.pid"
    xfrdfile: "{c.dir}/xfrd.state"
    zonelistfile: "{c.dir}/zone.list"
    logfile: "{c.dir}/nsd.log"
    minimal-responses: yes
    tcp-count: 200
    tcp-query-count: 0
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: {ZONE}
    zonefile: {c.zone}
""")


@server
def nsd(c):
    return ["nsd", "-d", "-c", nsd_conf(c)] if c.load in PLAIN or c.load == "dnssec" else None


@server
def nsd_mmsg(c):
    """NSD from Debian's source, configured with --enable-recvmmsg (Debian's binary is without)."""
    b = f"{HERE}/nsd-mmsg/sbin/nsd"
    return [b, "-d", "-c", nsd_conf(c)] if os.path.exists(b) and (c.load in PLAIN or c.load == "dnssec") else None


# ---- gdnsd -----------------------------------------------------------------------------------

@server
def gdnsd(c):
    kind = base(c.load)
    if c.load in PLAIN:
        with open(c.zone) as f:
            z = [l for l in f if not l.startswith("$ORIGIN")]
        plugins = ""
        c.write(f"zones/{ZONE}", "".join(z))
    elif c.load in POLICY:
        plug = {"geo": "geoip", "closest": "geoip", "weighted": "weighted", "failover": "simplefo", "multi": "multifo"}[kind]
        from gen import head
        c.write(f"zones/{ZONE}", head().split("\n", 1)[1] +
                "".join(f"{kind}-{i} 60 DYNA {plug}!{kind[0]}{i}\n" for i in range(POLICY_NAMES)))
        res = []
        for i in range(POLICY_NAMES):
            n = f"{kind[0]}{i}"
            if plug == "geoip":
                dcs = ", ".join(f"{r} => {addr(i, k)}" for k, r in enumerate(REGIONS))
                res.append(f"{n} => {{ map => m, service_types => up, dcmap => {{ {dcs} }} }}")
            elif plug == "weighted":
                res.append(f"{n} => {{ service_types => up, " + ", ".join(
                    f"a{k} => [{addr(i, k)}, {w}]" for k, w in enumerate((40, 30, 20, 10))) + " }")
            elif plug == "simplefo":
                res.append(f"{n} => {{ service_types => up, primary => {addr(i, 0)}, secondary => {addr(i, 1)} }}")
            else:
                res.append(f"{n} => {{ service_types => up, addrs_v4 => {{ " + ", ".join(
                    f"a{k} => {addr(i, k)}" for k in range(4)) + " } }")
        body = "\n".join(res)
        if plug == "geoip":
            if kind == "geo":
                cont = {}
                for r, (ct, _, _) in REGIONS.items():
                    cont.setdefault(ct, []).append(r)
                m = "map => { " + ", ".join(f"{k} => [{', '.join(v)}]" for k, v in cont.items()) + ", default => [use] }"
            else:
                m = "auto_dc_coords => { " + ", ".join(f"{r} => [{la}, {lo}]" for r, (_, la, lo) in REGIONS.items()) + \
                    " }, auto_dc_limit => 3"
            body = (f"maps => {{ m => {{ geoip2_db => \"{DATA}/city.mmdb\", datacenters => [{', '.join(REGIONS)}], {m} }} }}\n"
                    f"resources => {{ {body} }}")
        plugins = f"plugins => {{ {plug} => {{\n{body}\n}} }}\n"
    else:
        return None
    # its UDP buffers and I/O widths stay at their defaults (16 packets per recvmmsg)
    c.write("config", f"""options => {{
  listen => 127.0.0.1:{c.port}
  udp_threads => 1
  tcp_threads => 1
  tcp_timeout => 60
  tcp_clients_per_thread => 1000
  acme_challenge_ttl => 60
  run_dir => "{c.dir}/run"
  state_dir => "{c.dir}/state"
}}
{plugins}""")
    for d in ("run", "state", "geoip"):
        os.makedirs(f"{c.dir}/{d}", exist_ok=True)
    return ["gdnsd", "-c", c.dir, "-R", "start"]


# ---- PowerDNS --------------------------------------------------------------------------------

def pdns_conf(c, extra):
    c.write("pdns.conf", f"""
local-address=127.0.0.1
local-port={c.port}
socket-dir={c.dir}
config-dir={c.dir}
setuid=
setgid=
daemon=no
guardian=no
receiver-threads=1
distributor-threads=1
signing-threads=1
retrieval-threads=1
max-tcp-connections=500
max-tcp-connections-per-client=0
max-tcp-transactions-per-conn=0
max-tcp-connection-duration=0
loglevel=3
disable-syslog=yes
version-string=anonymous
zone-cache-refresh-interval=0
{extra}
""")
    return ["pdns_server", f"--config-dir={c.dir}"]


def pdns_bind(c, extra="", more_launch=""):
    named = c.write("named.conf", f'options {{ directory "{c.dir}"; }};\nzone "{ZONE}" {{ type master; file "{c.zone}"; }};\n')
    return pdns_conf(c, f"launch=bind{more_launch}\nbind-config={named}\nbind-check-interval=0\n{extra}")


def pdns_secure(c):
    """A DNSSEC database for the bind backend with one ECDSA key, so that it signs live."""
    db = f"{c.dir}/dnssec.db"
    extra = f"bind-dnssec-db={db}\ndefault-ksk-algorithm=ecdsa256\ndefault-zsk-algorithm=\ndefault-zsk-size=0"
    pdns_bind(c, extra)
    for cmd in (["create-bind-db", db], ["secure-zone", ZONE]):
        subprocess.run(["pdnsutil", f"--config-dir={c.dir}"] + cmd, check=True, capture_output=True)
    return extra


def lua_zone(c, kind):
    from gen import head
    out = [head()]
    cont = {}
    for k, (r, (ct, _, _)) in enumerate(REGIONS.items()):
        cont.setdefault(ct, k)
    for i in range(POLICY_NAMES):
        if kind == "geo":
            code = ";" + " ".join(f"if continent('{ct}') then return '{addr(i, k)}' end" for ct, k in cont.items()) + \
                   f" return '{addr(i, 0)}'"
        elif kind == "closest":
            # it places an address with the same mmdb: 198.18/15 is spread over the world there
            code = "pickclosest({" + ",".join(f"'{a}'" for a in CLOSEST) + "})"
        elif kind == "weighted":
            code = "pickwrandom({" + ",".join(f"{{{w},'{addr(i, k)}'}}" for k, w in enumerate((40, 30, 20, 10))) + "})"
        elif kind == "failover":
            code = "ifportup(18080,{'127.0.1.1','127.0.1.2'},{selector='hashed'})"
        else:
            code = "ifportup(18080,{'127.0.1.1','127.0.1.2','127.0.1.3','127.0.1.4'},{selector='all'})"
        out.append(f'{kind}-{i} 60 IN LUA A "{code}"\n')
    return c.write("lua.zone", "".join(out))


CLOSEST = ["3.0.0.1", "13.0.0.1", "18.0.0.1", "35.0.0.1", "52.0.0.1", "54.0.0.1", "99.0.0.1", "150.0.0.1"]


def pdns_lua_any(c, lua):
    """lua: "yes" makes an interpreter per query, "shared" keeps one per thread"""
    kind = base(c.load)
    if kind not in POLICY:
        return None
    c.zone = lua_zone(c, kind)
    gz = c.write("geo.yaml", "domains: []\n")
    extra = (f"enable-lua-records={lua}\nedns-subnet-processing=yes\ngeoip-zones-file={gz}\n"
             f"geoip-database-files=mmdb:{DATA}/city.mmdb")
    if c.load.endswith("-do"):
        extra += "\n" + pdns_secure(c)
    return pdns_bind(c, extra, ",geoip")


NOCACHE = "cache-ttl=0\nquery-cache-ttl=0\nnegquery-cache-ttl=0"


@server
def pdns(c):
    """bind backend, packet cache as by default (20 s)"""
    if c.load in PLAIN:
        return pdns_bind(c)
    if c.load == "dnssec":
        c.zone = c.data("plain.zone")
        return pdns_bind(c, pdns_secure(c))


@server
def pdns_nocache(c):
    """the same without packet and query cache: what an answer costs that cannot be cached"""
    if c.load in PLAIN:
        return pdns_bind(c, NOCACHE)
    if c.load == "dnssec":
        c.zone = c.data("plain.zone")
        return pdns_bind(c, NOCACHE + "\n" + pdns_secure(c))


@server
def pdns_lua(c):
    return pdns_lua_any(c, "yes")


@server
def pdns_lua_shared(c):
    return pdns_lua_any(c, "shared")


@server
def pdns_geoip(c):
    """the geoip backend: services by continent, records by weight"""
    kind = c.load
    if kind not in ("geo", "weighted"):
        return None
    cont = {}
    for k, (r, (ct, _, _)) in enumerate(REGIONS.items()):
        cont.setdefault(ct, k)
    rec, svc = [], []
    for i in range(POLICY_NAMES):
        n = f"{kind}-{i}"
        if kind == "geo":
            rec += [f"    {n}.{ct.lower()}.{ZONE}:\n      - a: {addr(i, k)}" for ct, k in cont.items()]
            svc.append(f"    {n}.{ZONE}: ['{n}.%cn.{ZONE}', '{n}.na.{ZONE}']")
        else:
            rec.append(f"    {n}.{ZONE}:\n" + "\n".join(
                f"      - a:\n          content: {addr(i, k)}\n          weight: {w}" for k, w in enumerate((40, 30, 20, 10))))
    y = c.write("geo.yaml", f"domains:\n- domain: {ZONE}\n  ttl: 60\n  records:\n    {ZONE}:\n"
                f"      - soa: ns1.{ZONE} hostmaster.{ZONE} 1 3600 600 86400 60\n      - ns: ns1.{ZONE}\n"
                + "\n".join(rec) + "\n" + ("  services:\n" + "\n".join(svc) + "\n" if svc else ""))
    return pdns_conf(c, f"launch=geoip\ngeoip-zones-file={y}\ngeoip-database-files=mmdb:{DATA}/city.mmdb\nedns-subnet-processing=yes")


# ---- BIND, YADIFA ----------------------------------------------------------------------------

@server
def bind(c):
    if c.load not in PLAIN and c.load != "dnssec":
        return None
    conf = c.write("named.conf", f"""
options {{ directory "{c.dir}"; listen-on port {c.port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  pid-file none; session-keyfile none; recursion no; minimal-responses yes; dnssec-validation no;
  tcp-clients 1000; notify no; empty-zones-enable no; querylog no; allow-transfer {{ none; }};
  max-cache-size 8m; }};
controls {{ }};
logging {{ channel n {{ file "{c.dir}/named.log"; severity warning; }}; category default {{ n; }}; }};
zone "{ZONE}" {{ type primary; file "{c.zone}"; }};
""")
    return ["named", "-f", "-n", "1", "-U", "1", "-c", conf, "-D", "bench"]


@server
def yadifa(c):
    if c.load not in PLAIN and c.load != "dnssec":
        return None
    for d in ("keys", "log", "xfr"):
        os.makedirs(f"{c.dir}/{d}", exist_ok=True)
    c.write("z/bench.zone", open(c.zone).read())
    conf = c.write("yadifad.conf", f"""
<main>
  listen 127.0.0.1 port {c.port}
  datapath {c.dir}/z/
  keyspath {c.dir}/keys/
  logpath {c.dir}/log/
  xfrpath {c.dir}/xfr/
  pidfile {c.dir}/yadifad.pid
  daemon off
  network-model {c.model}
  thread-count-by-address 1
  cpu-count-override 1
  max-tcp-queries 512
  statistics off
  answer-formerr-packets off
  edns0-max-size 1232
</main>
<zone>
  domain {ZONE}
  file bench.zone
  type primary
</zone>
""")
    return ["yadifad", "-c", conf]


# ---- hickory ---------------------------------------------------------------------------------

def hickory(c, workers):
    if c.load not in PLAIN and c.load != "dnssec":
        return None
    argv = [f"{HERE}/hickory-base/target/release/hickory-base", str(c.port), c.zone]
    if c.load == "dnssec":
        argv = argv[:2] + [c.data("plain.zone"), c.data("keys/p256.der")]
    return {"argv": argv, "env": {"WORKERS": str(workers)}}


@server
def hickory_base(c):
    """hickory-server 0.26 as a library, current-thread runtime"""
    return hickory(c, 0)


@server
def hickory_mt(c):
    """the same with a multi-thread runtime of one worker (what the binary does)"""
    return hickory(c, 1)


@server
def hickory_map(c):
    """hickory-server's transport, parser and encoder around one hash lookup"""
    n = {"plain": "10000", "hit": "10000", "tcp": "10000", "tcp-pipe": "10000", "plain1m": "1000000"}.get(c.load)
    r = n and hickory(c, 0)
    if r:
        r["env"]["MAP"] = n
    return r or None


@server
def hickory_dns(c):
    if c.load not in PLAIN:
        return None
    conf = c.write("named.toml", f"""
listen_addrs_ipv4 = ["127.0.0.1"]
listen_port = {c.port}
directory = "{c.dir}"
drop_privileges = false
[udp_socket]
recv_buffer_size = 4194304
send_buffer_size = 4194304
[tcp_socket]
response_buffer_size = 4096
[[zones]]
zone = "{ZONE}"
zone_type = "Primary"
file = "{c.zone}"
""")
    return [f"{HERE}/hickory-dns-root/bin/hickory-dns", "-q", "--workers", "1", "-c", conf]


# ---- newer versions: the binaries of Debian 13, unpacked with debootstrap below trixie/ ---------

def newer(old, names, name):
    def f(c):
        root = f"{HERE}/trixie"
        r = SERVERS[old](c) if os.path.isdir(root) and c.load in names else None
        if r is None:
            return None
        lib = f"{root}/usr/lib/x86_64-linux-gnu"
        exe = next(p for p in (f"{root}/usr/sbin/{r[0]}", f"{root}/usr/bin/{r[0]}") if os.path.exists(p))
        more = [f"--module-dir={lib}/pdns"] if r[0] == "pdns_server" else []
        if r[0] == "knotd" and "mod-geoip" in open(r[2]).read():
            t = open(r[2]).read()
            open(r[2], "w").write(f"module:\n  - id: mod-geoip\n    file: {lib}/knot/modules-3.4/geoip.so\n" + t)
        return [f"{root}/lib64/ld-linux-x86-64.so.2", "--library-path", f"{lib}:{lib}/bind9", exe] + r[1:] + more
    SERVERS[name] = f


newer("knot", PLAIN + ("dnssec", "geo", "weighted", "geo-do", "weighted-do"), "knot-3.4")
newer("nsd", PLAIN + ("dnssec",), "nsd-4.12")
newer("bind", PLAIN + ("dnssec",), "bind-9.20")
newer("pdns", PLAIN, "pdns-4.9")

# ---- servers from local.json -----------------------------------------------------------------

def local():
    p = f"{HERE}/local.json"
    if not os.path.exists(p):
        return
    for name, e in json.load(open(p)).items():
        def f(c, e=e):
            if c.load not in e["loads"]:
                return None
            sub = dict(port=str(c.port), zone=c.zone, dir=c.dir, load=c.load, data=DATA)
            return {"argv": [a.format(**sub) for a in e["argv"]], "env": e.get("env", {})}
        SERVERS[name] = f


local()


# ---- Waymark -----------------------------------------------------------------------------------

def rrset(name, values, **more):
    return {"Name": f"{name}.{ZONE}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": v} for v in values], **more}


# A primary must have a check (A-13); a disabled one is healthy without asking anybody (C-24).
UP = {"Id": "up", "CallerReference": "up", "HealthCheckVersion": 1, "HealthCheckConfig": {
    "Type": "TCP", "IPAddress": "127.0.0.1", "Port": 9, "RequestInterval": 30, "FailureThreshold": 3, "Disabled": True}}


def policy_rrsets(kind, i):
    """The record sets of the i-th policy name, in the shape of the AWS CLI's output."""
    n = f"{kind}-{i}"
    if kind == "weighted":
        return [rrset(n, [addr(i, k)], SetIdentifier=f"w{k}", Weight=w) for k, w in enumerate((40, 30, 20, 10))]
    if kind == "failover":
        return [rrset(n, [addr(i, k)], SetIdentifier=f, Failover=f, HealthCheckId="up")
                for k, f in enumerate(("PRIMARY", "SECONDARY"))]
    if kind == "multi":
        return [rrset(n, [addr(i, k)], SetIdentifier=f"m{k}", MultiValueAnswer=True) for k in range(4)]
    if kind == "geo":
        seen, out = set(), []
        for k, (_, (cont, _, _)) in enumerate(REGIONS.items()):
            if cont not in seen:
                seen.add(cont)
                out.append(rrset(n, [addr(i, k)], SetIdentifier=cont, GeoLocation={"ContinentCode": cont}))
        return out + [rrset(n, [addr(i, 0)], SetIdentifier="any", GeoLocation={"CountryCode": "*"})]
    return [rrset(n, [addr(i, k)], SetIdentifier=r,
                  GeoProximityLocation={"Coordinates": {"Latitude": f"{la:.2f}", "Longitude": f"{lo:.2f}"}})
            for k, (r, (_, la, lo)) in enumerate(REGIONS.items())]


def tree():
    """Latency, geolocation, failover, weighted: four levels of aliases over 400 records, every second one unhealthy."""
    from gen import TREES
    out = [f'zone = "{ZONE}"\nttl = 60\n']
    for n in range(400):
        out.append(f'[check.c{n}]\ntcp = "127.0.0.1:9"\nforced = "{"down" if n % 2 else "up"}"\n')
    record = '[[record]]\nname = "{}"\ntype = "A"\n{}\n'
    alias = lambda key, to: f'  {{ {key}, alias = "{to}", evaluate = true }},\n'
    regions = "".join(alias(f'region = "{r}"', "geo") for r in ("eu-west-1", "us-east-1", "ap-northeast-1"))
    out += [record.format(f"tree-{n}", f"latency = [\n{regions}]") for n in range(TREES)]
    places = "".join(alias(p, "fail") for p in ('continent = "EU"', 'continent = "NA"', 'country = "US"', "default = true"))
    out.append(record.format("geo", f"geolocation = [\n{places}]"))
    sides = ", ".join(f'{side} = {{ alias = "{to}", evaluate = true }}' for side, to in
                      (("primary", "pool1"), ("secondary", "pool2")))
    out.append(record.format("fail", f"failover = {{ {sides} }}"))
    for pool in (1, 2):
        members = "".join(f'  {{ id = "m{n}", weight = {1 + n % 5}, value = "10.{pool}.0.{n}", check = "c{(pool - 1) * 200 + n}" }},\n'
                          for n in range(200))
        out.append(record.format(f"pool{pool}", f"weighted = [\n{members}]"))
    return "".join(out)


@server
def waymark(c):
    """$WAYMARK is the binary. Policies come as a dump of an account, plain zones as master files."""
    kind, binary = base(c.load), os.environ.get("WAYMARK", "waymark")
    zones = os.path.join(c.dir, "zones")
    os.makedirs(zones, exist_ok=True)
    if c.load in PLAIN:
        os.symlink(c.zone, os.path.join(zones, f"{ZONE}.zone"))
    elif c.load == "zones":
        zones = c.data("zones")
    elif c.load == "tree":
        c.write(f"zones/{ZONE}.toml", tree())
    elif kind in POLICY and not c.load.endswith("-do"):
        sets = [{"Name": f"{ZONE}.", "Type": "SOA", "TTL": 900, "ResourceRecords":
                 [{"Value": f"ns1.{ZONE}. hostmaster.{ZONE}. 1 7200 900 1209600 60"}]},
                {"Name": f"{ZONE}.", "Type": "NS", "TTL": 3600, "ResourceRecords": [{"Value": f"ns1.{ZONE}."}]}]
        sets += [r for i in range(POLICY_NAMES) for r in policy_rrsets(kind, i)]
        c.write(f"zones/{ZONE}.json", json.dumps({"HostedZone": {"Id": "/hostedzone/ZBENCH", "Name": f"{ZONE}.",
                "Config": {"PrivateZone": False}}, "ResourceRecordSets": sets, "HealthChecks": [UP]}))
    else:
        return None
    return [binary, "serve", "--zones", zones, "--state", c.dir, "--listen", f"127.0.0.1:{c.port}",
            "--http", f"127.0.0.1:{c.port + 1000}", "--geoip", f"{DATA}/city.mmdb"]
