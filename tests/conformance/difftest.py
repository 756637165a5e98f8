#!/usr/bin/env python3
"""Differential tester for authoritative DNS servers. Loopback only.

  difftest.py --zones ZONES.tsv --sut HOST:PORT --ref knot=HOST:PORT --ref nsd=HOST:PORT [--ref bind=...] [...]
      The servers already run and already serve the zones (refsrv.py start KIND PORT ZONES.tsv WORKDIR does it for references).
  --cat a,b,..        only these categories (default all):  names flags edns hdr class wire trunc tcp axfr fuzz
  --seeds DIR         extra raw packets for 'wire' (for example bind9/fuzz/dns_message_parse.in)
  --max-names N       per zone (default 4000);  --types short|long;  --dnssec exact|mask   also ask with DO=1; mask ignores signature and key bytes and the SOA serial (online signing)
  --report FILE       JSON lines of every deviation;  --ttl   compare TTLs too

Every query goes to every server. If all references agree, the server under test must give the same (a 'must' case); if
they differ, it must match at least one ('may' case). Compared: answered or not, rcode, opcode, QR AA TC RD RA AD CD,
question, EDNS presence/version/DO, answer set; authority set unless both answers are non-empty (then it is optional);
additional set on referrals (in-bailiwick glue), otherwise optional. Order never matters.
After every batch of malformed packets a good SOA query must still be answered ('alive').
Prints must/may totals by category and exits 1 if any must case deviates.
"""
import sys, os, json, random, select, socket, struct, time, argparse, collections
import dns.message, dns.name, dns.zone, dns.rdatatype, dns.rdataclass, dns.flags, dns.rcode, dns.edns, dns.exception, dns.query, dns.rdata

def hp(x): h, p = x.rsplit(":", 1); return h, int(p)

def qwire(name, qtype, qclass=1, flags=0, opcode=0, qid=None, edns=None, counts=None):
    """raw query; edns = dict(version,size,do,opts=[(code,bytes)],z,ext) or None"""
    n = name if isinstance(name, bytes) else name.to_wire()
    h = struct.pack(">HHHHHH", random.randrange(65536) if qid is None else qid, flags | (opcode << 11), *(counts or (1, 0, 0, 1 if edns is not None else 0)))
    w = h + n + struct.pack(">HH", qtype, qclass)
    if edns is not None: w += opt(edns)
    return w

def opt(e):
    o = b"".join(struct.pack(">HH", c, len(d)) + d for c, d in e.get("opts", []))
    return (e.get("owner", b"\0") + struct.pack(">HHBBHH", 41, e.get("size", 1232), e.get("ext", 0), e.get("version", 0), (0x8000 if e.get("do") else 0) | e.get("z", 0), len(o)) + o)

# ---------------------------------------------------------------- generators: yield (category, label, transport, wire)
T = dns.rdatatype
SHORT = ["A", "AAAA", "NS", "SOA", "MX", "TXT", "CNAME", "DNAME", "DS", "ANY"]
LONG = SHORT + ["DNSKEY", "CAA", "SRV", "PTR", "HTTPS", "SVCB", "NSEC", "NSEC3PARAM", "CDS", "TYPE65280"]

