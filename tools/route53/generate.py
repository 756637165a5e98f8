#!/usr/bin/env python3
"""Writes src/route53/{types,shapes,operations}.rs from model.json, the Route 53 model of the version named in it.

    tools/route53/generate.py                            write the files anew
    tools/route53/generate.py --check                    fail if that would change one (tests/route53_model.rs)
    tools/route53/generate.py --model SERVICE-2.JSON.GZ  first take model.json from botocore's file, documentation left out

Standard library only. The output is committed, so that building needs neither this nor Python.
"""

import gzip
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODEL = HERE / "model.json"
OUT = HERE.parent.parent / "src" / "route53"
HEAD = "//! {}\n//!\n//! Written by `tools/route53/generate.py` from the model; change that, not this.\n\n"

# What the front of the service says besides what an operation may, and its status.
COMMON = {
    "AccessDenied": 403,
    "IncompleteSignature": 403,
    "InternalFailure": 500,
    "InvalidAction": 404,
    "InvalidClientTokenId": 403,
    "MethodNotAllowed": 405,
    "MissingAuthenticationToken": 403,
    "RequestEntityTooLarge": 413,
    "RequestExpired": 400,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "Throttling": 400,
}
# Patterns, and the form in src/route53/shape.rs that judges by them.
FORMS = {
    r".*\S.*": "NotBlank",
    r"[0-9A-Za-z_\-]+": "Word",
    r"[0-9A-Za-z_\-\*]+": "WordOrStar",
    r"\p{ASCII}+": "Ascii",
    r"[-+]?[0-9]{1,2}(\.[0-9]{0,2})?": "Latitude",
    r"[-+]?[0-9]{1,3}(\.[0-9]{0,2})?": "Longitude",
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}": "Uuid",
}
RESERVED = {"type", "match", "move", "ref", "use", "where", "in", "loop"}


def strip(source):
    """The model without what is not read here."""
    full = json.load(gzip.open(source))
    kept = {"metadata": {"apiVersion": full["metadata"]["apiVersion"]}, "operations": {}, "shapes": {}}
    for name, operation in sorted(full["operations"].items()):
        entry = {"http": operation["http"], "input": operation["input"]["shape"], "output": operation["output"]["shape"]}
        if "locationName" in operation["input"]:
            entry["root"] = operation["input"]["locationName"]
        kept["operations"][name] = entry

    def bare(value):
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in ("documentation", "idempotencyToken")}
        return value

    for name, shape in sorted(full["shapes"].items()):
        shape = dict(shape)
        if "members" in shape:
            shape["members"] = {k: bare(v) for k, v in shape["members"].items()}
        shape.pop("documentation", None)
        kept["shapes"][name] = shape
    return kept


def dump(model):
    """JSON with one shape a line, so that a difference can be read."""
    lines = ["{", '"metadata": %s,' % json.dumps(model["metadata"])]
    for part in ("operations", "shapes"):
        entries = ["%s: %s" % (json.dumps(k), json.dumps(v)) for k, v in model[part].items()]
        lines.append('"%s": {\n%s\n}%s' % (part, ",\n".join(entries), "," if part == "operations" else ""))
    return "\n".join(lines + ["}"]) + "\n"


def words(name):
    name = name.replace("VPCs", "Vpcs")
    return re.findall(r"EDNS0|DNSKEY|DNSSEC|[A-Z]+(?=[A-Z][a-z])|[A-Z][a-z0-9]+|[A-Z]+|[a-z0-9]+", name)


def snake(name):
    return "_".join(word.lower() for word in words(name))


def pascal(snaked):
    return "".join(word.capitalize() for word in snaked.split("_"))


def field(name):
    snaked = snake(name)
    return "r#" + snaked if snaked in RESERVED else snaked


def quoted(text):
    return json.dumps(text)


