"""Some fields of records, read without the rest: where millions are only looked at.

Generated from the schema, as decoders are (see app.avro.decoder_code). What is not wanted is
passed over, and what stands behind the last wanted field is not looked at: whether the bytes are
whole is not found out.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, Never

from app.avro.decoder import NotDecodable
from app.avro.generated import Code, Lines, SchemaNotSupported, indented
from app.avro.names import Schema
from app.avro.unvarint import PAD, read_count, read_long, read_size

Projection = Callable[[bytes], tuple[Any, ...]]

_SIZE = ["n = SIZES[d[p]]", "if n is None: n, p = read_size(d, p)", "else: p += 1"]
_WIDTHS = {"boolean": 1, "float": 4, "double": 8}


def compile_projection(schema: Schema, paths: Sequence[str], skip: int = 0) -> Projection:
    """Make a function that reads the values at `paths` (dotted; of strings, longs, ints and
    booleans, in records) and passes over the first `skip` bytes. A value is None where it, or a
    record that it is in, is null. It raises NotDecodable.

    Raises SchemaNotSupported for other types, and KeyError for a path that is not there.
    """
    names: dict[str, Any] = {
        "PAD": PAD,
        "SIZES": [None if n & 129 else n >> 1 for n in range(256)],
        "SMALL": [n >> 1 ^ -(n & 1) for n in range(128)],
        "read_count": read_count,
        "read_long": read_long,
        "read_size": read_size,
        "bad": _bad,
        "failed": _failed,
        "errors": (ValueError, IndexError, struct.error),
    }
    code = _Code(names, paths)
    lines = code.record(schema, "", "")
    missing = [path for path in paths if path not in code.read]
    if missing:
        raise KeyError(*missing)
    last = max(code.read.values())  # nothing behind it is needed
    source = ["def project(d):", " try:"]
    start = [
        f"p = {skip}",
        "end = len(d)",
        "d += PAD",
        f"{' = '.join(code.wanted.values())} = None",
    ]
    result = f"({', '.join(code.wanted[path] for path in paths)},)"
    end = ["if p > end: bad('it ends before they do')", f"return {result}"]
    source += indented(indented([*start, *lines[: last + 1], *end]))
    source += [" except errors as error:", f"  raise failed({schema['name']!r}, error)"]
    exec(compile("\n".join(source), f"<project {schema['name']}>", "exec"), names)  # noqa: S102
    return names["project"]


class _Code(Code):
    """`wanted` are the variables of the paths; `read` says in which line of the outermost record
    each was read.
    """

    def __init__(self, names: dict[str, Any], paths: Sequence[str]) -> None:
        super().__init__(names)
        self.wanted = {path: self.variable("w") for path in paths}
        self.read: dict[str, int] = {}

    def record(self, schema: Schema, namespace: str, path: str) -> Lines:
        inner = self.name(schema, namespace).rpartition(".")[0]
        lines: Lines = []
        for field in schema["fields"]:
            at = f"{path}.{field['name']}".lstrip(".")
            lines += self._value(field["type"], inner, at)
            if not path:
                for each in self.wanted:
                    if each == at or each.startswith(f"{at}."):
                        self.read.setdefault(each, len(lines) - 1)
        return lines

    def _value(self, kind: Any, namespace: str, path: str) -> Lines:
        if not isinstance(kind, list):
            return self._single(self.resolve(kind, namespace), namespace, path)
        null, other, schema = self.nullable(kind, namespace, path)
        return [
            "n = d[p]",
            "p += 1",
            f"if n == {other}:",
            *indented(self._single(schema, namespace, path)),
            f"elif n != {null}: bad('{path} is of no type')",
        ]

    def _single(self, schema: Schema, namespace: str, path: str) -> Lines:
        of: str = schema["type"]
        if of == "record":
            return self.record(schema, namespace, path)
        if path in self.wanted:
            return _read(of, self.wanted[path], path)
        match of:
            case "string" | "bytes":
                return [*_SIZE, "p += n"]
            case "int" | "long" | "enum":
                return ["while d[p] > 127: p += 1", "p += 1"]
            case "array" | "map":
                return self._collection(schema, namespace, path)
            case _ if of in _WIDTHS:
                return [f"p += {_WIDTHS[of]}"]
            case _:
                raise SchemaNotSupported(f"{path}: {of!r}")

    def _collection(self, schema: Schema, namespace: str, path: str) -> Lines:
        if schema["type"] == "array":
            one = self._value(schema["items"], namespace, f"{path}[]")
        else:
            one = [*_SIZE, "p += n", *self._value(schema["values"], namespace, f"{path}{{}}")]
        return [
            "while d[p]:",
            " n, p = read_count(d, p)",
            " for _ in range(n):",
            *indented(indented(one)),
            "p += 1",
        ]


def _read(of: str, to: str, path: str) -> Lines:
    match of:
        case "string":
            return [*_SIZE, f"{to} = d[p:(p := p + n)].decode()"]
        case "int" | "long":
            small = ["n = d[p]", "if n < 128:", f" {to} = SMALL[n]", " p += 1"]
            return [*small, f"else: {to}, p = read_long(d, p)"]
        case "boolean":
            return [f"{to} = d[p] == 1", "p += 1"]
        case _:
            raise SchemaNotSupported(f"{path}: {of!r}")


def _bad(what: str) -> Never:
    raise ValueError(what)


def _failed(name: str, error: Exception) -> NotDecodable:
    return NotDecodable(f"the bytes are no {name}: {type(error).__name__}: {error}")
