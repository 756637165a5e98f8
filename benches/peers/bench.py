#!/usr/bin/env python3
"""Measures DNS servers side by side on one machine with two cores.

  bench.py list
  bench.py run LOAD[,LOAD] [--servers A,B] [--rounds 5] [--secs 3] [--gen blast|dnsperf] [--rate N] [--out F]
  bench.py instr LOAD [--servers A,B]        user-space instructions per query (callgrind)
  bench.py table results/*.jsonl

Server on core 0 with one worker, generator on core 1; rounds alternate over the servers, so that a
drift of the machine hits all of them. A server's CPU time is utime+stime of its whole process tree.
"""
import argparse, atexit, collections, glob, json, os, re, shutil, signal, socket, statistics, struct, subprocess, sys, threading, time
import gen
from gen import HERE, DATA, ZONE
import servers as S

BLAST = f"{HERE}/tools/target/release/blast"
SERVER_CPU, CLIENT_CPU = 0, 1
HZ = os.sysconf("SC_CLK_TCK")
BASE_PORT = 5400
# load -> (zone file, query file, name whose A answer says "ready", queries in flight per TCP connection)
H9, H1M = f"host-0009999.{ZONE}", f"host-0999999.{ZONE}"
LOADS = {
    "plain": ("plain.zone", "plain", H9, 0), "plain1m": ("plain1m.zone", "plain1m", H1M, 0),
    "hit": ("plain.zone", "hit", H9, 0), "dnssec": ("signed.zone", "dnssec", H9, 0), "tcp": ("plain.zone", "plain", H9, 1),
    "tcp-pipe": ("plain.zone", "plain", H9, 16),
}
for k in S.POLICY:
    LOADS[k] = ("plain.zone", k, f"{k}-{gen.POLICY_NAMES - 1}.{ZONE}", 0)
    LOADS[k + "-do"] = ("plain.zone", k + "-do", f"{k}-{gen.POLICY_NAMES - 1}.{ZONE}", 0)
LOADS["tree"] = ("plain.zone", "tree", f"tree-{gen.TREES - 1}.{ZONE}", 0)
LOADS["zones"] = ("plain.zone", "zones", f"www.zone-{gen.ZONES - 1}.test", 0)


class Ctx:
    def __init__(self, name, load, port):
        self.name, self.load, self.port = name, load, port
        self.dir = f"{HERE}/run/{name}-{load}"
        self.model = 0
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        self.zone = self.data(LOADS[load][0])

    def data(self, n):
        return os.path.join(DATA, n)

    def write(self, n, text):
        p = os.path.join(self.dir, n)
        os.makedirs(os.path.dirname(p), exist_ok=True)
        with open(p, "w") as f:
            f.write(text)
        return p


def boosted(cpu, boost=True):
    """Own session, own core, and most of that core against other users of the machine."""
    def f():
        os.sched_setaffinity(0, {cpu})
        if boost:
            try:
                with open("/proc/self/autogroup", "w") as g:
                    g.write("-19")
            except OSError:
                pass
    return f


def tree(pid):
    kids = collections.defaultdict(list)
    for p in os.listdir("/proc"):
        if p.isdigit():
            try:
                kids[int(open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()[1])].append(int(p))
            except OSError:
                pass
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        todo += kids[p]
    return out


ALIVE = []


@atexit.register
def stop_all():
    for s in ALIVE:
        s.stop()


for _sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(_sig, lambda *_: sys.exit(1))