def zone_names(z, origin, maxn, rng):
    owners = set(n.derelativize(origin) for n, nd in z.nodes.items() if any(r.rdtype not in (T.NSEC3, T.RRSIG) for r in nd.rdatasets))
    names = set(owners); L = lambda *a: [x if isinstance(x, bytes) else x.encode() for x in a]
    def child(n, *labels):
        try: names.add(dns.name.Name(tuple(L(*labels)) + n.labels))
        except dns.name.NameTooLong: pass
    for n in owners:
        m = n
        while m != origin and m.is_subdomain(origin) and len(m.labels) > 1:
            m = m.parent(); names.add(m)                        # ancestors and empty non-terminals
    for n in list(names):
        child(n, "zz"); child(n, "q", "zz"); child(n, "*"); child(n, "a", "*"); child(n, "*", "a"); child(n, "\x00"); child(n, "x" * 63)
        if n != origin:
            l = n.labels[0]
            names.add(dns.name.Name((l + b"-",) + n.labels[1:]) if len(l) < 63 else n)   # next sibling in order
            if l == b"*":
                for s in ("foo", "foo.bar", "*.*", "_t.*"): child(n.parent(), *s.split("."))
    for n, rs in ((n.derelativize(origin), rs) for n, nd in z.nodes.items() for rs in nd.rdatasets):
        for rd in rs:
            for a in ("target", "exchange", "mname"):
                t = getattr(rd, a, None)
                if isinstance(t, dns.name.Name): names.add(t.derelativize(origin))
        if rs.rdtype == T.DNAME:
            child(n, "a"); child(n, "x.y"); child(n, "*"); child(n, "a" * 63, "b" * 63); child(n, *["l"] * 40)
    long = dns.name.Name(tuple(b"m" * 1 for _ in range((254 - len(origin.to_wire())) // 2)) + origin.labels) if len(origin.to_wire()) < 200 else origin
    names.add(long); names.add(dns.name.root)
    if origin != dns.name.root: names.add(origin.parent()); names.add(dns.name.Name((b"sibling-not-here",) + origin.parent().labels))
    names = sorted(n for n in names if n.is_absolute())
    if len(names) > maxn: names = sorted(set(rng.sample(names, maxn)) | {origin})
    return names, owners

def mixed(n, rng): return dns.name.Name(tuple(bytes(rng.choice((c, c ^ 32)) if 65 <= (c & 0xdf) <= 90 else c for c in l) for l in n.labels))

def g_names(z, o, a, rng):
    names, owners = zone_names(z, o, a.max_names, rng)
    types = [T.from_text(t) for t in (SHORT if a.types == "short" else LONG)]
    for n in names:
        have = [rs.rdtype for rs in z.nodes[n.relativize(o)].rdatasets] if n.relativize(o) in z.nodes and n.is_subdomain(o) else []
        ts = list(dict.fromkeys(types + have)) if n in owners else [T.A, T.NS, T.TXT, T.DS, T.ANY] if len(names) > 800 else types
        for t in ts:
            yield "names", f"{n} {T.to_text(t)}", "udp", qwire(n, t)
            if a.dnssec: yield "names", f"{n} {T.to_text(t)} +do", "udp", qwire(n, t, edns=dict(do=1, size=4096))
        yield "names", f"{n} A mixedcase", "udp", qwire(mixed(n, rng), T.A)

def pick(z, o, rng, k=12):
    own = sorted(n.derelativize(o) for n in z.nodes)
    s = [o] + rng.sample(own, min(k, len(own)))
    return list(dict.fromkeys(s + [dns.name.Name((b"nx-domain",) + o.labels), dns.name.Name((b"nx", b"sub") + own[-1].labels) if len(own[-1].to_wire()) < 240 else o]))

def g_flags(z, o, a, rng):
    for n in pick(z, o, rng):
        for f in (0x0100, 0x0020, 0x0010, 0x0130, 0x0400, 0x0080, 0x0040, 0x0200, 0x07f0, 0x000f, 0x0005): yield "flags", f"{n} flags {f:04x}", "udp", qwire(n, 1, flags=f)

def g_edns(z, o, a, rng):
    ck = bytes(range(8))
    E = {"plain": {}, "do": dict(do=1), "size0": dict(size=0), "size511": dict(size=511), "size512": dict(size=512), "size65535": dict(size=65535), "v1": dict(version=1), "v255": dict(version=255), "v1do": dict(version=1, do=1),
         "zbits": dict(z=0x7fff), "ext255": dict(ext=255), "nsid": dict(opts=[(3, b"")]), "unk": dict(opts=[(65001, b"xyz")]), "unk100": dict(opts=[(100, b"")]), "v1unk": dict(version=1, opts=[(100, b"")]),
         "ecs4": dict(opts=[(8, b"\0\1\x18\0\xc6\x33\x64")]), "ecs6": dict(opts=[(8, b"\0\2\x38\0\x20\x01\x0d\xb8\0\0\0")]), "ecs0": dict(opts=[(8, b"\0\1\0\0")]),
         "ecs-short": dict(opts=[(8, b"\0\1")]), "ecs-empty": dict(opts=[(8, b"")]), "ecs-fam9": dict(opts=[(8, b"\0\x09\x18\0\1\2\3")]), "ecs-len33": dict(opts=[(8, b"\0\1\x21\0\1\2\3\4\5")]), "ecs-bits": dict(opts=[(8, b"\0\1\x14\0\xc6\x33\xff")]), "ecs-scope": dict(opts=[(8, b"\0\1\x18\x18\xc6\x33\x64")]), "ecs-toolong": dict(opts=[(8, b"\0\1\x18\0\xc6\x33\x64\0")]), "ecs-twice": dict(opts=[(8, b"\0\1\0\0"), (8, b"\0\1\0\0")]),
         "cookie8": dict(opts=[(10, ck)]), "cookie16bad": dict(opts=[(10, ck + b"\1" * 8)]), "cookie24bad": dict(opts=[(10, ck + b"\1\0\0\0" + b"\2" * 12)]), "cookie0": dict(opts=[(10, b"")]), "cookie7": dict(opts=[(10, ck[:7])]), "cookie9": dict(opts=[(10, ck + b"\1")]), "cookie41": dict(opts=[(10, b"\1" * 41)]),
         "expire": dict(opts=[(9, b"")]), "keepalive": dict(opts=[(11, b"")]), "padding": dict(opts=[(12, b"\0" * 64)]), "keytag": dict(opts=[(14, b"\x12\x34")]), "chain": dict(opts=[(13, b"\0")]), "ede": dict(opts=[(15, b"\0\0")]), "many": dict(opts=[(i, b"") for i in range(20, 120)])}
    for n in pick(z, o, rng, 3):
        for k, e in E.items():
            for t in (T.SOA, T.A): yield "edns", f"{n} {T.to_text(t)} edns {k}", "udp", qwire(n, t, edns=e)
    q = qwire(o, T.SOA, counts=(1, 0, 2, 0)); bad = {"two-opt": (1, 0, 0, 2)}
    yield "edns", f"{o} two OPT", "udp", qwire(o, T.SOA, counts=(1, 0, 0, 2)) + opt({}) + opt({})
    yield "edns", f"{o} OPT in answer", "udp", qwire(o, T.SOA, counts=(1, 1, 0, 0)) + opt({})
    yield "edns", f"{o} OPT in authority", "udp", qwire(o, T.SOA, counts=(1, 0, 1, 0)) + opt({})
    yield "edns", f"{o} OPT owner not root", "udp", qwire(o, T.SOA, counts=(1, 0, 0, 1)) + opt(dict(owner=b"\1x\0"))
    yield "edns", f"{o} OPT option overruns rdata", "udp", qwire(o, T.SOA, counts=(1, 0, 0, 1)) + b"\0" + struct.pack(">HHIH", 41, 1232, 0, 4) + struct.pack(">HH", 3, 50)
    yield "edns", f"{o} OPT rdlen past packet", "udp", qwire(o, T.SOA, counts=(1, 0, 0, 1)) + b"\0" + struct.pack(">HHIH", 41, 1232, 0, 400)
    for s in (100, 512, 600, 1000, 1220, 1232, 1400, 1452, 4096): 
        for n in pick(z, o, rng, 2) + [n.derelativize(o) for n in z.nodes if n.labels and n.labels[0] == b"big"]:
            yield "edns", f"{n} ANY bufsize {s}", "udp", qwire(n, T.ANY, edns=dict(size=s)); yield "edns", f"{n} TXT bufsize {s}", "udp", qwire(n, T.TXT, edns=dict(size=s))

def g_hdr(z, o, a, rng):
    for op in range(16):
        for f in (0, 0x0100):
            yield "hdr", f"opcode {op} flags {f:x}", "udp", qwire(o, T.SOA, opcode=op, flags=f)
        yield "hdr", f"opcode {op} header only", "udp", struct.pack(">HHHHHH", rng.randrange(65536), op << 11, 0, 0, 0, 0)
    for op in (6, 7, 15): yield "hdr", f"opcode {op} edns", "udp", qwire(o, T.SOA, opcode=op, edns={})
    yield "hdr", "QR=1 (a response) must be dropped", "udp", qwire(o, T.SOA, flags=0x8000)
    yield "hdr", "QR=1 NXDOMAIN must be dropped", "udp", qwire(o, T.SOA, flags=0x8403)
    q = qwire(o, T.SOA); body = q[12:]
    yield "hdr", "QDCOUNT 0", "udp", struct.pack(">HHHHHH", 9, 0, 0, 0, 0, 0)
    yield "hdr", "QDCOUNT 0 with OPT+cookie", "udp", struct.pack(">HHHHHH", 9, 0, 0, 0, 0, 1) + opt(dict(opts=[(10, bytes(8))]))
    yield "hdr", "QDCOUNT 2", "udp", struct.pack(">HHHHHH", 9, 0, 2, 0, 0, 0) + body + body
    yield "hdr", "QDCOUNT 2 one question", "udp", struct.pack(">HHHHHH", 9, 0, 2, 0, 0, 0) + body
    yield "hdr", "QDCOUNT 65535", "udp", struct.pack(">HHHHHH", 9, 0, 65535, 0, 0, 0) + body
    yield "hdr", "ANCOUNT 1 empty", "udp", struct.pack(">HHHHHH", 9, 0, 1, 1, 0, 0) + body
    rr = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + b"\1\2\3\4"
    yield "hdr", "ANCOUNT 1 with RR", "udp", struct.pack(">HHHHHH", 9, 0, 1, 1, 0, 0) + body + rr
    yield "hdr", "NSCOUNT 1 with RR", "udp", struct.pack(">HHHHHH", 9, 0, 1, 0, 1, 0) + body + rr
    yield "hdr", "ARCOUNT 1 with RR", "udp", struct.pack(">HHHHHH", 9, 0, 1, 0, 0, 1) + body + rr
    yield "hdr", "trailing garbage", "udp", q + b"garbage" * 3
    for qt in (251, 252, 253, 254, 41, 250, 249, 0, 128, 65535): yield "hdr", f"qtype {qt} over UDP", "udp", qwire(o, qt)
    tsig = b"\7unknown\0" + struct.pack(">HHIH", 250, 255, 0, 0)
    key = dns.name.from_text("hmac-sha256.").to_wire(); rd = key + b"\0\0" + struct.pack(">I", int(time.time())) + struct.pack(">HH", 300, 32) + b"\0" * 32 + struct.pack(">HHH", 9, 0, 0)
    yield "hdr", "TSIG unknown key", "udp", struct.pack(">HHHHHH", 9, 0, 1, 0, 0, 1) + body + b"\7unknown\0" + struct.pack(">HHIH", 250, 255, 0, len(rd)) + rd
    yield "hdr", "TSIG empty rdata", "udp", struct.pack(">HHHHHH", 9, 0, 1, 0, 0, 1) + body + tsig
    yield "hdr", "UPDATE unauthorised", "udp", qwire(o, T.SOA, opcode=5, counts=(1, 0, 1, 0)) + b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + b"\1\2\3\4"
    yield "hdr", "NOTIFY unauthorised", "udp", qwire(o, T.SOA, opcode=4, flags=0x0400)

def g_class(z, o, a, rng):
    for c in (0, 2, 3, 4, 254, 255, 256, 65280, 65535):
        for n, t in ((o, T.SOA), (o, T.ANY), (dns.name.from_text("version.bind."), T.TXT), (dns.name.from_text("nonexist.bind."), T.TXT)): yield "class", f"{n} {T.to_text(t)} class {c}", "udp", qwire(n, t, c)

def g_trunc(z, o, a, rng):
    q = qwire(dns.name.Name((b"www",) + o.labels), 1, edns=dict(do=1, opts=[(10, bytes(8)), (3, b"")]))
    for i in range(0, len(q)): yield "trunc", f"query cut at {i}", "udp", q[:i]
    q = qwire(o, T.SOA)
    for i in range(12, len(q)): yield "trunc", f"plain query cut at {i}", "udp", q[:i]

def g_wire(z, o, a, rng):
    H = lambda n=1: struct.pack(">HHHHHH", 7, 0, n, 0, 0, 0); tail = struct.pack(">HH", 1, 1); ow = o.to_wire()
    W = {"pointer to self": b"\xc0\x0c", "pointer loop": b"\1a\xc0\x0c", "two pointer loop": b"\xc0\x0e\xc0\x0c", "pointer forward": b"\xc0\x10", "pointer past end": b"\xff\xff", "pointer into header": b"\xc0\x00", "pointer to id": b"\3abc\xc0\x02", "label type 01": b"\x41" + b"a" * 65 + b"\0", "label type 10": b"\x80a\0", "label 64": b"\x40" + b"a" * 64 + b"\0",
         "name 256": (b"\x3f" + b"a" * 63) * 4 + b"\0", "name 255 under zone": b"", "unterminated": b"\3abc", "label past end": b"\x3fabc", "empty": b"", "128 labels": b"\1a" * 127 + b"\0", "200 labels": b"\1a" * 200 + b"\0", "edns0 bit label": b"\x41\x08\x01" + b"\0", "nul label": b"\1\0" + ow, "dot label": b"\1." + ow, "slash label": b"\3a/b" + ow, "ff label": b"\3\xff\xfe\xfd" + ow, "long then pointer": (b"\x3f" + b"a" * 63) * 3 + b"\xc0\x0c"}
    for k, v in W.items(): yield "wire", k, "udp", H() + v + tail
    yield "wire", "qname ok, pointer loop in additional", "udp", struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 1) + ow + struct.pack(">HH", 6, 1) + bytes([0xc0, 12 + len(ow) + 4]) + struct.pack(">HHIH", 1, 1, 0, 4) + b"\1\2\3\4"
    yield "wire", "rdlength overruns", "udp", struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 1) + ow + struct.pack(">HH", 6, 1) + b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 60000)
    for n in (0, 1, 2, 5, 11, 12): yield "wire", f"{n} zero bytes", "udp", b"\0" * n
    yield "wire", "65507 bytes", "udp", qwire(o, T.SOA) + b"\0" * 65000
    if a.seeds:
        for i, f in enumerate(sorted(os.listdir(a.seeds))):
            b = open(os.path.join(a.seeds, f), "rb").read()[:65000]
            yield "wire", f"seed {f}", "udp", b
            if len(b) > 2: yield "wire", f"seed {f} as query", "udp", b[:2] + bytes([b[2] & 0x7f]) + b[3:]

