"""Avro encoders generated from schemas: the bytes that fastavro writes, in a third of its time.

An encoder reads attributes (msgspec Structs, or anything that has them) named as the fields. In
a nullable place None and UNSET are null. Texts are str, bytes are bytes or bytearray, arrays are
lists or tuples, maps are dicts; any other class is refused, so nothing is written that was not
meant. The encoder of a schema is one generated function with all nested records in line, because
a call for each value would cost more than the value does.

A record type with `"hookline": "kept"` is encoded once an object: what was made of it is kept in
the object's attribute `encoded`, which whoever changes the object sets back to None. One with
`"hookline": "repeated"` is one that events share and nobody changes: what was made of the latest
few thousand objects is kept here.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, NamedTuple, Never

from msgspec import UNSET

from app.avro.names import full_name
from app.avro.varint import LAST, MORE, varint, varint_of_int

Encoder = Callable[[Any], bytes]
Schema = Mapping[str, Any]
Lines = list[str]

MADE = 4_096  # objects of a repeated type that are remembered
KNOWN = 256  # texts remembered of a field,
SHORT = 64  # each shorter than this


class SchemaNotSupported(ValueError):
    """A schema with a type that events and rows do not use."""


class NotEncodable(TypeError):
    """A value that is not of its field's type."""


def compile_encoder(schema: Schema) -> Encoder:
    """Make the encoder of a record from its parsed schema. Raises SchemaNotSupported. The encoder
    raises NotEncodable, AttributeError where an attribute is missing, OverflowError for a long
    beyond 64 bits.
    """
    writer = _Writer()
    lines, parts = writer.record(schema, "o", "", schema["name"])
    source = ["def encode(o):", *_in(lines), f" return {_join(parts)}.encode('latin-1')"]
    exec(compile("\n".join(source), f"<encode {schema['name']}>", "exec"), writer.names)  # noqa: S102
    return writer.names["encode"]


class _Piece(NamedTuple):
    """Code that writes one value: the test that it is of its type, the lines that then assign the
    parts, and the parts: variables that hold text, one character a byte, to be joined in order.
    """

    test: str
    lines: Lines
    parts: list[str]


