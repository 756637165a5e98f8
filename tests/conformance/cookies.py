#!/usr/bin/env python3
"""Whether Waymark, Knot and BIND take each other's DNS cookies (RFC 9018 §1: that is what one algorithm is for).

  cookies.py WAYMARK    path of the binary; knotd and named come from PATH, and what is not there is left out

All servers are given one secret. Each makes a cookie for 127.0.0.1, and every other must take it, not answer BADCOOKIE
to it; a server with another secret must refuse it. Prints a line for each pair and fails if one is wrong.
"""
import os, shutil, signal, socket, struct, subprocess, sys, tempfile, time

SECRET, OTHER = "e5e973e5a6b2a43f48e7dc849e37bfcf", "445536bcd2513298075a5d379663c962"
CLIENT = b"a client"
ZONE = "$TTL 60\n@ SOA ns1 hostmaster 1 7200 900 1209600 60\n@ NS ns1\nns1 A 192.0.2.1\nwww A 192.0.2.2\n"


def port():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    return s.getsockname()[1]


def ask(at, cookie):
    """The response code and the cookie of the reply over UDP."""
    option = struct.pack(">HH", 10, len(cookie)) + cookie
    packet = struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 1) + b"\x03www\x01c\x04test\0" + struct.pack(">HH", 1, 1)
    packet += b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(option)) + option
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(2)
    s.sendto(packet, ("127.0.0.1", at))
    reply = s.recv(4096)
    where = reply.find(struct.pack(">HH", 10, 24) + cookie[:8])
    opt = reply.find(b"\0\0\x29")
    return reply[3] & 15 | reply[opt + 5] << 4, reply[where + 4:where + 28] if where > 0 else b""


def until_answering(at):
    for _ in range(100):
        try:
            return ask(at, CLIENT)
        except OSError:
            time.sleep(0.1)
    sys.exit(f"nothing answers on port {at}")


def knot(folder, at, secret):
    with open(f"{folder}/knot.conf", "w") as f:
        f.write(f"server:\n  listen: 127.0.0.1@{at}\n  rundir: {folder}\n  user: root\ndatabase:\n  storage: {folder}\n"
                f"mod-cookies:\n  - id: c\n    secret: 0x{secret}\n    badcookie-slip: 1\n"
                f"template:\n  - id: default\n    storage: {folder}\n    global-module: mod-cookies/c\n"
                f"zone:\n  - domain: c.test.\n    file: zone\n")
    return ["knotd", "-c", f"{folder}/knot.conf"]


def bind(folder, at, secret):
    with open(f"{folder}/named.conf", "w") as f:
        f.write(f'options {{ directory "{folder}"; listen-on port {at} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; '
                f'recursion no; cookie-algorithm siphash24; cookie-secret "{secret}"; require-server-cookie yes; '
                f'pid-file none; session-keyfile "{folder}/s.key"; }}; controls {{ }};\n'
                f'zone "c.test" {{ type primary; file "{folder}/zone"; }};\n')
    return ["named", "-f", "-c", f"{folder}/named.conf"]


def waymark(folder, at, secret):
    os.makedirs(f"{folder}/zones")
    shutil.copy(f"{folder}/zone", f"{folder}/zones/c.test.zone")
    with open(f"{folder}/waymark.toml", "w") as f:
        f.write(f'listen = "127.0.0.1:{at}"\nhttp = "off"\n[cookies]\nsecret = "{secret}"\nrequire = true\n')
    return [WAYMARK, "serve", "--config", f"{folder}/waymark.toml"]


WAYMARK = os.path.abspath(sys.argv[1])
makers = {"waymark": waymark, "knot": knot, "bind": bind}
programs = {"waymark": WAYMARK, "knot": "knotd", "bind": "named"}
servers, running = {}, []
root = tempfile.mkdtemp()
try:
    for name, make in makers.items():
        if not shutil.which(programs[name]):
            print(f"{name}: not installed, left out")
            continue
        for label, secret in ((name, SECRET), (f"{name} with another secret", OTHER)):
            folder, at = tempfile.mkdtemp(dir=root), port()
            with open(f"{folder}/zone", "w") as f:
                f.write(ZONE)
            quiet = open(f"{folder}/log", "w")
            running.append(subprocess.Popen(make(folder, at, secret), stdout=quiet, stderr=quiet, cwd=folder))
            servers[label] = at
            rcode, cookie = until_answering(at)
            if (rcode, len(cookie)) != (23, 24):
                sys.exit(f"{label}: rcode {rcode} and {len(cookie)} octets to a client cookie, not BADCOOKIE and 24")
    wrong = 0
    for maker, at in servers.items():
        if "another" in maker:
            continue
        _, cookie = ask(at, CLIENT)
        for taker, there in servers.items():
            rcode, _ = ask(there, cookie)
            expected = 23 if "another" in taker else 0
            wrong += rcode != expected
            print(f"made by {maker:8} shown to {taker:28} {'BADCOOKIE' if rcode == 23 else rcode:>9}  "
                  f"{'as it should' if rcode == expected else 'WRONG'}")
    print("wrong:", wrong)
    sys.exit(bool(wrong))
finally:
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        process.wait()
    shutil.rmtree(root, ignore_errors=True)