def g_fuzz(z, o, a, rng):
    base = [w for _, _, _, w in list(g_edns(z, o, a, rng))[:60]] + [w for _, _, _, w in list(g_hdr(z, o, a, rng))]
    for i in range(a.fuzz):
        b = bytearray(rng.choice(base))
        for _ in range(rng.choice((1, 1, 2, 4, 8))):
            if not b: break
            k = rng.randrange(5); p = rng.randrange(len(b))
            if k == 0: b[p] ^= 1 << rng.randrange(8)
            elif k == 1: b[p] = rng.choice((0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff))
            elif k == 2: b = b[:p]
            elif k == 3: b[p:p] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 9)))
            else: b[p:p + rng.randrange(1, 9)] = b""
        yield "fuzz", f"mutant {i}", "udp", bytes(b)

def g_tcp(z, o, a, rng):
    for n in pick(z, o, rng, 8) + [n.derelativize(o) for n in z.nodes if n.labels and n.labels[0] == b"big"]:
        for t in (T.SOA, T.A, T.TXT, T.ANY): yield "tcp", f"{n} {T.to_text(t)}", "tcp", qwire(n, t)
    yield "tcp", "edns v1", "tcp", qwire(o, T.SOA, edns=dict(version=1)); yield "tcp", "keepalive", "tcp", qwire(o, T.SOA, edns=dict(opts=[(11, b"")])); yield "tcp", "keepalive with value", "tcp", qwire(o, T.SOA, edns=dict(opts=[(11, b"\0\1")]))
    yield "tcp", "cookie bad", "tcp", qwire(o, T.SOA, edns=dict(opts=[(10, bytes(range(8)) + b"\1\0\0\0" + b"\2" * 12)]))
    yield "tcp", "short", "tcp", b"\0" * 11; yield "tcp", "opcode 15", "tcp", qwire(o, T.SOA, opcode=15); yield "tcp", "QR=1", "tcp", qwire(o, T.SOA, flags=0x8000)
    yield "tcp", "label loop", "tcp", struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0) + b"\xc0\x0c\0\1\0\1"; yield "tcp", "AXFR wrong zone", "tcp", qwire(dns.name.from_text("no-such-zone.invalid."), 252); yield "tcp", "AXFR below apex", "tcp", qwire(dns.name.Name((b"www",) + o.labels), 252)