class _Writer:
    """Writes the code of one encoder. Of the schema only attribute names (which are identifiers)
    and quoted constants get into the source; `names` are what the code may use.
    """

    def __init__(self) -> None:
        self.numbers = count()
        self.named: dict[str, Schema] = {}
        self.open: list[str] = []
        self.functions: dict[str, str] = {}
        self.names: dict[str, Any] = {
            "UNSET": UNSET,
            "LAST": LAST,
            "MORE": MORE,
            "varint": varint,
            "varint_of_int": varint_of_int,
            "wide": _wide,
            "bad": _bad,
            "keep": _keep,
            "double": struct.Struct("<d").pack,
            "single": struct.Struct("<f").pack,
        }

    def record(self, schema: Schema, at: str, namespace: str, path: str) -> tuple[Lines, list[str]]:
        name = full_name(schema["name"], schema.get("namespace", namespace))
        if name in self.open:
            raise SchemaNotSupported(f"{path}: {name} holds itself")
        self.named[name] = schema
        self.open.append(name)
        lines: Lines = []
        parts: list[str] = []
        for field in schema["fields"]:
            attribute: str = field["name"]
            if not attribute.isidentifier():
                raise SchemaNotSupported(f"{path}.{attribute}: it cannot be an attribute")
            value = self.variable("v")
            lines.append(f"{value} = {at}.{attribute}")
            inner = name.rpartition(".")[0]
            more, its = self.value(field["type"], value, inner, f"{path}.{attribute}")
            lines += more
            parts += its
        self.open.pop()
        return lines, parts

    def any_record(
        self, schema: Schema, at: str, namespace: str, path: str
    ) -> tuple[Lines, list[str]]:
        """The code of a nested record: in line, or a call for objects that keep what it made."""
        how = schema.get("hookline")
        if how not in ("kept", "repeated"):
            return self.record(schema, at, namespace, path)
        name = full_name(schema["name"], schema.get("namespace", namespace))
        function = self.functions.get(name)
        if function is None:
            function = self.functions[name] = self.variable("encode")
            lines, parts = self.record(schema, "o", namespace, path)
            source = [f"def {function}(o):", *_in(lines), f" return {_join(parts)}"]
            exec(compile("\n".join(source), f"<encode {name}>", "exec"), self.names)  # noqa: S102
        part = self.variable("a")
        if how == "kept":
            return [
                f"{part} = {at}.encoded",
                f"if {part} is None: {part} = {at}.encoded = {function}({at})",
            ], [part]
        memo = f"{function}_made"
        self.names.setdefault(memo, {})
        return [
            f"{part} = {memo}.get(id({at}))",
            f"if {part} is None or {part}[0] is not {at}:",
            f" {part} = keep({memo}, {at}, {function}({at}))",
            f"{part} = {part}[1]",
        ], [part]

    def text(self, kind: Any, value: str, path: str) -> tuple[Lines, list[str]]:
        """The code of a text or nullable text. The first short ones of a field are remembered:
        most fields have few (a status, a channel), and one look-up then does all.
        """
        known, part, text = self.variable("known"), self.variable("a"), self.variable("b")
        nullable = isinstance(kind, list)
        branch = "" if not nullable else "\2" if kind[0] == "null" else "\0"
        self.names[known] = {}
        lines = [
            f"{part} = {known}.get({value})",
            f"if {part} is None:",
            f" if type({value}) is not str: bad({path!r}, {value})",
            f" {text} = {value} if {value}.isascii() else wide({value})",
            *_in(self.size(part, text, branch)),
            f" {part} += {text}",
            f" if len({known}) < {KNOWN} and len({value}) < {SHORT}: {known}[{value}] = {part}",
        ]
        if nullable:
            null = chr(2 - ord(branch))
            lines = [_if_null(value), f" {part} = {null!r}", "else:", *_in(lines)]
        return lines, [part]

    def value(self, kind: Any, value: str, namespace: str, path: str) -> tuple[Lines, list[str]]:
        """The code of any value: a union with null or a single type."""
        refuse = f"else: bad({path!r}, {value})"
        if _is_text(kind):
            return self.text(kind, value, path)
        if not isinstance(kind, list):
            schema = self.resolve(kind, namespace, path)
            if schema["type"] == "record":
                return self.any_record(schema, value, namespace, path)
            piece = self.piece(schema, value, namespace, path, "")
            return [f"if {piece.test}:", *_in(piece.lines), refuse], piece.parts
        if len(kind) != 2 or "null" not in kind:
            raise SchemaNotSupported(f"{path}: a union is null and one other type")
        null, branch = ("\0", "\2") if kind[0] == "null" else ("\2", "\0")
        schema = self.resolve(kind[kind[0] == "null"], namespace, path)
        piece = self.piece(schema, value, namespace, path, branch)
        absent = [f"{part} = ''" for part in piece.parts]
        absent[0] = f"{piece.parts[0]} = {null!r}"
        lines = [
            _if_null(value),
            *_in(absent),
            f"elif {piece.test}:",
            *_in(piece.lines),
            refuse,
        ]
        return lines, piece.parts

    def piece(  # noqa: PLR0911
        self, schema: Schema, value: str, namespace: str, path: str, branch: str
    ) -> _Piece:
        """The code of a value of a single type; `branch` is what its union writes before it."""
        part = self.variable("a")
        match schema["type"]:
            case "bytes":
                text = self.variable("b")
                size = self.size(part, text, branch)
                test = f"type({value}) is bytes or type({value}) is bytearray"
                return _Piece(test, [f"{text} = {value}.decode('latin-1')", *size], [part, text])
            case "int" | "long":
                return _Piece(
                    f"type({value}) is int", _integer(schema, value, part, branch), [part]
                )
            case "boolean":
                line = f"{part} = {branch + chr(1)!r} if {value} else {branch + chr(0)!r}"
                return _Piece(f"type({value}) is bool", [line], [part])
            case "float" | "double":
                pack = "single" if schema["type"] == "float" else "double"
                line = f"{part} = {branch!r} + {pack}({value}).decode('latin-1')"
                return _Piece(f"type({value}) is float or type({value}) is int", [line], [part])
            case "enum":
                return self.enum(schema, value, part, branch)
            case "array" | "map":
                return self.collection(schema, value, part, namespace, path, branch)
            case "record":
                lines, parts = self.any_record(schema, value, namespace, path)
                line = f"{part} = {branch!r} + {_join(parts)}"
                return _Piece("True", [*lines, line], [part])
            case other:
                raise SchemaNotSupported(f"{path}: {other!r}")

    def size(self, part: str, text: str, branch: str) -> Lines:
        """Lines that assign the length of a text, with its branch before it."""
        table = {"": "SIZE", "\2": "SIZE_2", "\0": "SIZE_0"}[branch]
        if table not in self.names:
            self.names[table] = [branch + LAST[2 * n] for n in range(len(LAST) // 2)]
        n = self.variable("n")
        far = f"{branch!r} + varint({n})"
        return [f"{n} = len({text})", f"{part} = {table}[{n}] if {n} < 8192 else {far}"]

    def enum(self, schema: Schema, value: str, part: str, branch: str) -> _Piece:
        symbols = self.variable("symbols")
        self.names[symbols] = {s: branch + varint(n) for n, s in enumerate(schema["symbols"])}
        test = f"type({value}) is str and {value} in {symbols}"
        return _Piece(test, [f"{part} = {symbols}[{value}]"], [part])

    def collection(
        self, schema: Schema, value: str, part: str, namespace: str, path: str, branch: str
    ) -> _Piece:
        """One block with the count of items, unless there are none, and an end of blocks."""
        item, all_ = self.variable("v"), self.variable("q")
        if schema["type"] == "array":
            test = f"type({value}) is list or type({value}) is tuple"
            each, keys = f"for {item} in {value}:", ([], [])
            inner = self.value(schema["items"], item, namespace, f"{path}[]")
        else:
            key = self.variable("v")
            test = f"type({value}) is dict"
            each = f"for {key}, {item} in {value}.items():"
            keys = self.value("string", key, "", path)
            inner = self.value(schema["values"], item, namespace, f"{path}{{}}")
        parts = ",".join([*keys[1], *inner[1]])
        lines = [*keys[0], *inner[0], f"{all_} += ({parts},)"]
        full = [
            f"{all_} = [{branch!r}, varint(len({value}))]",
            each,
            *_in(lines),
            f"{all_}.append({chr(0)!r})",
            f"{part} = ''.join({all_})",
        ]
        empty = f"else: {part} = {branch + chr(0)!r}"
        return _Piece(test, [f"if {value}:", *_in(full), empty], [part])

    def resolve(self, kind: Any, namespace: str, path: str) -> Schema:
        """The schema of a type, which may be a primitive's or a named type's name."""
        if isinstance(kind, str):
            return self.named.get(full_name(kind, namespace)) or {"type": kind}
        if not isinstance(kind["type"], str):
            return self.resolve(kind["type"], namespace, path)
        if kind["type"] == "enum":
            self.named[full_name(kind["name"], kind.get("namespace", namespace))] = kind
        return kind

    def variable(self, letter: str) -> str:
        return f"{letter}{next(self.numbers)}"


def _integer(schema: Schema, value: str, part: str, branch: str) -> Lines:
    plus = f"{branch!r} + " if branch else ""
    if schema.get("logicalType") == "timestamp-micros":
        # A time from 1971 to 3111 has 43 to 56 bits, so four lookups make its eight bytes.
        low = "".join(f"{{MORE[z >> {bits} & 16383]}}" for bits in (0, 14, 28))
        return [
            f"if {1 << 41} <= {value} < {1 << 55}:",
            f" z = {value} << 1",
            f" {part} = f{branch + low + '{LAST[z >> 42]}'!r}",
            f"else: {part} = {plus}varint({value})",
        ]
    far = "varint" if schema["type"] == "long" else "varint_of_int"
    return [f"{part} = {plus}(LAST[{value} << 1] if 0 <= {value} < 8192 else {far}({value}))"]


def _if_null(value: str) -> str:
    """Asked first: most nullable fields of most events are null, and nothing is cheaper to ask."""
    return f"if {value} is None or {value} is UNSET:"


def _is_text(kind: Any) -> bool:
    if isinstance(kind, list):
        return len(kind) == 2 and "null" in kind and _is_text(kind[kind[0] == "null"])
    return kind == "string" or (isinstance(kind, dict) and kind.get("type") == "string")


def _in(lines: Lines) -> Lines:
    return [" " + line for line in lines]


def _join(parts: list[str]) -> str:
    return f"''.join(({','.join(parts)},))" if parts else "''"


def _wide(text: str) -> str:
    """Text that is not all ASCII: a character for each byte of its UTF-8."""
    return text.encode().decode("latin-1")


def _bad(path: str, value: object) -> Never:
    raise NotEncodable(f"{path} cannot hold {type(value).__name__}")


def _keep(memo: dict[int, tuple[object, str]], made_of: object, text: str) -> tuple[object, str]:
    """Remember by identity: while an object is remembered, no other has its id."""
    if len(memo) >= MADE:
        memo.clear()
    memo[id(made_of)] = kept = (made_of, text)
    return kept
