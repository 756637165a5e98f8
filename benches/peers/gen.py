#!/usr/bin/env python3
"""Writes everything the servers and the load generators read, below data/. Deterministic.

  zones     plain (10,000 A names), plain1m (1,000,000), signed (plain, presigned with ECDSA P-256)
  mmdb      a synthetic GeoIP2-City database (about 230,000 networks)
  queries   *.txt for dnsperf, *.bin (u16 length + message) for blast and `dnsperf -B`
"""
import ipaddress, os, random, struct, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
ZONE = "bench.test"
POLICY_NAMES = 1000
TREES = 200
ZONES = 100_000
# region -> (continents or countries it serves, latitude, longitude)
REGIONS = {
    "use": ("NA", 38.9, -77.4), "usw": ("NA", 45.8, -119.7), "sae": ("SA", -23.5, -46.6),
    "euw": ("EU", 53.3, -6.2), "euc": ("EU", 50.1, 8.7), "afs": ("AF", -33.9, 18.4),
    "apn": ("AS", 35.7, 139.7), "aps": ("OC", -33.9, 151.2),
}
COUNTRIES = {  # iso -> (continent, latitude, longitude)
    "US": ("NA", 39, -98), "CA": ("NA", 56, -106), "MX": ("NA", 23, -102), "BR": ("SA", -10, -55),
    "AR": ("SA", -34, -64), "GB": ("EU", 54, -2), "DE": ("EU", 51, 10), "FR": ("EU", 46, 2),
    "PL": ("EU", 52, 20), "ES": ("EU", 40, -4), "ZA": ("AF", -29, 24), "NG": ("AF", 9, 8),
    "EG": ("AF", 27, 30), "JP": ("AS", 36, 138), "IN": ("AS", 21, 78), "CN": ("AS", 35, 105),
    "KR": ("AS", 36, 128), "AU": ("OC", -25, 133), "NZ": ("OC", -41, 174), "SG": ("AS", 1, 104),
}


def host(i):
    return f"host-{i:07d}"


def head():
    return (f"$ORIGIN {ZONE}.\n$TTL 300\n"
            f"@ 3600 IN SOA ns1.{ZONE}. hostmaster.{ZONE}. 1 3600 600 86400 60\n"
            f"@ 3600 IN NS ns1.{ZONE}.\n@ 3600 IN NS ns2.{ZONE}.\n"
            "ns1 3600 IN A 192.0.2.1\nns2 3600 IN A 192.0.2.2\n")


def write_zone(path, n):
    with open(path, "w") as f:
        f.write(head())
        for i in range(n):
            f.write(f"{host(i)} 300 IN A {ipaddress.IPv4Address(0x0a000000 + i)}\n")


def message(name, qtype=1, edns=True, do=False, ecs=None):
    q = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0"
    m = struct.pack(">HHHHHH", 0, 0, 1, 0, 0, 1 if edns else 0) + q + struct.pack(">HH", qtype, 1)
    if edns:
        opt = b""
        if ecs is not None:
            net = struct.pack(">HBB", 1, 24, 0) + struct.pack(">I", ecs)[:3]
            opt = struct.pack(">HH", 8, len(net)) + net
        m += b"\0" + struct.pack(">HHIH", 41, 1232, 0x8000 if do else 0, len(opt)) + opt
    return m


def write_queries(stem, names, do=False, ecs=None):
    with open(stem + ".bin", "wb") as b, open(stem + ".txt", "w") as t:
        for n in names:
            m = message(n, do=do, ecs=ecs() if ecs else None)
            b.write(struct.pack(">H", len(m)) + m)
            t.write(f"{n} A\n")


def plain_names(rng, zone_size, n=100_000, nx=0.10):
    for _ in range(n):
        h = host(rng.randrange(zone_size))
        yield f"{h}-nx.{ZONE}" if rng.random() < nx else f"{h}.{ZONE}"