def g_axfr(z, o, a, rng): yield "axfr", f"{o} AXFR", "axfr", qwire(o, 252)

GEN = dict(names=g_names, flags=g_flags, edns=g_edns, hdr=g_hdr, wire=g_wire, trunc=g_trunc, tcp=g_tcp, axfr=g_axfr, fuzz=g_fuzz)
GEN["class"] = g_class
ONCE = {"hdr", "class", "wire", "trunc", "fuzz"}

# ---------------------------------------------------------------- transport
class Udp:
    def __init__(s, servers, window=48, tmo=0.5):
        s.sv = servers; s.w = window; s.tmo = tmo; s.pool = {k: [] for k in servers}
    def sock(s, k):
        if s.pool[k]: return s.pool[k].pop()
        x = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); x.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18); x.connect(s.sv[k]); x.setblocking(False); return x
    def ask(s, wires):
        res = [dict() for _ in wires]; wait = {}; p = select.poll()
        for i, w in enumerate(wires):
            for k in s.sv:
                x = s.sock(k)
                try: x.send(w)
                except OSError: pass
                wait[x.fileno()] = (x, i, k); p.register(x, select.POLLIN)
        end = time.monotonic() + s.tmo
        while wait and time.monotonic() < end:
            for fd, ev in p.poll(max(1, int((end - time.monotonic()) * 1000))):
                x, i, k = wait[fd]
                try: d = x.recv(65535)
                except OSError: d = None
                res[i][k] = d; p.unregister(fd); del wait[fd]; s.pool[k].append(x)
        for x, i, k in wait.values(): res[i][k] = None; x.close()
        return res

