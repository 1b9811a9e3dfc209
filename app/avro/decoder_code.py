"""The source of a generated decoder: one function with nested records in line.

`d` are the bytes, `t` the same as text of a character a byte (a slice of it is already the text,
where it is ASCII), `p` the place in both. A slice beyond the end is only short; but then `p` is
beyond the end, and is so when it is compared with it at last.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from app.avro.fields import branches
from app.avro.generated import Code, Lines, SchemaNotSupported, indented
from app.avro.names import Schema, full_name

_CLASSES: dict[str, tuple[Any, ...]] = {
    "string": (str,),
    "bytes": (bytes, bytearray),
    "int": (int,),
    "long": (int,),
    "float": (float,),
    "double": (float,),
    "boolean": (bool,),
    "enum": (str,),
    "array": (list,),
    "map": (dict,),
}


def decoder_code(schema: Schema, cls: type, skip: int, names: dict[str, Any]) -> str:
    """The source of `decode`, which uses `names` and what is added to it. Of the schema only
    names (which are identifiers) get into it.
    """
    code = _Code(names, schema)
    lines = code.record(schema, cls, "o", "", schema["name"])
    start = [f"p = {skip}", "t = d.decode('latin-1')", "end = len(d)", "d += PAD"]
    for seen in code.seen.values():
        start += [f"{seen} = []", f"{seen}_next = 0"]
    end = ["if p != end: bad('it does not end where they do')", "return o"]
    source = ["def decode(d, SIZES=SIZES, SMALL=SMALL):", " try:"]
    source += indented(indented([*start, *lines, *end]))
    source += [" except errors as error:", f"  raise failed({schema['name']!r}, error)"]
    return "\n".join(source)


class _Code(Code):
    def __init__(self, names: dict[str, Any], schema: Schema) -> None:
        super().__init__(names)
        self.seen: dict[str, str] = {}
        self._again = set(_references(schema))

    def record(self, schema: Schema, cls: Any, to: str, namespace: str, path: str) -> Lines:
        """Lines that read a record and assign it to the variable `to`."""
        known = len(self.named)
        name = self.name(schema, namespace)
        first = len(self.named) > known
        if not (isinstance(cls, type) and issubclass(cls, msgspec.Struct)):
            raise SchemaNotSupported(f"{path}: {cls} holds no record")
        hints = get_type_hints(cls)
        lines: Lines = []
        given: list[str] = []
        for field in schema["fields"]:
            attribute: str = field["name"]
            at = f"{path}.{attribute}"
            if attribute not in hints:
                raise SchemaNotSupported(f"{at}: {cls.__name__} has no field of this name")
            value = self.variable("v")
            inner = name.rpartition(".")[0]
            lines += self._value(field["type"], hints[attribute], value, inner, at)
            given.append(f"{attribute}={value}")
        class_ = self.variable("class")
        self.names[class_] = cls
        made = f"{to} = {class_}({', '.join(given)})"
        if schema.get("hookline") != "kept":
            return [*lines, made]
        start = self.variable("s")
        lines = [f"{start} = p", *lines, made, f"{to}.encoded = t[{start}:p]"]
        if name not in self._again:
            return lines
        if first:
            self.seen[name] = self.variable("seen")
            return [*lines, f"{self.seen[name]}.append({to})"]
        return _once(self.seen[name], lines, to, many="[]" in path)

    def _value(self, kind: Any, hint: Any, to: str, namespace: str, path: str) -> Lines:
        if not isinstance(kind, list):
            return self._single(self.resolve(kind, namespace), hint, to, namespace, path)
        null, other, schema = self.nullable(kind, namespace, path)
        return [
            "n = d[p]",
            "p += 1",
            f"if n == {null}: {to} = None",
            "else:",
            f" if n != {other}: bad('{path} is of no type')",
            *indented(self._single(schema, hint, to, namespace, path)),
        ]

    def _single(self, schema: Schema, hint: Any, to: str, namespace: str, path: str) -> Lines:
        of: str = schema["type"]
        cls = _class(hint)
        if of == "record":
            return self.record(schema, cls, to, namespace, path)
        if (get_origin(cls) or cls) not in _CLASSES.get(of, ()):
            raise SchemaNotSupported(f"{path}: {of!r} as {cls}")
        if of in ("array", "map"):
            return self._collection(schema, cls, to, namespace, path)
        if of == "enum":
            symbols = self.variable("symbols")
            self.names[symbols] = dict(enumerate(schema["symbols"]))
            lines = ["n, p = read_long(d, p)", f"{to} = {symbols}.get(n)"]
            return [*lines, f"if {to} is None: bad('{path} is no symbol')"]
        return _scalar(schema, cls, to, path)

    def _collection(self, schema: Schema, cls: Any, to: str, namespace: str, path: str) -> Lines:
        item, key = self.variable("v"), self.variable("v")
        hints = get_args(cls)
        if schema["type"] == "array":
            empty, add = "[]", f"{to}.append({item})"
            lines = self._value(schema["items"], hints[0], item, namespace, f"{path}[]")
        else:
            empty, add = "{}", f"{to}[{key}] = {item}"
            lines = self._value("string", hints[0], key, "", path)
            lines += self._value(schema["values"], hints[1], item, namespace, f"{path}{{}}")
        return [
            f"{to} = {empty}",
            "while n := d[p]:",
            " n = SIZES[n]",
            " if n is None: n, p = read_count(d, p)",
            " else: p += 1",
            " for _ in range(n):",
            *indented(indented([*lines, add])),
            "p += 1",
        ]


_SIZE = ["n = SIZES[d[p]]", "if n is None: n, p = read_size(d, p)", "else: p += 1"]


def _scalar(schema: Schema, cls: Any, to: str, path: str) -> Lines:
    match schema["type"]:
        case "string":
            narrow = f"if not {to}.isascii(): {to} = narrow({to})"
            return [*_SIZE, f"{to} = t[p:(p := p + n)]", narrow]
        case "bytes":
            made = "bytearray(d[p:(p := p + n)])" if cls is bytearray else "d[p:(p := p + n)]"
            return [*_SIZE, f"{to} = {made}"]
        case "boolean":
            return [f"{to} = d[p] == 1", f"if d[p] > 1: bad('{path} is no boolean')", "p += 1"]
        case "float" | "double" as kind:
            return [f"{to}, = {kind}_at(d, p)", f"p += {8 if kind == 'double' else 4}"]
        case _:
            return _integer(schema, to)


def _integer(schema: Schema, to: str) -> Lines:
    read = "read_int" if schema["type"] == "int" else "read_long"
    lines = ["n = d[p]", "if n < 128:", f" {to} = SMALL[n]", " p += 1"]
    if schema.get("logicalType") != "timestamp-micros":
        return [*lines, f"else: {to}, p = {read}(d, p)"]
    # As read_long does it, in line.
    return [
        *lines,
        "else:",
        " x, y, z = eight(d, p)",
        " z = SPAN_STARTS.get(z)",
        " if z is None or x & 32897 != 32896 or y & 32896 != 32896:",
        f"  {to}, p = read_long(d, p)",
        " else:",
        f"  {to} = z + ((y & 127 | y >> 1 & 16256) << 13) + ((x & 127 | x >> 1 & 16256) >> 1)",
        "  p += 8",
    ]


def _once(seen: str, lines: Lines, to: str, *, many: bool) -> Lines:
    """A record that may be one already seen: in an array the next of those, alone the last."""
    which = f"{seen}[{seen}_next]" if many else f"{seen}[-1]"
    any_left = f"{seen}_next < len({seen})" if many else seen
    return [
        f"if {any_left} and t.startswith({which}.encoded, p):",
        f" {to} = {which}",
        f" p += len({to}.encoded)",
        *([f" {seen}_next += 1"] if many else []),
        "else:",
        *indented(lines),
    ]


def _class(hint: Any) -> Any:
    """The class of a value that is not null: bytearray, list[str], a Struct."""
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    return kinds[0] if NoneType in get_args(hint) and len(kinds) == 1 else hint


def _references(kind: Any, namespace: str = "") -> Iterator[str]:
    """Every named type that is used by its name, by its full name."""
    for of in branches(kind):
        if isinstance(of, str):
            yield full_name(of, namespace)
        else:
            inner = namespace
            if "name" in of:
                inner = full_name(of["name"], of.get("namespace", namespace)).rpartition(".")[0]
            parts = [field["type"] for field in of.get("fields", ())]
            for part in (*parts, of.get("items", []), of.get("values", [])):
                yield from _references(part, inner)
            if not isinstance(of["type"], str):
                yield from _references(of["type"], inner)