class Server:
    def __init__(self, name, load, port, wrap=(), boost=True):
        self.name, self.load, self.port = name, load, port
        ctx = Ctx(name, load, port)
        r = S.SERVERS[name](ctx)
        self.ok = r is not None
        if not self.ok:
            return
        if isinstance(r, list):
            r = {"argv": r, "env": {}}
        self.log = open(f"{ctx.dir}/out.log", "w")
        t = time.perf_counter()
        self.proc = subprocess.Popen(list(wrap) + r["argv"], cwd=ctx.dir, stdout=self.log, stderr=self.log,
                                     stdin=subprocess.DEVNULL, env={**os.environ, **r.get("env", {})},
                                     start_new_session=True, preexec_fn=boosted(SERVER_CPU, boost))
        ALIVE.append(self)
        self.ready(LOADS[load][2], 180 if not wrap else 400)
        self.load_s = time.perf_counter() - t
        for p in tree(self.proc.pid):
            for tid in os.listdir(f"/proc/{p}/task"):
                try:
                    os.sched_setaffinity(int(tid), {SERVER_CPU})
                except OSError:
                    pass
        time.sleep(0.3)
        self.rss = self.memory()

    def ready(self, name, limit):
        q = b"\x12\x34" + gen.message(name)[2:]
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if "tcp" in self.name and "floor" in self.name else socket.SOCK_DGRAM)
        if s.type == socket.SOCK_STREAM:
            end = time.time() + limit
            while time.time() < end and self.proc.poll() is None:
                try:
                    s.connect(("127.0.0.1", self.port))
                    return
                except OSError:
                    time.sleep(0.01)
        s.settimeout(0.02)
        s.connect(("127.0.0.1", self.port))
        end = time.time() + limit
        while time.time() < end:
            if self.proc.poll() is not None:
                break
            try:
                s.send(q)
                a = s.recv(4096)
                if a[:2] == b"\x12\x34" and a[3] & 15 == 0 and (a[7] > 0 or self.name.startswith("floor")):
                    return
                time.sleep(0.005)
            except OSError:
                time.sleep(0.005)
        self.stop()
        raise RuntimeError(f"{self.name}/{self.load}: not ready; see {self.log.name}")

    def memory(self):
        kb = 0
        for p in tree(self.proc.pid):
            try:
                kb += int(re.search(r"^Pss:\s+(\d+)", open(f"/proc/{p}/smaps_rollup").read(), re.M)[1])
            except (OSError, TypeError):
                pass
        return kb / 1024

    def cpu(self):
        u = s = 0
        for p in tree(self.proc.pid):
            try:
                f = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()
                u, s = u + int(f[11]), s + int(f[12])
            except OSError:
                pass
        return u / HZ, s / HZ

    def stop(self):
        if not self.ok or self.proc.poll() is not None:
            return
        pids = tree(self.proc.pid)
        self.proc.terminate()
        try:
            self.proc.wait(10)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            self.proc.wait()
        for p in pids[1:]:
            try:
                os.kill(p, signal.SIGKILL)
            except OSError:
                pass


def busy():
    v = [int(x) for x in open("/proc/stat").readline().split()[1:]]
    return (sum(v) - v[3] - v[4]) / HZ, v[7] / HZ


def wait_quiet(limit=30, share=0.5):
    """Waits until others use less than `share` of a core, or the limit is over."""
    end = time.time() + limit
    while time.time() < end:
        a, t = busy()[0], time.time()
        time.sleep(0.5)
        if (busy()[0] - a) / (time.time() - t) < share:
            return


def generate(srv, gen_name, secs, rate, tcp, window):
    stem = f"{DATA}/{LOADS[srv.load][1]}"
    socks = (64 if tcp == 1 else 16) if tcp else 4
    window = socks * tcp if tcp else window
    if gen_name == "blast":
        cmd = [BLAST, "--server", f"127.0.0.1:{srv.port}", "--file", stem + ".bin", "--time", str(secs),
               "--window", str(window), "--sockets", str(socks)]
        cmd += ["--rate", str(rate)] if rate else []
        cmd += ["--tcp"] if tcp else []
    else:
        ecs = LOADS[srv.load][1] not in ("plain", "hit", "plain1m", "dnssec")
        cmd = ["dnsperf", "-s", "127.0.0.1", "-p", str(srv.port), "-l", str(secs), "-q", str(window), "-c", str(socks),
               "-O", "suppress=timeouts,unexpected"] + (["-B", "-d", stem + ".bin"] if ecs else ["-e", "-d", stem + ".txt"])
        cmd += ["-D"] if LOADS[srv.load][1] == "dnssec" else []
        cmd += ["-m", "tcp"] if tcp else []
        cmd += ["-Q", str(rate)] if rate else []
    p = subprocess.Popen(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
                         preexec_fn=boosted(CLIENT_CPU))
    out, err = p.communicate(timeout=secs + 60)
    if p.returncode:
        raise RuntimeError(err[-300:])
    if gen_name == "blast":
        return json.loads(out)
    g = lambda pat: float((re.search(pat, out) or [0, 0])[1])
    return {"sent": g(r"Queries sent:\s+(\d+)"), "answered": g(r"Queries completed:\s+(\d+)"), "lost": g(r"Queries lost:\s+(\d+)"),
            "qps": g(r"Queries per second:\s+([\d.]+)"), "avg_us": g(r"Average Latency \(s\):\s+([\d.]+)") * 1e6,
            "avg_bytes": g(r"response (\d+)")}