def tcp(hp, w, axfr=False, tmo=4):
    try:
        s = socket.create_connection(hp, tmo); s.settimeout(tmo); s.sendall(struct.pack(">H", len(w)) + w); out = []; soa = 0
        def rd(n):
            b = b""
            while len(b) < n:
                c = s.recv(n - len(b))
                if not c: raise EOFError
                b += c
            return b
        while True:
            m = rd(struct.unpack(">H", rd(2))[0]); out.append(m)
            if not axfr: break
            x = dns.message.from_wire(m, ignore_trailing=True, one_rr_per_rrset=True)
            soa += sum(r.rdtype == T.SOA for r in x.answer)
            if soa >= 2 or x.rcode() or not x.answer: break
        s.close(); return out
    except (OSError, EOFError): return None
    except Exception as e: return [b"!" + repr(e).encode()]

# ---------------------------------------------------------------- comparison
def rrset(sec, a, o=None):
    out = set()
    for rs in sec:
        for rd in rs:
            t = T.to_text(rs.rdtype)
            if t == "OPT": continue
            try: x = rd.to_digestable().hex()
            except Exception: x = rd.to_text()
            if a.dnssec == "mask":
                if t == "RRSIG": x = f"{T.to_text(rd.type_covered)} {rd.labels} {rd.signer}"
                elif t in ("DNSKEY", "CDS", "CDNSKEY"): x = "*"
                elif t in ("NSEC", "NSEC3"): x = " ".join(w for w in rd.to_text().lower().split() if w not in ("cds", "cdnskey"))   # published or not is policy
                elif t == "SOA": x = f"{rd.mname} {rd.rname} {rd.refresh} {rd.retry} {rd.expire} {rd.minimum}".lower()   # signers bump the serial
            out.add((rs.name.to_text().lower(), t, x) + ((rs.ttl,) if a.ttl else ()))
    return out

