#!/usr/bin/env python3
"""Mixed hostile traffic against one authoritative server on loopback, with well-behaved clients beside it.

  hostile.py HOST:PORT PID [--zone k.test.] [--seconds 600] [--rate 30000] [--dot PORT] [--doh PORT] [--doq PORT]

The server at HOST:PORT (127/8 only) serves zones/kitchen.zone as --zone; PID is its process. Everything here is pinned
to core 1 (--core); pin the server to another. Prints samples to stderr, then a table and one line of JSON to stdout.
Exit code 1 when a bar is missed: a good client unanswered or answered wrongly, memory not flat, descriptors not back,
slower than before, the rate limit not held.
"""
import argparse, json, multiprocessing, os, random, resource, select, socket, ssl, statistics, struct, sys, threading, time

import dns.flags, dns.message, dns.rcode, dns.rdatatype

HALF_COOKIE = b"goodclnt"
VICTIM = "127.66.6.%d"       # the network whose address is forged; the good client with a cookie lives in it
TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28, "ANY": 255}


def owner(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split(".")) + b"\0"


def query(name, rtype, cookie=None, payload=1232, ident=None, edns=True):
    option = struct.pack(">HH", 10, len(cookie)) + cookie if cookie else b""
    opt = b"\0" + struct.pack(">HHIH", 41, payload, 0, len(option)) + option if edns else b""
    ident = random.randrange(65536) if ident is None else ident
    head = struct.pack(">HHHHHH", ident, 0, 1, 0, 0, int(edns))
    return head + owner(name) + struct.pack(">HH", TYPES[rtype], 1) + opt


def framed(packet):
    return struct.pack(">H", len(packet)) + packet


def content(wire):
    """What a reply says, in any order; and the cookie it brings."""
    message = dns.message.from_wire(wire)
    sections = [sorted(rrset.to_text().lower() if len(rrset) < 2 else "\n".join(sorted(rrset.to_text().lower().split("\n")))
                       for rrset in section) for section in (message.answer, message.authority)]
    cookie = next((option.to_wire() for option in message.options if option.otype == 10), None)
    return (message.rcode(), bool(message.flags & dns.flags.AA), sections), cookie


def over_tcp(at, source, packet, timeout, tls=None):
    end = time.monotonic() + timeout
    with socket.socket() as plain:
        plain.settimeout(timeout)
        plain.bind((source, 0))
        plain.connect(at)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = tls.wrap_socket(plain) if tls else plain
        with stream:
            stream.sendall(framed(packet))
            got = b""
            while len(got) < 2 or len(got) < 2 + struct.unpack(">H", got[:2])[0]:
                stream.settimeout(max(0.001, end - time.monotonic()))
                more = stream.recv(65536)
                if not more:
                    raise OSError("closed before the answer" if not got else "closed within the answer")
                got += more
            return got[2:]


def over_udp(sock, packet, timeout):
    end = time.monotonic() + timeout
    sock.send(packet)
    while True:
        sock.settimeout(max(0.001, end - time.monotonic()))
        got = sock.recv(65535)
        if got[:2] == packet[:2]:
            return got


def anyone():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


# --- the server ---------------------------------------------------------------------------------------------------

class Server:
    def __init__(self, pid):
        self.pid = pid

    def alive(self):
        try:
            return open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:
            return False

    def status(self, key):
        try:
            return next(int(line.split()[1]) for line in open(f"/proc/{self.pid}/status") if line.startswith(key))
        except (OSError, StopIteration):
            return 0

    def fds(self):
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        except OSError:
            return 0

    def cpu(self):
        """Seconds of CPU of all threads there are, to the nanosecond."""
        total = 0
        try:
            for task in os.listdir(f"/proc/{self.pid}/task"):
                total += int(open(f"/proc/{self.pid}/task/{task}/schedstat").read().split()[0])
        except OSError:
            pass
        return total / 1e9


