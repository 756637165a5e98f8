"""The bars of the API, beside moto in the same run: bars.py [--quick] [BAR…].

Bars: single, visible, batch, zones, sets, load. Each starts servers with an empty state. What moto can do is asked of moto by the
same client; its figure stands beside Waymark's. WAYMARK names the program (target/release/waymark), BARS_STATE the directory whose
disk is written to (target/clients)."""

import argparse
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

from client import Asker, Client, address

ROOT = pathlib.Path(__file__).resolve().parents[3]
INSTALLED = ROOT / "target/clients"
PROGRAM = os.environ.get("WAYMARK", ROOT / "target/release/waymark")
# Without quotas: a bar asks for more zones, and more record sets in one, than Route 53 gives an account unasked.
CONFIG = """zones = "zones"
state = "state"
listen = ["127.0.0.1:{dns}"]
http = "127.0.0.1:{http}"
[api]
listen = "127.0.0.1:{api}"
[api.limit]
hosted_zones = 1000000
record_sets = 1000000
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    """Waymark or moto, ended on leaving."""

    def __init__(self, kind):
        self.kind = kind

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="bars.", dir=os.environ.get("BARS_STATE", INSTALLED)))
        self.dns, self.api = free_port(), free_port()
        if self.kind == "moto":
            command = [INSTALLED / "moto/bin/moto_server", "-H", "127.0.0.1", "-p", str(self.api)]
        else:
            (self.dir / "zones").mkdir()
            (self.dir / "waymark.toml").write_text(CONFIG.format(dns=self.dns, api=self.api, http=free_port()))
            command = [PROGRAM, "serve", "--config", self.dir / "waymark.toml"]
        self.log = open(self.dir / "log", "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(400):
            if self.is_ready():
                break
            assert self.process.poll() is None, (self.dir / "log").read_text()
            time.sleep(0.05)
        self.client = Client(self.api, self.dir / "state/credentials" if self.kind == "waymark" else None)
        return self

    def cpu(self):
        """Seconds of processor it has used, which other programs on the machine change less than they change the clock."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def is_ready(self):
        if self.kind == "waymark":
            return "\nRoute 53 API on" in (self.dir / "log").read_text()
        try:
            socket.create_connection(("127.0.0.1", self.api)).close()
            return True
        except OSError:
            return False

    def __exit__(self, kind, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        if kind is None:
            shutil.rmtree(self.dir)


def timed(call, *arguments):
    began = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - began


def singles(client, zone, name, count):
    """Seconds of each of so many changes of one record, one after the other."""
    return [timed(client.change, zone, "UPSERT", [(f"one.{name}", address(number))]) for number in range(count)]


def told(times):
    ordered = sorted(times)
    return f"{len(times) / sum(times):8.0f}/s   median {statistics.median(times) * 1e3:7.2f} ms   99 % {ordered[int(len(ordered) * .99)] * 1e3:7.2f} ms   most {ordered[-1] * 1e3:7.2f} ms"


def single(quick):
    """200 sequential changes a second with 10,000 record sets in the zone."""
    rates = {}
    for kind, count in [("waymark", 200 if quick else 2000), ("moto", 50 if quick else 200)]:
        with Server(kind) as server:
            zone = server.client.create_zone("single.example")
            server.client.fill(zone, "single.example", 9_998)
            times = singles(server.client, zone, "single.example", count)
            rates[kind] = len(times) / sum(times)
            print(f"single   {kind:8} {told(times)}")
    print(f"single   ratio    {rates['waymark'] / rates['moto']:8.2f} times moto's rate; bar: 200/s: {'met' if rates['waymark'] >= 200 else 'MISSED'}")


def visible(quick):
    """From the acknowledgement of a change until an answer holds it: at most 20 ms."""
    with Server("waymark") as server:
        zone = server.client.create_zone("visible.example")
        server.client.fill(zone, "visible.example", 9_998)
        asker, times, first = Asker(server.dns), [], 0
        for number in range(100 if quick else 1000):
            server.client.change(zone, "UPSERT", [("one.visible.example", address(number))])
            began, tries = time.perf_counter(), 1
            while asker.ask("one.visible.example") != address(number):
                tries += 1
            times.append(time.perf_counter() - began)
            first += tries == 1
        print(f"visible  waymark  {told(times)}   by the first question {first} of {len(times)}; bar: 20 ms: {'met' if max(times) <= .02 else 'MISSED'}")


def batch(quick):
    """A batch of 1000 records within a second, in a zone of 10,000."""
    most = {}
    for kind in ["waymark", "moto"]:
        with Server(kind) as server:
            zone = server.client.create_zone("batch.example")
            server.client.fill(zone, "batch.example", 9_998)
            times = []
            for number in range(2 if quick else 5):
                records = [(f"b{number}-{host}.batch.example", address(host)) for host in range(1000)]
                times += [timed(server.client.change, zone, "CREATE", records), timed(server.client.change, zone, "DELETE", records)]
            most[kind] = max(times)
            print(f"batch    {kind:8} of 1000: median {statistics.median(times) * 1e3:7.1f} ms   most {most[kind] * 1e3:7.1f} ms")
    print(f"batch    ratio    moto takes {most['moto'] / most['waymark']:.1f} times as long; bar: 1000 ms: {'met' if most['waymark'] <= 1 else 'MISSED'}")


def grows(what, label, sizes, make, quick):
    """What one change costs at each size, and how much more at the largest than at the smallest."""
    medians, costs = [], []
    for size in sizes:
        with Server("waymark") as server:
            began = time.perf_counter()
            zone, name = make(server.client, size)
            made = time.perf_counter() - began
            singles(server.client, zone, name, 50)
            before = server.cpu()
            times = singles(server.client, zone, name, 200 if quick else 2000)
            costs.append((server.cpu() - before) / len(times))
            medians.append(statistics.median(times))
            print(f"{what:8} {size:7} {label:12} {told(times)}   processor {costs[-1] * 1e3:.2f} ms   (made in {made:.1f} s)")
    ratios = f"{medians[-1] / medians[0]:.2f} times the median and {costs[-1] / costs[0]:.2f} times the processor time"
    print(f"{what:8} ratio    {sizes[-1]} take {ratios} of {sizes[0]}")


def zones(quick):
    """One change among 1, 100 and 10,000 zones."""

    def make(client, count):
        made = [client.create_zone(f"z{number}.example") for number in range(count)]
        client.fill(made[count // 2], f"z{count // 2}.example", 100)
        return made[count // 2], f"z{count // 2}.example"

    grows("zones", "zones", [1, 100, 1000 if quick else 10_000], make, quick)


def sets(quick):
    """One change in a zone of 100 and of 100,000 record sets."""

    def make(client, count):
        zone = client.create_zone("sets.example")
        client.fill(zone, "sets.example", count)
        return zone, "sets.example"

    grows("sets", "record sets", [100, 10_000, 20_000 if quick else 100_000], make, quick)


def load(quick):
    """dnsperf as fast as it goes while changes stream in: nothing is lost."""
    seconds = 5 if quick else 20
    with Server("waymark") as server:
        zone = server.client.create_zone("load.example")
        server.client.fill(zone, "load.example", 9_998)
        questions = server.dir / "questions"
        questions.write_text("".join(f"h{number}.load.example A\n" for number in range(0, 9_998, 7)) + "one.load.example A\n")
        server.client.change(zone, "UPSERT", [("one.load.example", address(0))])
        for streaming in [False, True]:
            done, ended = [], threading.Event()

            def stream():
                number = 0
                while not ended.is_set():
                    number += 1
                    server.client.change(zone, "UPSERT", [("one.load.example", address(number))])
                    done.append(number)

            streamer = threading.Thread(target=stream)
            if streaming:
                streamer.start()
            command = ["dnsperf", "-s", "127.0.0.1", "-p", str(server.dns), "-d", questions, "-l", str(seconds), "-c", "8", "-q", "100"]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            ended.set()
            if streaming:
                streamer.join()
            sent, lost = (int(re.search(rf"Queries {what}: +(\d+)", said).group(1)) for what in ("sent", "lost"))
            codes = re.search(r"Response codes: +(.*)", said).group(1)
            rate = re.search(r"Queries per second: +([\d.]+)", said).group(1)
            print(f"load     waymark  {len(done) / seconds:6.0f} changes/s, {float(rate):9.0f} questions/s, {sent} sent, {lost} lost, {codes}{': met' if not lost else ': MISSED'}")


BARS = {bar.__name__: bar for bar in (single, visible, batch, zones, sets, load)}
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--quick", action="store_true", help="a tenth of everything")
parser.add_argument("bar", nargs="*", help=", ".join(BARS))
chosen = parser.parse_args()
for name in chosen.bar or BARS:
    BARS[name](chosen.quick)