def norm(d, a, axfr=False):
    if d is None: return {"ans": "none"}
    if isinstance(d, bytes): d = [d]
    try: ms = [dns.message.from_wire(x, ignore_trailing=True) for x in d]
    except Exception as e:
        b = d[0]
        if len(b) >= 12:
            f = struct.unpack(">H", b[2:4])[0]; r = {"ans": "yes", "rcode": f & 15, "op": (f >> 11) & 15, "unparsed": type(e).__name__}
            r["short"] = len(b) == 12; return r
        return {"ans": "garbage"}
    m = ms[0]
    r = {"ans": "yes", "rcode": int(m.rcode()), "op": int(m.opcode()), "flags": " ".join(sorted(f for f in dns.flags.to_text(m.flags).split())), "q": sorted((q.name.to_text(), int(q.rdtype), int(q.rdclass)) for q in m.question) , "edns": int(m.edns), "do": bool(m.ednsflags & 0x8000)}
    r["an"] = set().union(*[rrset(x.answer, a) for x in ms]); r["ns"] = rrset(m.authority, a); r["ar"] = rrset(m.additional, a)
    return r

def same(x, y, strict=False):
    """None if equal enough, else the name of the first field that differs"""
    for f in ("ans", "rcode", "op"):
        if x.get(f) != y.get(f): return f
    if x["ans"] != "yes": return None
    if "unparsed" in x or "unparsed" in y: return None
    for f in ("flags", "edns", "do", "an"):
        if x[f] != y[f]: return f
    if x["q"] != y["q"] and x["rcode"] == 0: return "q"
    if not (x["an"] and y["an"]):
        if "TC" not in x["flags"]:
            nsx = {r for r in x["ns"] if r[1] != "NS" or "AA" not in x["flags"]}; nsy = {r for r in y["ns"] if r[1] != "NS" or "AA" not in y["flags"]}
            if nsx != nsy: return "ns"
            ref = x["rcode"] == 0 and not x["an"] and any(r[1] == "NS" for r in x["ns"]) and "AA" not in x["flags"]
            if ref and x["ar"] != y["ar"]: return "ar"
    return None