def blast(at, server, zone, seconds=3):
    """A closed loop of 64 queries in flight by a client with a cookie: queries a second, CPU microseconds per query."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind(("127.1.1.9", 0))
        sock.connect(at)
        cookie = HALF_COOKIE
        for _ in range(3):
            try:
                cookie = content(over_udp(sock, query(zone, "SOA", cookie), 1))[1] or cookie
                break
            except OSError:
                pass
        packets = [query(name + zone, "A", cookie, ident=n) for n, name in enumerate(["", "mail.", "nx.", "q.w.", "c4."])]
        sock.setblocking(False)
        outstanding = got = sent = 0
        begin, cpu = time.monotonic(), server.cpu()
        while (now := time.monotonic()) - begin < seconds:
            while outstanding < 64:
                try:
                    sock.send(packets[sent % len(packets)])
                except OSError:
                    break
                sent += 1
                outstanding += 1
            if not select.select([sock], [], [], 0.1)[0]:
                outstanding = 0
                continue
            try:
                while True:
                    sock.recv(4096)
                    got += 1
                    outstanding = max(0, outstanding - 1)
            except OSError:
                pass
        took = now - begin
        return got / took, (server.cpu() - cpu) * 1e6 / max(got, 1)


def best(at, server, zone):
    """The median of three blasts by CPU per query; whoever else uses the machine disturbs one."""
    return sorted((blast(at, server, zone) for _ in range(3)), key=lambda one: one[1])[1]


# --- well-behaved clients -------------------------------------------------------------------------------------------

def good_questions(zone):
    names = [("", "SOA"), ("", "A"), ("", "MX"), ("", "TXT"), ("mail", "A"), ("foo.w", "A"), ("foo.w", "TXT"), ("c4", "A"),
             ("x.dn", "A"), ("nosuch", "A"), ("mail", "AAAA"), ("www.del", "A"), ("cwild", "A"), ("ns1", "AAAA"), ("srv", "A"),
             ("t.wc", "A"), ("dels", "NS")]
    return [((name + "." if name else "") + zone, rtype) for name, rtype in names]


class Good:
    """One kind of well-behaved client: asks at a fixed rate from several threads, tries twice."""

    def __init__(self, kind, at, source, expected, rate, threads, dot):
        self.kind, self.at, self.source, self.expected, self.dot = kind, at, source, expected, dot
        self.gap, self.threads, self.lock = threads / rate, threads, threading.Lock()
        self.asked = self.first = self.second = self.skipped = 0
        self.latencies, self.wrong, self.lost, self.retried = [], [], [], {}

    def once(self, state, question, timeout, try_tcp=False):
        name, rtype = question
        cookie = state.get("cookie", HALF_COOKIE) if self.kind == "udp-cookie" else None
        packet = query(name, rtype, cookie)
        if self.kind in ("udp-cookie", "udp-plain") and not try_tcp:
            if "sock" not in state:
                state["sock"] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                state["sock"].bind((self.source, 0))
                state["sock"].connect(self.at)
            wire = over_udp(state["sock"], packet, timeout)
        elif self.kind == "dot":
            wire = over_tcp((self.at[0], self.dot), self.source, packet, timeout, state.setdefault("tls", anyone()))
        else:
            wire = over_tcp(self.at, self.source, packet, timeout)
        if wire[2] & 2:
            raise ConnectionError("truncated")
        said, brought = content(wire)
        if self.kind == "udp-cookie" and brought and len(brought) > 8:
            if brought[:8] != HALF_COOKIE:
                raise ValueError("another client's cookie")
            state["cookie"] = brought
        if said[0] == 23:
            raise ConnectionError("BADCOOKIE")
        if wire[:2] != packet[:2]:
            raise ValueError("another id")
        if said != self.expected[question]:
            raise ValueError(f"{name} {rtype}: {said} instead of {self.expected[question]}")

    def work(self, number, until):
        state, rng = {}, random.Random(number)
        questions = list(self.expected)
        due = time.monotonic() + self.gap * number / self.threads
        while (now := time.monotonic()) < until:
            if now < due:
                time.sleep(due - now)
            elif now - due > self.gap:
                with self.lock:
                    self.skipped += int((now - due) / self.gap)
                due = now
            due += self.gap
            question, begin, why = rng.choice(questions), time.monotonic(), None
            ok = 0
            for attempt in (1, 2):
                try:
                    self.once(state, question, attempt if self.kind.startswith("udp") else attempt + 1, why == "truncated")
                    ok = attempt
                    break
                except (OSError, ssl.SSLError) as error:
                    why = str(error) or type(error).__name__
                    if attempt == 1:
                        with self.lock:
                            self.retried[why] = self.retried.get(why, 0) + 1
                except Exception as error:          # wrong content, or what cannot be read at all
                    with self.lock:
                        self.wrong.append(f"{type(error).__name__}: {error}"[:300])
                    why = "wrong"
            took = (time.monotonic() - begin) * 1000
            with self.lock:
                self.asked += 1
                self.first += ok == 1
                self.second += ok == 2
                self.latencies.append(took)
                if not ok:
                    self.lost.append([round(begin, 1), question[0], question[1], why])

    def report(self):
        times = sorted(self.latencies) or [0]
        rank = lambda share: round(times[min(len(times) - 1, int(len(times) * share))], 2)
        return {"asked": self.asked, "first_try": self.first, "after_retry": self.first + self.second, "skipped": self.skipped,
                "p50_ms": rank(.5), "p99_ms": rank(.99), "worst_ms": round(times[-1], 2), "retried": self.retried,
                "wrong": len(self.wrong), "wrong_first": self.wrong[:3], "lost": self.lost[:10]}


def good_clients(at, zone, expected, until, dot, pipe):
    priority(-5)
    small = expected
    kinds = [Good("udp-cookie", at, VICTIM % 250, small, 40, 4, dot), Good("udp-plain", at, "127.1.2.3", small, 20, 2, dot),
             Good("tcp", at, "127.1.3.3", small, 20, 4, dot)]
    if dot:
        kinds.append(Good("dot", at, "127.1.4.3", small, 4, 2, dot))
    threads = [threading.Thread(target=kind.work, args=(number, until)) for kind in kinds for number in range(kind.threads)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    pipe.send({kind.kind: kind.report() for kind in kinds})


# --- hostile ones ---------------------------------------------------------------------------------------------------

def priority(nice):
    try:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
    except OSError:
        pass


def datagrams(addresses, port):
    out = []
    for address in addresses:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.bind((address, port))
        out.append(sock)
    return out


def mutant(rng, seeds):
    packet = bytearray(rng.choice(seeds))
    for _ in range(rng.randrange(1, 9)):
        packet[rng.randrange(len(packet))] = rng.randrange(256)
    if rng.random() < .2:
        packet += rng.randbytes(rng.randrange(1, 400))
    return bytes(packet)


def udp_hostile(at, zone, rate, quic, until, pipe):
    priority(5)
    rng = random.Random(os.getpid())
    forged = datagrams([VICTIM % n for n in range(1, 17)], 0)
    many = datagrams([f"127.{rng.randrange(70, 79)}.{rng.randrange(256)}.{rng.randrange(1, 255)}" for _ in range(400)], 0)
    seeds = [query(name, rtype, cookie, payload) for name, rtype in good_questions(zone) + [("big." + zone, "TXT"), (zone, "ANY")]
             for cookie in (None, HALF_COOKIE, HALF_COOKIE + bytes(16)) for payload in (512, 1232, 4096)]
    whole = query("mail." + zone, "A")
    largest = [query("big." + zone, "TXT", payload=4096), query(zone, "ANY", payload=4096), query(zone, "TXT", payload=4096)]
    under = query("x" * 12 + "." + zone, "A")
    initial = lambda: bytes([0xc0 | rng.randrange(64)]) + b"\0\0\0\1\x08" + rng.randbytes(8) + b"\x08" + rng.randbytes(8) + rng.randbytes(1180)

    def subdomain():
        return rng.randbytes(2) + under[2:13] + b"%012x" % rng.getrandbits(48) + under[25:]

    def flood():
        return rng.randbytes(2) + whole[2:]

    def cut():
        packet = rng.choice(seeds)
        return packet[:rng.randrange(len(packet))]
    # A share of the whole, who sends, what, where to.
    kinds = [["mutants", 25, many, lambda: mutant(rng, seeds), at], ["cut", 5, many, cut, at],
             ["garbage", 10, many, lambda: rng.randbytes(rng.randrange(0, 200)), at],
             ["subdomains", 25, many, subdomain, at], ["forged, one answer", 15, forged, flood, at],
             ["forged, subdomains", 5, forged, subdomain, at], ["forged, largest", 5, forged, lambda: rng.choice(largest), at],
             ["many, largest", 10, many, lambda: rng.choice(largest), at]]
    for port in quic:
        kinds.append(["quic", 2, many, lambda: initial() if rng.random() < .5 else rng.randbytes(rng.randrange(1, 1400)), (at[0], port)])
    sent, failed = dict.fromkeys((kind[0] for kind in kinds), 0), 0
    got = {"full": 0, "cut": 0, "octets": 0, "other": 0, "full_of_flood": 0, "bad": 0}
    wheel = [kind for kind in kinds for _ in range(kind[1])]
    forged_octets = 0
    begin = last = time.monotonic()
    owed = 0.0
    while (now := time.monotonic()) < until:
        owed = min(owed + (now - last) * rate, rate * 0.05)
        last = now
        for _ in range(int(owed)):
            name, _, sources, make, to = rng.choice(wheel)
            packet = make()
            try:
                rng.choice(sources).sendto(packet, to)
                sent[name] += 1
                if sources is forged:
                    forged_octets += len(packet)
            except OSError:
                failed += 1
        owed -= int(owed)
        for sock in forged:
            try:
                while True:
                    reply = sock.recv(65535)
                    got["octets"] += len(reply)
                    if reply[2] & 2:
                        got["cut"] += 1
                    else:
                        got["full"] += 1
                        got["full_of_flood"] += reply[12:12 + len(whole) - 27] == whole[12:12 + len(whole) - 27]
            except OSError:
                pass
        time.sleep(0.002)
    took = time.monotonic() - begin
    pipe.send({"sent": sent, "sent_failed": failed, "per_second": round(sum(sent.values()) / took),
               "victim": {"queries_s": round((sent["forged, one answer"] + sent["forged, subdomains"] + sent["forged, largest"]) / took),
                          "full_s": round(got["full"] / took, 1), "flood_full_s": round(got["full_of_flood"] / took, 1),
                          "cut_s": round(got["cut"] / took, 1), "octets_ratio": round(got["octets"] / max(forged_octets, 1), 3)}})


def client_hello():
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        anyone().wrap_bio(into, out).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


def tcp_hostile(at, zone, count, opening, tls, until, pipe):
    """Waves of `count` connections that do not behave; those the server ends are opened anew, `opening` a second."""
    priority(5)
    rng = random.Random(os.getpid())
    hello = client_hello()
    poll = select.epoll()
    held, tally = {}, {"opened": 0, "refused": 0, "ended_by_server": 0, "waves": 0, "most_held": 0, "drips": 0, "answers": 0}
    kinds = {}
    big, good = framed(query("big." + zone, "TXT")), framed(query(zone, "SOA"))

    def first_words(kind):
        if kind == "idle":
            return b""
        if kind == "asked, idle":
            return good
        if kind == "drip":
            return b"\x02\x00"
        if kind == "never reads":
            return big * 300
        if kind == "half closed":
            return good + good[:rng.randrange(1, len(good))]
        if kind == "garbage":
            return rng.randbytes(rng.randrange(1, 3000))
        if kind == "mutants":
            return b"".join(framed(mutant(rng, [good[2:], big[2:]])) for _ in range(20))
        if kind == "reset":
            return good[:10]
        if kind == "tls garbage":
            return rng.choice([rng.randbytes(300), b"\x16\x03\x01" + rng.randbytes(600), mutant(rng, [hello]), hello[:rng.randrange(len(hello))],
                               b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", good])
        return hello        # "tls stall": a good hello, and then nothing

    wheel = ["idle"] * 30 + ["asked, idle"] * 15 + ["drip"] * 25 + ["never reads"] * 4 + ["half closed"] * 8 + ["garbage"] * 5 + ["mutants"] * 5 + ["reset"] * 5
    if tls:
        wheel += ["tls garbage"] * 10 + ["tls stall"] * 3

    def begin(number):
        kind = rng.choice(wheel)
        port = rng.choice(tls) if kind.startswith("tls") else at[1]
        sock = socket.socket()
        sock.setblocking(False)
        try:
            # 50 clients of 100 connections, and one that wants a tenth of everything for itself.
            sock.bind((f"127.80.0.{1 + number % 50}" if number % 10 else "127.80.1.1", 0))
            if kind == "never reads":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect_ex((at[0], port))
        except OSError:
            tally["refused"] += 1
            sock.close()
            return
        tally["opened"] += 1
        kinds[kind] = kinds.get(kind, 0) + 1
        held[sock.fileno()] = [sock, kind, False]
        poll.register(sock.fileno(), select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR | select.EPOLLOUT)

    def end(fd, reset=False):
        sock = held.pop(fd)[0]
        poll.unregister(fd)
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    wave = min(60.0, max(8.0, (until - time.monotonic()) / 3))
    number = 0
    while time.monotonic() < until:
        tally["waves"] += 1
        wave_end, last, owed, dripped = min(until, time.monotonic() + wave), time.monotonic(), 0.0, time.monotonic()
        while (now := time.monotonic()) < wave_end:
            owed = min(owed + (now - last) * opening, opening * .1)
            last = now
            while owed >= 1 and len(held) < count:
                begin(number)
                number += 1
                owed -= 1
            tally["most_held"] = max(tally["most_held"], len(held))
            for fd, event in poll.poll(0.01, 500):
                if event & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP):
                    tally["ended_by_server"] += 1
                    end(fd)
                elif event & select.EPOLLOUT:
                    sock, kind, _ = held[fd]
                    poll.modify(fd, select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR)
                    held[fd][2] = True
                    try:
                        words = first_words(kind)
                        if words:
                            sock.send(words)
                        if kind == "half closed":
                            sock.shutdown(socket.SHUT_WR)
                        if kind == "reset":
                            end(fd, True)
                    except OSError:
                        tally["ended_by_server"] += 1
                        end(fd)
            if now - dripped >= 1:
                dripped = now
                for fd, (sock, kind, ready) in list(held.items()):
                    if kind == "drip" and ready:
                        try:
                            sock.send(b"\0")
                            tally["drips"] += 1
                        except OSError:
                            tally["ended_by_server"] += 1
                            end(fd)
            time.sleep(0.003)
        for turn, fd in enumerate(list(held)):
            end(fd, turn % 2 == 0)
    tally["kinds"] = kinds
    pipe.send(tally)


def storm(at, zone, rate, tls, doh, until, pipe):
    """The largest answers over TCP as fast as `rate` allows, and clients that speak TLS well and then nonsense."""
    priority(5)
    rng = random.Random(os.getpid())
    ask = framed(query("big." + zone, "TXT")) * 8 + framed(query(zone, "ANY")) * 8
    answers = octets = broken = shaken = 0
    conns, last, owed, shake = [], time.monotonic(), 0.0, 0.0
    context, web = anyone(), anyone()
    web.set_alpn_protocols(["h2"])
    while (now := time.monotonic()) < until:
        while len(conns) < 8:
            sock = socket.socket()
            try:
                sock.bind((f"127.81.0.{1 + len(conns)}", 0))
                sock.settimeout(1)
                sock.connect(at)
                sock.setblocking(False)
                conns.append(sock)
            except OSError:
                broken += 1
                sock.close()
                break
        owed = min(owed + (now - last) * rate, rate * .1)
        last = now
        for sock in list(conns):
            try:
                if owed >= 16:
                    sock.send(ask)
                    owed -= 16
                while True:
                    got = sock.recv(1 << 18)
                    if not got:
                        raise ConnectionError
                    octets += len(got)
            except BlockingIOError:
                pass
            except OSError:
                broken += 1
                conns.remove(sock)
                sock.close()
        if tls and now > shake:
            shake = now + .2
            port = rng.choice(tls)
            try:
                with socket.socket() as plain:
                    plain.settimeout(.5)
                    plain.bind(("127.82.0.1", 0))
                    plain.connect((at[0], port))
                    with (web if port == doh else context).wrap_socket(plain) as stream:
                        shaken += 1
                        if port == doh:
                            frames = b"".join(rng.choice([b"\0\0\0\4\0\0\0\0\0", b"\0\0\x08\6\0\0\0\0\0" + rng.randbytes(8),
                                                          len(junk := rng.randbytes(rng.randrange(40))).to_bytes(3) + rng.randbytes(6) + junk])
                                              for _ in range(100))
                            stream.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0" + frames)
                        else:
                            stream.sendall(framed(mutant(rng, [ask[2:40]])) + rng.randbytes(500))
                        stream.recv(100)
            except (OSError, ssl.SSLError):
                pass
        time.sleep(0.005)
    pipe.send({"octets": octets, "broken": broken, "tls_sessions_then_nonsense": shaken})


# --- all of it ------------------------------------------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("pid", type=int)
    parser.add_argument("--name", default="server")
    parser.add_argument("--zone", default="k.test.")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--rate", type=int, default=30000, help="hostile datagrams a second, all kinds together")
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--opening", type=int, default=500, help="hostile connections opened a second")
    parser.add_argument("--storm", type=int, default=1000, help="largest answers a second over TCP")
    parser.add_argument("--limit", type=float, default=200, help="the server's rate limit, responses a second and network")
    parser.add_argument("--core", type=int, default=1)
    parser.add_argument("--dot", type=int)
    parser.add_argument("--doh", type=int)
    parser.add_argument("--doq", type=int)
    parser.add_argument("--doh3", type=int)
    args = parser.parse_args()
    host, port = args.server.rsplit(":", 1)
    at = (host, int(port))
    assert host.startswith("127."), "loopback only"
    os.sched_setaffinity(0, {args.core} & os.sched_getaffinity(0) or os.sched_getaffinity(0))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    want = args.connections + 2000
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(want, hard), max(want, hard)))
    except (OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        args.connections = min(args.connections, hard - 1000)

    server = Server(args.pid)
    expected = {}
    for name, rtype in good_questions(args.zone):
        expected[name, rtype] = content(over_tcp(at, "127.1.3.3", query(name, rtype), 3))[0]
    assert expected[args.zone, "SOA"][0] == 0 and expected["nosuch." + args.zone, "A"][0] == 3, "is the zone served?"
    blast(at, server, args.zone, 1)
    before = best(at, server, args.zone)
    time.sleep(1)
    fds_start, rss_start = server.fds(), server.status("VmRSS")

    until = time.monotonic() + args.seconds
    fork = multiprocessing.get_context("fork")
    tls = [port for port in (args.dot, args.doh) if port]
    quic = [port for port in (args.doq, args.doh3) if port]
    jobs, pipes = [], {}

    def start(name, work, *arguments):
        pipes[name], child = fork.Pipe(False)
        job = fork.Process(target=work, args=(*arguments, child), daemon=True)
        job.start()
        child.close()
        jobs.append(job)

    start("good", good_clients, at, args.zone, expected, until, args.dot)
    start("udp", udp_hostile, at, args.zone, args.rate, quic, until)
    start("tcp", tcp_hostile, at, args.zone, args.connections, args.opening, tls, until)
    start("storm", storm, at, args.zone, args.storm, tls, args.doh, until)

    begin, samples, cpu = time.monotonic(), [], server.cpu()
    step = min(5.0, args.seconds / 10)
    while time.monotonic() < until - step / 2:
        time.sleep(step)
        now, used = time.monotonic(), server.cpu()
        samples.append({"at": round(now - begin, 1), "rss_kib": server.status("VmRSS"), "hwm_kib": server.status("VmHWM"), "fds": server.fds(),
                        "threads": server.status("Threads"), "cpu": round((used - cpu) / step, 2)})
        cpu = used
        print(args.name, samples[-1], file=sys.stderr, flush=True)
        if not server.alive():
            print(f"{args.name}: the server is gone", file=sys.stderr, flush=True)
            break

    out = {}
    for name, pipe in pipes.items():
        try:
            out[name] = pipe.recv() if pipe.poll(30) else {}
        except EOFError:
            out[name] = {}
    for job in jobs:
        job.join(5)

    settle = time.monotonic()
    while server.fds() > fds_start and time.monotonic() - settle < 40:
        time.sleep(.2)
    settled = time.monotonic() - settle
    fds_end = server.fds()
    after = best(at, server, args.zone) if server.alive() else (0, 0)

    mark = min(60.0, args.seconds / 3)
    early = statistics.median(s["rss_kib"] for s in samples if mark * .8 <= s["at"] <= mark * 1.2) if len(samples) > 4 else samples[0]["rss_kib"]
    late = statistics.median(s["rss_kib"] for s in samples[-3:])
    victim = out["udp"].get("victim", {})
    result = {
        "name": args.name, "seconds": args.seconds, "alive": server.alive(), "good": out["good"], "hostile_udp": out["udp"],
        "hostile_tcp": out["tcp"], "storm": out["storm"],
        "rss_kib": {"start": rss_start, "early": early, "end": late, "after": server.status("VmRSS"), "peak": server.status("VmHWM"),
                    "change_percent": round(100 * (late / max(early, 1) - 1), 2)},
        "fds": {"start": fds_start, "peak": max(s["fds"] for s in samples), "end": fds_end, "settled_s": round(settled, 1)},
        "cpu_mean": round(statistics.mean(s["cpu"] for s in samples), 2),
        "speed": {"before_qps": round(before[0]), "after_qps": round(after[0]), "before_us": round(before[1], 2),
                  "after_us": round(after[1], 2), "us_ratio": round(after[1] / max(before[1], 1e-9), 3),
                  "qps_ratio": round(after[0] / max(before[0], 1e-9), 3)},
    }
    bars = {
        "alive": result["alive"],
        "good clients all answered": bool(out["good"]) and all(k["after_retry"] == k["asked"] > 0 for k in out["good"].values()),
        "good clients answered right": bool(out["good"]) and not any(k["wrong"] for k in out["good"].values()),
        "memory flat within 5 %": abs(result["rss_kib"]["change_percent"]) <= 5,
        "descriptors back": fds_end <= fds_start,
        # The first second is a burst; beyond it no more than the limit. A tenth is for clocks.
        "rate limit held": victim.get("flood_full_s", 1e9) <= args.limit * (1.1 + 5 / args.seconds),
        "as quick as before (10 %)": 0 < result["speed"]["us_ratio"] <= 1.1,
    }
    result["bars"] = bars

    print(f"\n{args.name}: {args.seconds:.0f} s, {out['udp'].get('per_second')} hostile datagrams/s, {out['tcp'].get('opened')} hostile connections "
          f"(at most {out['tcp'].get('most_held')} at once, {out['tcp'].get('ended_by_server')} ended by the server)")
    print(f"{'good client':12} {'asked':>7} {'1st try':>9} {'retried':>9} {'wrong':>6} {'unasked':>8} {'p50 ms':>8} {'p99 ms':>8} {'worst':>9}")
    for kind, k in (out["good"] or {}).items():
        n = max(k["asked"], 1)
        print(f"{kind:12} {k['asked']:7} {100 * k['first_try'] / n:8.3f}% {100 * k['after_retry'] / n:8.3f}% {k['wrong']:6} {k['skipped']:8} "
              f"{k['p50_ms']:8} {k['p99_ms']:8} {k['worst_ms']:9}")
    print(f"memory KiB   {result['rss_kib']}")
    print(f"descriptors  {result['fds']}   CPU {result['cpu_mean']} of a core")
    print(f"speed        {result['speed']}")
    print(f"forged /24   {victim}")
    for bar, met in bars.items():
        print(f"{'met   ' if met else 'MISSED'} {bar}")
    print(json.dumps(result))
    return 0 if all(bars.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