def one(srv, a):
    b0, st0 = busy()
    u0, s0 = srv.cpu()
    t0 = time.perf_counter()
    r = generate(srv, a.gen, a.secs, a.rate, LOADS[srv.load][3], a.window)
    dt = time.perf_counter() - t0
    u1, s1 = srv.cpu()
    b1, st1 = busy()
    n = max(r["answered"], 1)
    r.update(server=srv.name, load=srv.load, gen=a.gen, rate=a.rate, user_us=(u1 - u0) / n * 1e6, sys_us=(s1 - s0) / n * 1e6,
             cpu_us=(u1 - u0 + s1 - s0) / n * 1e6, util=(u1 - u0 + s1 - s0) / dt, rss=srv.memory(), rss0=srv.rss,
             load_s=srv.load_s, busy=(b1 - b0) / dt, steal=(st1 - st0) / dt)
    return r


def listeners():
    """Targets for PowerDNS's ifportup: 127.0.1.1-4 port 18080."""
    for i in range(1, 5):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((f"127.0.1.{i}", 18080))
        s.listen(64)

        def loop(s=s):
            while True:
                s.accept()[0].close()
        threading.Thread(target=loop, daemon=True).start()


def run(a):
    names = a.servers.split(",") if a.servers else list(S.SERVERS)
    out = open(a.out, "a") if a.out else None
    for load in a.loads.split(","):
        if load.split("-")[0] in ("failover", "multi"):
            try:
                listeners()
            except OSError:
                pass
        up, rows = [], []
        try:
            for i, n in enumerate(names):
                try:
                    s = Server(n, load, BASE_PORT + i)
                except Exception as e:
                    print(f"{n}/{load}: {e}", file=sys.stderr)
                    continue
                if not s.ok:
                    continue
                if a.solo:
                    rounds(a, [s], rows, out)
                    s.stop()
                else:
                    up.append(s)
            if up:
                rounds(a, up, rows, out)
        finally:
            for s in up:
                s.stop()
        show(rows)


def rounds(a, up, rows, out):
    keep = a.secs
    a.secs = 1
    for s in list(up):
        try:
            one(s, a)
        except Exception as e:
            print(f"{s.name}/{s.load}: warm-up: {e}", file=sys.stderr)
            s.stop()
            up.remove(s)
    a.secs = keep
    for r in range(a.rounds):
        for s in up if r % 2 == 0 else reversed(up):
            wait_quiet(a.quiet)
            try:
                x = one(s, a)
            except Exception as e:
                print(f"{s.name}/{s.load}: {e}", file=sys.stderr)
                continue
            x["round"] = r
            rows.append(x)
            if out:
                out.write(json.dumps(x) + "\n")
                out.flush()
            time.sleep(a.pause)