def rejects(r): return r["ans"] == "none" or (r["ans"] == "yes" and r["rcode"] in (1, 4, 5, 9, 16) and not r.get("an"))

def close(cat, label, x, y):
    """same(), with the latitude that RFCs give: garbage may be dropped or refused; ANY may be minimal (RFC 8482); AXFR header bits"""
    f = same(x, y)
    if f is None: return None
    if cat in ("trunc", "wire", "fuzz") and rejects(x) and rejects(y): return None
    if cat == "axfr" and x["ans"] == y["ans"] == "yes" and x.get("rcode") == y.get("rcode") and x.get("an") == y.get("an"): return None
    if (" ANY" in label or " RRSIG" in label) and x["ans"] == y["ans"] == "yes" and x.get("rcode") == y.get("rcode") and "an" in x and "an" in y:
        if "TC" in x["flags"] or "TC" in y["flags"]: return None
        if x["an"] and y["an"] and (x["an"] <= y["an"] or y["an"] <= x["an"] or any(r[1] == "HINFO" for r in x["an"])): return None
    return f

def short(r): return {k: (sorted(v) if isinstance(v, set) else v) for k, v in r.items()}

def main():
    ap = argparse.ArgumentParser(); ap.add_argument("--zones", required=True); ap.add_argument("--sut", required=True); ap.add_argument("--ref", action="append", required=True)
    ap.add_argument("--cat"); ap.add_argument("--seeds"); ap.add_argument("--max-names", type=int, default=4000); ap.add_argument("--types", default="short"); ap.add_argument("--dnssec"); ap.add_argument("--ttl", action="store_true")
    ap.add_argument("--report"); ap.add_argument("--seed", type=int, default=1); ap.add_argument("--fuzz", type=int, default=1000); ap.add_argument("--limit-zones", type=int); ap.add_argument("--timeout", type=float, default=0.5)
    a = ap.parse_args(); rng = random.Random(a.seed); random.seed(a.seed)
    refs = dict((k, hp(v)) for k, v in (x.split("=") for x in a.ref)); sv = dict(refs); sv["SUT"] = hp(a.sut)
    for h, _ in sv.values():
        if not h.startswith("127.") and h != "::1": sys.exit("loopback only")
    cats = a.cat.split(",") if a.cat else list(GEN)
    C = collections.defaultdict(collections.Counter); rep = open(a.report, "w") if a.report else None; why = collections.Counter(); udp = Udp(sv, tmo=a.timeout); t0 = time.monotonic()
    def judge(cat, label, res, wire):
        n = {k: norm(v, a) for k, v in res.items()}; s = n["SUT"]; R = [n[k] for k in refs]
        diffs = [close(cat, label, s, r) for r in R]
        agree = all(close(cat, label, R[0], r) is None for r in R[1:])
        c = C[cat]
        if agree:
            c["must"] += 1
            if None in diffs: c["must_ok"] += 1
            else:
                why[(cat, diffs[0])] += 1
                if rep: rep.write(json.dumps({"kind": "must", "cat": cat, "q": label, "wire": wire.hex(), "field": diffs[0], "sut": short(s), "ref": short(R[0])}, default=str) + "\n")
        else:
            c["may"] += 1
            if None in diffs: c["may_ok"] += 1
            elif rep: rep.write(json.dumps({"kind": "may", "cat": cat, "q": label, "wire": wire.hex(), "field": diffs, "sut": short(s), "refs": {k: short(n[k]) for k in refs}}, default=str) + "\n")
    alive = [qwire(dns.name.from_text(open(a.zones).readline().split("\t")[0]), T.SOA)]
    def flush(batch):
        for (cat, label, _, w), r in zip(batch, udp.ask([b[3] for b in batch])): judge(cat, label, r, w)
        if batch[-1][0] in ("wire", "trunc", "fuzz", "hdr"):
            C["alive"]["must"] += 1; C["alive"]["must_ok"] += bool((udp.ask(alive)[0].get("SUT") or b"")[3:4] == b"\0")
    batch = []; first = True; nz = 0
    for l in open(a.zones):
        if not l.strip(): continue
        if a.limit_zones and nz >= a.limit_zones: break
        nz += 1; ot, p = l.rstrip("\n").split("\t")[:2]; o = dns.name.from_text(ot)
        z = dns.zone.from_file(p, origin=o, relativize=True, check_origin=False, allow_include=True)
        for c in cats:
            if c in ONCE and not first: continue
            for g in GEN[c](z, o, a, rng):
                if g[2] == "udp":
                    batch.append(g)
                    if len(batch) >= udp.w: flush(batch); batch = []
                else: judge(g[0], g[1], {k: tcp(v, g[3], g[2] == "axfr") for k, v in sv.items()}, g[3])
        first = False
    if batch: flush(batch)
    tm = tmo = ty = tyo = 0
    for c, v in C.items():
        print(f"{c:6s} must {v['must_ok']}/{v['must']}  may {v['may_ok']}/{v['may']}"); tm += v["must"]; tmo += v["must_ok"]; ty += v["may"]; tyo += v["may_ok"]
    print(f"TOTAL  must {tmo}/{tm} ({100*tmo/max(1,tm):.2f}%)  may {tyo}/{ty}  zones {nz}  {time.monotonic()-t0:.0f}s"); print("deviations by field:", dict(("/".join(k), v) for k, v in why.most_common(12)))
    sys.exit(0 if tm == tmo else 1)
main()