def sign(src, dst):
    keys = os.path.join(DATA, "keys")
    os.makedirs(keys, exist_ok=True)
    key = subprocess.run(["dnssec-keygen", "-q", "-K", keys, "-a", "ECDSAP256SHA256", "-f", "KSK", ZONE],
                         check=True, capture_output=True, text=True).stdout.strip()
    with open(os.path.join(keys, "name"), "w") as f:
        f.write(key)
    tmp = os.path.join(DATA, "unsigned.zone")
    with open(tmp, "w") as f, open(src) as s, open(os.path.join(keys, key + ".key")) as k:
        f.write(s.read() + k.read())
    subprocess.run(["dnssec-signzone", "-z", "-d", keys, "-o", ZONE, "-e", "+7776000", "-K", keys, "-f", dst, tmp,
                    os.path.join(keys, key)], check=True, capture_output=True)
    os.unlink(tmp)
    # one private key in PKCS#8 for servers that sign with it themselves
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-out", os.path.join(keys, "p256.pem")], check=True, capture_output=True)
    subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-in", os.path.join(keys, "p256.pem"),
                    "-outform", "DER", "-out", os.path.join(keys, "p256.der")], check=True, capture_output=True)


def write_mmdb(path, rng):
    import netaddr
    from mmdb_writer import MMDBWriter
    w = MMDBWriter(ip_version=4, database_type="GeoIP2-City", languages=["en"], description="synthetic")
    a, end, n = 1 << 24, 224 << 24, 0
    while a < end:
        bits = rng.randint(12, 22)
        while a & ((1 << (32 - bits)) - 1):
            bits += 1
        iso = rng.choice(list(COUNTRIES))
        cont, lat, lon = COUNTRIES[iso]
        w.insert_network(netaddr.IPSet([f"{ipaddress.IPv4Address(a)}/{bits}"]), {
            "continent": {"code": cont}, "country": {"iso_code": iso, "names": {"en": iso}},
            "location": {"latitude": round(lat + rng.uniform(-5, 5), 1),
                         "longitude": round(lon + rng.uniform(-5, 5), 1)}})
        a += 1 << (32 - bits)
        n += 1
    w.to_db_file(path)
    return n


def write_many_zones(folder):
    """100,000 zones of ten records, a file each."""
    if os.path.exists(folder):
        return
    os.makedirs(folder)
    for at in range(ZONES):
        records = "".join(f"{n} A 192.0.2.{i}\n" for i, n in enumerate(["www", "mail", "api", "a", "b", "c", "d"]))
        with open(f"{folder}/zone-{at}.test.zone", "w") as f:
            f.write(f"$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.53\n{records}")


def main():
    os.makedirs(DATA, exist_ok=True)
    rng = random.Random(53)
    write_zone(f"{DATA}/plain.zone", 10_000)
    write_zone(f"{DATA}/plain1m.zone", 1_000_000)
    write_queries(f"{DATA}/plain", plain_names(rng, 10_000))
    write_queries(f"{DATA}/hit", plain_names(random.Random(55), 10_000, nx=0))
    write_queries(f"{DATA}/plain1m", plain_names(rng, 1_000_000, 1_000_000))
    write_queries(f"{DATA}/dnssec", plain_names(rng, 10_000), do=True)
    sign(f"{DATA}/plain.zone", f"{DATA}/signed.zone")
    ecs = lambda: rng.randrange(1 << 16, 224 << 16) << 8
    kinds = ["geo", "closest", "weighted", "failover", "multi"]
    for k in kinds:
        write_queries(f"{DATA}/{k}", (f"{k}-{rng.randrange(POLICY_NAMES)}.{ZONE}" for _ in range(100_000)), ecs=ecs)
        write_queries(f"{DATA}/{k}-do", (f"{k}-{rng.randrange(POLICY_NAMES)}.{ZONE}" for _ in range(100_000)),
                      do=True, ecs=ecs)
    write_queries(f"{DATA}/tree", (f"tree-{rng.randrange(TREES)}.{ZONE}" for _ in range(100_000)), ecs=ecs)
    write_queries(f"{DATA}/zones", (f"www.zone-{rng.randrange(ZONES)}.test" for _ in range(200_000)))
    write_many_zones(f"{DATA}/zones")
    if not os.path.exists(f"{DATA}/city.mmdb") or "--mmdb" in sys.argv:
        print("mmdb networks:", write_mmdb(f"{DATA}/city.mmdb", random.Random(54)))


if __name__ == "__main__":
    main()