class Generator:
    def __init__(self, model):
        self.shapes = model["shapes"]
        self.operations = model["operations"]
        roots = [op[side] for op in self.operations.values() for side in ("input", "output")]
        # What errors carry besides words.
        roots.append("ProtectionErrors")
        self.used = set()
        while roots:
            name = roots.pop()
            if name in self.used:
                continue
            self.used.add(name)
            shape = self.shapes[name]
            roots += [member["shape"] for member in shape.get("members", {}).values()]
            if shape["type"] == "list":
                roots.append(shape["member"]["shape"])
        self.structures = sorted(n for n in self.used if self.shapes[n]["type"] == "structure")

    def rust(self, name):
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "structure":
            return name
        if kind == "list":
            return "Vec<%s>" % self.rust(shape["member"]["shape"])
        return {"string": "String", "timestamp": "String", "integer": "i64", "long": "i64", "double": "f64", "boolean": "bool"}[kind]

    def types(self):
        out = [HEAD.format("The structures of the model, as the AWS CLI writes them in JSON.")]
        out.append("use serde::{Deserialize, Serialize};\n")
        for name in self.structures:
            shape = self.shapes[name]
            out.append("\n#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]\n")
            out.append('#[serde(rename_all = "PascalCase")]\n')
            members = shape["members"]
            if not members:
                out.append("pub struct %s {}\n" % name)
                continue
            out.append("pub struct %s {\n" % name)
            for member, what in members.items():
                kind = self.rust(what["shape"])
                attributes = []
                if pascal(snake(member)) != member:
                    attributes.append("rename = %s" % quoted(member))
                if member not in shape.get("required", []):
                    kind = "Option<%s>" % kind
                    attributes.append('skip_serializing_if = "Option::is_none"')
                if attributes:
                    out.append("    #[serde(%s)]\n" % ", ".join(attributes))
                out.append("    pub %s: %s,\n" % (field(member), kind))
            out.append("}\n")
        return "".join(out)

    def static(self, name):
        shape = self.shapes[name]
        kind = shape["type"]
        shout = snake(name).upper()
        low, high = shape.get("min"), shape.get("max")
        bound = lambda value: "None" if value is None else "Some(%d)" % value
        if kind == "structure":
            lines = []
            for member, what in shape["members"].items():
                place = {
                    None: "Place::Body",
                    "uri": "Place::Path(%s)" % quoted(what.get("locationName")),
                    "querystring": "Place::Query(%s)" % quoted(what.get("locationName")),
                    "header": "Place::Header(%s)" % quoted(what.get("locationName")),
                }[what.get("location")]
                assert what.get("location") or "locationName" not in what, (name, member)
                required = "true" if member in shape.get("required", []) else "false"
                lines.append(
                    "        Member { name: %s, shape: &%s, required: %s, place: %s },\n"
                    % (quoted(member), snake(what["shape"]).upper(), required, place)
                )
            return "pub(super) static %s: Shape = Shape::Structure(&[\n%s]);\n" % (shout, "".join(lines).replace("        ", "    "))
        if kind == "list":
            item = shape["member"]
            return "pub(super) static %s: Shape = Shape::List { item: &%s, element: %s, min: %d, max: %s };\n" % (
                shout,
                snake(item["shape"]).upper(),
                quoted(item.get("locationName", "member")),
                low or 0,
                bound(high),
            )
        if kind == "string":
            if "enum" in shape:
                return "pub(super) static %s: Shape = Shape::OneOf(&[%s]);\n" % (shout, ", ".join(map(quoted, shape["enum"])))
            if name == "ResourceId":
                return "pub(super) static %s: Shape = Shape::Id { max: %d };\n" % (shout, high)
            form = "Any"
            if name == "IPAddress":
                form = "Address"
            elif "pattern" in shape:
                form = FORMS[shape["pattern"]]
            return "pub(super) static %s: Shape = Shape::Text { min: %d, max: %s, form: Form::%s };\n" % (shout, low or 0, bound(high), form)
        if kind in ("integer", "long"):
            return "pub(super) static %s: Shape = Shape::Whole { min: %s, max: %s };\n" % (shout, bound(low), bound(high))
        return "pub(super) static %s: Shape = Shape::%s;\n" % (shout, {"double": "Real", "boolean": "Truth", "timestamp": "Moment"}[kind])

    def tables(self):
        out = [HEAD.format("What the model says of every shape: members, their order and places, bounds, words.")]
        out.append("use super::shape::{Form, Member, Place, Shape};\n\n")
        out += [self.static(name) for name in sorted(self.used)]
        return "".join(out)

    def routes(self):
        out = [HEAD.format("The operations: their names, routes and shapes, and the codes of errors.")]
        out.append("use super::operation::{Input, Method, Route};\nuse super::{shapes, types};\n\n")
        names = list(self.operations)
        out.append("/// Every operation of the API.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\npub enum Operation {\n")
        out += ["    %s,\n" % name for name in names]
        out.append("}\n\nimpl Operation {\n    /// All of them, by name.\n    pub const ALL: [Self; %d] = [\n" % len(names))
        out += ["        Self::%s,\n" % name for name in names]
        out.append("    ];\n\n    /// How it is asked for and what it takes and gives.\n    pub fn route(self) -> &'static Route {\n        match self {\n")
        out += ["            Self::%s => &%s,\n" % (name, snake(name).upper()) for name in names]
        out.append("        }\n    }\n}\n")
        for name, operation in self.operations.items():
            http = operation["http"]
            uri = http["requestUri"]
            prefix = "/2013-04-01/"
            assert uri.startswith(prefix), uri
            root = "Some(%s)" % quoted(operation["root"]) if "root" in operation else "None"
            out.append(
                "\nstatic %s: Route = Route {\n    name: %s,\n    method: Method::%s,\n    path: %s,\n    status: %d,\n    root: %s,\n"
                "    input: &shapes::%s,\n    output: &shapes::%s,\n    answer: %s,\n};\n"
                % (
                    snake(name).upper(),
                    quoted(name),
                    http["method"].capitalize(),
                    quoted(uri[len(prefix):].rstrip("/")),
                    http.get("responseCode", 200),
                    root,
                    snake(operation["input"]).upper(),
                    snake(operation["output"]).upper(),
                    quoted(operation["output"]),
                )
            )
            out.append(
                "impl Input for types::%s {\n    const OPERATION: Operation = Operation::%s;\n    type Output = types::%s;\n}\n"
                % (operation["input"], name, operation["output"])
            )
        codes = dict(COMMON)
        for name, shape in self.shapes.items():
            if shape.get("exception"):
                codes[name] = shape.get("error", {}).get("httpStatusCode", 400)
        out.append("\n/// Every code an error may have.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\npub enum Code {\n")
        out += ["    %s,\n" % name for name in sorted(codes)]
        out.append("}\n\nimpl Code {\n    /// The code as it is written, and its HTTP status.\n    pub(super) const fn row(self) -> (&'static str, u16) {\n        match self {\n")
        out += ["            Self::%s => (%s, %d),\n" % (name, quoted(name), codes[name]) for name in sorted(codes)]
        out.append("        }\n    }\n}\n")
        return "".join(out)


def main(arguments):
    if arguments[:1] == ["--model"]:
        MODEL.write_text(dump(strip(arguments[1])))
    elif arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    generator = Generator(json.loads(MODEL.read_text()))
    stale = []
    for name, text in (("types", generator.types()), ("shapes", generator.tables()), ("operations", generator.routes())):
        path = OUT / (name + ".rs")
        if arguments == ["--check"]:
            if not path.exists() or path.read_text() != text:
                stale.append(path.name)
        else:
            path.write_text(text)
    if stale:
        sys.exit("not what the model says: %s; run tools/route53/generate.py" % ", ".join(stale))


main(sys.argv[1:])
