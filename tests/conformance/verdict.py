#!/usr/bin/env python3
"""Sorts the deviations of difftest reports into those that an RFC explains and the rest.

  verdict.py BAR REPORT.jsonl:OUTPUT.txt ...     OUTPUT is what difftest printed

Prints the totals as difftest counts them, every explained kind with its RFC and how often it came, and every deviation
that is left. Exits 1 when what is left keeps the must cases below BAR percent. docs/conformance.md tells the kinds.
"""
import collections, json, re, struct, sys


def options(wire):
    """The codes and data of the options in the query's OPT record, as far as they can be read."""
    try:
        at, counts = 12, struct.unpack(">4H", wire[4:12])
        while wire[at]: at += 1 + wire[at]
        at += 5
        for _ in range(sum(counts[1:])):
            while wire[at] and wire[at] < 0xc0: at += 1 + wire[at]
            at += 2 if wire[at] else 1
            rtype, _, _, length = struct.unpack(">HHIH", wire[at:at + 10])
            data, at = wire[at + 10:at + 10 + length], at + 10 + length
            while rtype == 41 and len(data) >= 4:
                code, size = struct.unpack(">HH", data[:4])
                yield code, data[4:4 + size]
                data = data[4 + size:]
    except (IndexError, struct.error):
        pass


def malformed_subnet(wire):
    """Whether the query's OPT holds an EDNS Client Subnet option that RFC 7871 section 6 does not allow."""
    for code, option in options(wire):
        if code != 8: continue
        if len(option) < 4: return True
        family, source, scope = struct.unpack(">HBB", option[:4])
        longest = {0: 0, 1: 32, 2: 128}.get(family)
        if longest is None: continue
        octets, spare = (source + 7) // 8, -source % 8
        if source > longest or scope or len(option) != 4 + octets: return True
        if octets and option[-1] & ((1 << spare) - 1): return True
    return False


def malformed_cookie(wire):
    """Whether the first COOKIE option has a length that RFC 7873 section 4 does not allow."""
    lengths = [len(option) for code, option in options(wire) if code == 10]
    return bool(lengths) and lengths[0] != 8 and not 16 <= lengths[0] <= 40


def records(answer, section):
    return {tuple(record) for record in answer.get(section, [])}


def explanation(case):
    sut, ref, wire = case["sut"], case["ref"], bytes.fromhex(case["wire"])
    cut = lambda answer: "TC" in answer.get("flags", "")
    if sut.get("rcode") == 1 and malformed_subnet(wire):
        return "malformed client subnet is FORMERR (RFC 7871 section 6)"
    if sut.get("rcode") == 1 and malformed_cookie(wire):
        return "malformed cookie is FORMERR (RFC 7873 section 5.2.2); the references' cookies are off"
    if case["cat"] == "axfr" and sut.get("rcode") == 5:
        return "transfer is refused by policy (RFC 5936 section 2.2.1)"
    if len(wire) > 2 and (wire[2] >> 3) & 15 == 4 and sut.get("rcode") == 4:
        return "NOTIFY is not implemented, whatever its question (RFC 1035 section 4.1.1)"
    if not cut(sut) and cut(ref) and records(ref, "an") <= records(sut, "an"):
        return "the whole answer fits where the references cut it (RFC 2181 section 9)"
    referral = lambda answer: "AA" not in answer.get("flags", "") and not answer.get("an")
    if cut(sut) and not cut(ref) and referral(sut) and referral(ref):
        return "referral cut earlier: names are compressed less (RFC 1035 section 4.1.4)"
    return None


def main():
    bar, good, total, kinds, left = float(sys.argv[1]), 0, 0, collections.Counter(), []
    for pair in sys.argv[2:]:
        report, output = pair.split(":")
        counts = re.search(r"^TOTAL +must (\d+)/(\d+)", open(output).read(), re.M)
        if not counts: sys.exit(f"{output}: difftest did not finish")
        good, total = good + int(counts[1]), total + int(counts[2])
        for line in open(report):
            case = json.loads(line)
            if case["kind"] != "must": continue
            kind = explanation(case)
            if kind: kinds[kind] += 1
            else: left.append(case)
    for kind, count in kinds.most_common(): print(f"  {count:6d}  {kind}")
    for case in left:
        show = lambda answer: {key: value for key, value in answer.items() if key in ("ans", "rcode", "flags", "an", "ns")}
        print(f"  unexplained: {case['cat']} {case['q']}: {case['field']}\n    query {case['wire']}")
        print(f"    ours  {str(show(case['sut']))[:600]}\n    theirs {str(show(case['ref']))[:600]}")
    judged = total - sum(kinds.values())
    percent = 100 * good / judged
    print(f"  must {good}/{total} ({100 * good / total:.2f} %); without the explained ones {good}/{judged} ({percent:.3f} %)")
    sys.exit(percent < bar)


main()