def show(rows, markdown=False):
    groups = collections.defaultdict(list)
    for r in rows:
        groups[(r["load"], r["gen"], r["rate"], r["server"])].append(r)
    floor = {k[:3] + (x["round"],): x["cpu_us"] for k, v in groups.items() for x in v if k[3] in ("floor-mmsg", "floor-tcp")}
    h = f"{'load':12}{'gen':8}{'rate':>7} {'server':14}{'rounds':>6}{'qps':>9}{'cpu_us':>8}{'user':>7}{'sys':>7}{'sys%':>5}{'xfloor':>7}" \
        f"{'spread':>7}{'util':>6}{'lost%':>7}{'bytes':>7}{'p50us':>8}{'p99us':>8}{'rssMB':>8}{'load_s':>8}{'other':>6}"
    print(h)
    for k in sorted(groups, key=lambda k: (k[0], k[1], k[2], statistics.median(x["cpu_us"] for x in groups[k]))):
        v = groups[k]
        m = lambda f: statistics.median(x.get(f, 0) or 0 for x in v)
        c = m("cpu_us")
        sp = (max(x["cpu_us"] for x in v) - min(x["cpu_us"] for x in v)) / c * 100
        ratio = [x["cpu_us"] / floor[k[:3] + (x["round"],)] for x in v if k[:3] + (x["round"],) in floor]  # within a round
        other = statistics.median(max(0, x["busy"] - x["util"] - 1) for x in v)
        lost = sum(x["sent"] - x["answered"] for x in v) / max(1, sum(x["sent"] for x in v)) * 100
        print(f"{k[0]:12}{k[1]:8}{k[2]:>7} {k[3]:14}{len(v):>6}{m('qps'):>9.0f}{c:>8.2f}{m('user_us'):>7.2f}{m('sys_us'):>7.2f}"
              f"{m('sys_us') / c * 100:>5.0f}{(statistics.median(ratio) if ratio else 0):>7.2f}{sp:>6.0f}%{m('util'):>6.2f}{lost:>7.2f}{m('avg_bytes'):>7.0f}"
              f"{m('p50_us') or m('avg_us'):>8.0f}{m('p99_us'):>8.0f}{m('rss0'):>8.1f}{m('load_s'):>8.2f}{other:>6.2f}")
    sys.stdout.flush()


def instr(a):
    """Counts user-space instructions of the server between two dumps, around a known number of queries."""
    names = a.servers.split(",") if a.servers else list(S.SERVERS)
    for load in a.loads.split(","):
        for n in names:
            d = f"{HERE}/run/cg-{n}-{load}"
            shutil.rmtree(d, ignore_errors=True)
            os.makedirs(d)
            wrap = ["valgrind", "--tool=callgrind", "--trace-children=yes", "--instr-atstart=yes", f"--callgrind-out-file={d}/cg.%p",
                    "--dump-instr=no", "--separate-threads=no", "-q"]
            try:
                s = Server(n, load, BASE_PORT + 50, wrap, boost=False)
                if not s.ok:
                    continue
            except Exception as e:
                print(f"{n}/{load}: {e}", file=sys.stderr)
                continue
            try:
                tcp = LOADS[load][3]
                def drive(q):
                    cmd = [BLAST, "--server", f"127.0.0.1:{s.port}", "--file", f"{DATA}/{LOADS[load][1]}.bin", "--time", "120", "--count", str(q),
                           "--window", "128", "--sockets", "4", "--timeout-ms", "4000"] + (["--tcp"] if tcp else [])
                    return json.loads(subprocess.run(cmd, capture_output=True, text=True, preexec_fn=boosted(CLIENT_CPU, False)).stdout)["answered"]
                drive(5000)
                pids = tree(s.proc.pid)
                for p in pids:
                    subprocess.run(["callgrind_control", "-z", str(p)], capture_output=True)
                q = drive(a.count)
                for p in pids:
                    subprocess.run(["callgrind_control", "-d", str(p)], capture_output=True)
                time.sleep(0.5)
                total = 0
                for f in glob.glob(f"{d}/cg.*.1"):
                    m = re.search(r"^totals: (\d+)", open(f, errors="replace").read(), re.M)
                    total += int(m[1]) if m else 0
                print(f"{load:10}{n:14} user instructions per query: {total / max(q, 1):9.0f}   ({q} queries)")
                sys.stdout.flush()
            finally:
                s.stop()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("what", choices=["list", "run", "instr", "table"])
    p.add_argument("loads", nargs="*")
    p.add_argument("--servers")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--secs", type=float, default=3)
    p.add_argument("--gen", default="blast")
    p.add_argument("--rate", type=int, default=0)
    p.add_argument("--window", type=int, default=128)
    p.add_argument("--pause", type=float, default=1.0, help="idle seconds after each run, for others")
    p.add_argument("--quiet", type=float, default=20, help="longest wait for a quiet machine before a run")
    p.add_argument("--solo", action="store_true", help="start, measure and stop one server after the other")
    p.add_argument("--count", type=int, default=20000)
    p.add_argument("--out")
    a = p.parse_args()
    if a.what == "list":
        print("servers:", *S.SERVERS, "\nloads:", *LOADS)
        return
    if a.what == "table":
        show([json.loads(l) for f in a.loads for l in open(f)])
        return
    a.loads = ",".join(a.loads)
    (run if a.what == "run" else instr)(a)


if __name__ == "__main__":
    main()
