"""The source of a generated encoder: one function with nested records in line, because a call for
each value would cost more than the value does.

What it is written for is few instructions a value, and few bytes of them: between two events of
a type the processor has forgotten the code. So a text is two parts, its length and itself, which
one f-string joins at the end; types are checked by what fails on any other, and
only then (`app.avro.refusal`) it is found out where.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import UNSET

from app.avro.generated import Code, Lines, SchemaNotSupported, indented
from app.avro.names import Schema, full_name
from app.avro.varint import SPAN, varint
from app.avro.words import Words

Source = tuple[str, str]  # what a function is for, its code

_LOCAL = "UNSET=UNSET, isascii=isascii, len=len, SMALL=SMALL, SMALL_2=SMALL_2"


def encoder_code(
    schema: Schema, head: str, names: dict[str, Any], *, unset: bool
) -> Iterator[Source]:
    """Functions to be compiled in this order; the last is `encode`. They use `names`, and what is
    added to it. Of the schema only attribute names (which are identifiers) and quoted constants
    get into the source. `unset`: UNSET is null as well as None.
    """
    code = _Code(names, unset=unset)
    lines, text = code.record(schema, "o", "", schema["name"])
    body = [*lines, f"return f'{_quoted(head)}{text}'.encode('latin-1')"]
    source = [f"def encode(o, {_LOCAL}):", " try:", *indented(indented(body))]
    source += [" except (AttributeError, TypeError):", "  refuse(SCHEMA, o)", "  raise"]
    yield from code.functions
    yield "encode", "\n".join(source)


class _Piece(NamedTuple):
    """Code that writes one value: lines, then the inside of an f-string. `variables` are those
    that the lines assign and the f-string holds.
    """

    lines: Lines
    text: str
    variables: list[str]


class _Code(Code):
    def __init__(self, names: dict[str, Any], *, unset: bool) -> None:
        super().__init__(names)
        self._unset = unset
        # UNSET is asked first: it is what most nullable fields of most events are.
        self._absent = "{0} is UNSET or {0} is None" if unset else "{0} is None"
        self.functions: list[Source] = []
        self._open: list[str] = []
        self._function_of: dict[str, str] = {}

    def record(self, schema: Schema, at: str, namespace: str, path: str) -> tuple[Lines, str]:
        name = self.name(schema, namespace)
        if name in self._open:
            raise SchemaNotSupported(f"{path}: {name} holds itself")
        self._open.append(name)
        lines: Lines = []
        text = ""
        for field in schema["fields"]:
            attribute: str = field["name"]
            if not attribute.isidentifier():
                raise SchemaNotSupported(f"{path}.{attribute}: it cannot be an attribute")
            value = self.variable("v")
            inner = name.rpartition(".")[0]
            piece = self._value(field["type"], value, inner, f"{path}.{attribute}")
            lines += [f"{value} = {at}.{attribute}", *piece.lines]
            text += piece.text
        self._open.pop()
        return lines, text

    def _value(self, kind: Any, value: str, namespace: str, path: str) -> _Piece:
        """The code of any value: a union with null or a single type."""
        if not isinstance(kind, list):
            return self._single(self.resolve(kind, namespace), value, namespace, path, "")
        null_byte, other_byte, schema = self.nullable(kind, namespace, path)
        null, branch = chr(null_byte), chr(other_byte)
        if schema.get("hookline") == "word":
            return self._word(value, branch, null)
        piece = self._single(schema, value, namespace, path, branch)
        first, *others = piece.variables
        absent = [f"{first} = {null!r}", *(f"{other} = ''" for other in others)]
        lines = [f"if {self._absent.format(value)}:", *indented(absent)]
        lines += ["else:", *indented(piece.lines)]
        return piece._replace(lines=lines)

    def _single(self, schema: Schema, value: str, namespace: str, path: str, branch: str) -> _Piece:
        """The code of a value of a single type; `branch` is what its union writes before it."""
        match schema["type"]:
            case "string":
                if schema.get("hookline") == "word":
                    return self._word(value, branch)
                return self._text(f"{value} if isascii({value}) else wide({value})", branch)
            case "bytes":
                return self._text(f"{value}.decode('latin-1')", branch)
            case "record":
                return self._nested(schema, value, namespace, path, branch)
            case "array" | "map":
                return self._collection(schema, value, namespace, path, branch)
            case _:
                return self._scalar(schema, value, branch, path)

    def _text(self, latin: str, branch: str) -> _Piece:
        part, text, n = self.variable("a"), self.variable("b"), self.variable("n")
        far = f"{_plus(branch)}varint({n})"
        lines = [
            f"{text} = {latin}",
            f"{n} = len({text})",
            f"{part} = {_small(branch)}[{n}] if {n} < 8192 else {far}",
        ]
        return _Piece(lines, f"{{{part}}}{{{text}}}", [part, text])

    def _word(self, value: str, branch: str, null: str | None = None) -> _Piece:
        """A text of which few differ."""
        part, words = self.variable("a"), f"words{branch.encode().hex()}"
        absent: list[object] = []
        if null is not None:
            words += "_or_null"
            absent = [None, UNSET] if self._unset else [None]
        self.names.setdefault(words, Words(branch, null or "", absent))
        return _Piece([f"{part} = {words}[{value}]"], f"{{{part}}}", [part])

    def _time(self, value: str, branch: str) -> _Piece:
        """A time whose span is known: four bytes of its own, and the span's."""
        part = self.variable("a")
        own = "".join(
            f"{{NEXT[{value} {shift} & 127]}}" for shift in ("<< 1", ">> 6", ">> 13", ">> 20")
        )
        lines = [
            f"z = SPANS.get({value} >> {SPAN}) if {value}.__class__ is int else None",
            f"if z is None: {part} = {_plus(branch)}varint_of_time({value})",
            f"else: {part} = f'{_quoted(branch)}{own}{{z}}'",
        ]
        return _Piece(lines, f"{{{part}}}", [part])

    def _scalar(self, schema: Schema, value: str, branch: str, path: str) -> _Piece:
        if schema.get("logicalType") == "timestamp-micros":
            return self._time(value, branch)
        part = self.variable("a")
        lines = self._number(schema, value, part, branch, path)
        return _Piece(lines, f"{{{part}}}", [part])

    def _number(self, schema: Schema, value: str, part: str, branch: str, path: str) -> Lines:
        plus = _plus(branch)
        match schema["type"]:
            case "int" | "long":
                far = "varint_of_long" if schema["type"] == "long" else "varint_of_int"
                return [
                    f"if {value}.__class__ is int and 0 <= {value} < 8192: "
                    f"{part} = {_small(branch)}[{value}]",
                    f"else: {part} = {plus}{far}({value})",
                ]
            case "boolean":
                true, false = repr(branch + "\1"), repr(branch + "\0")
                return [
                    f"{part} = {true} if {value} is True else {false}",
                    _checked(value, "bool"),
                ]
            case "float" | "double":
                function = f"{schema['type']}_text"
                return [_checked(value, "float", "int"), f"{part} = {plus}{function}({value})"]
            case "enum":
                symbols = self.variable("symbols")
                encoded = {s: branch + varint(n) for n, s in enumerate(schema["symbols"])}
                self.names[symbols] = encoded
                return [
                    f"{part} = {symbols}.get({value}) if {value}.__class__ is str else None",
                    f"if {part} is None: other_type()",
                ]
            case other:
                raise SchemaNotSupported(f"{path}: {other!r}")

    def _nested(self, schema: Schema, value: str, namespace: str, path: str, branch: str) -> _Piece:
        """A nested record: in line, or a call for objects of which is kept what was made."""
        how = schema.get("hookline")
        part, flag = self.variable("a"), self.variable("f")
        if how not in ("kept", "repeated"):
            lines, text = self.record(schema, value, namespace, path)
            if not branch:
                return _Piece(lines, text, [])
            line = f"{part} = f'{_quoted(branch)}{text}'"
            return _Piece([*lines, line], f"{{{part}}}", [part])
        function = self._function(schema, namespace, path)
        if how == "kept":
            lines = [f"{part} = {value}.encoded or {function}({value})"]
        else:
            self.names.setdefault(f"{function}_made", {})
            lines = [
                f"{part} = {function}_made.get(id({value}))",
                f"if {part} is not None and {part}[0] is {value}: {part} = {part}[1]",
                f"else: {part} = keep({function}_made, {value}, {function})",
            ]
        if not branch:
            return _Piece(lines, f"{{{part}}}", [part])
        return _Piece([*lines, f"{flag} = {branch!r}"], f"{{{flag}}}{{{part}}}", [flag, part])

    def _function(self, schema: Schema, namespace: str, path: str) -> str:
        """The function that encodes a record type of its own."""
        name = full_name(schema["name"], schema.get("namespace", namespace))
        if name not in self._function_of:
            function = self._function_of[name] = self.variable("encode")
            lines, text = self.record(schema, "o", namespace, path)
            kept = "o.encoded = text = " if schema.get("hookline") == "kept" else "text = "
            body = [*lines, f"{kept}f'{text}'", "return text"]
            source = [f"def {function}(o, {_LOCAL}):", *indented(body)]
            self.functions.append((f"encode {name} in", "\n".join(source)))
        return self._function_of[name]

    def _collection(
        self, schema: Schema, value: str, namespace: str, path: str, branch: str
    ) -> _Piece:
        """One block with the count of items, unless there are none, and an end of blocks."""
        part, item, n = self.variable("a"), self.variable("v"), self.variable("n")
        if schema["type"] == "array":
            check = _checked(value, "list", "tuple")
            inner = self._value(schema["items"], item, namespace, f"{path}[]")
            each, lines, text = f"for {item} in {value}:", inner.lines, inner.text
        else:
            key = self.variable("v")
            check = _checked(value, "dict")
            keys = self._word(key, "")
            inner = self._value(schema["values"], item, namespace, f"{path}{{}}")
            each = f"for {key}, {item} in {value}.items():"
            lines, text = keys.lines + inner.lines, keys.text + inner.text
        far = f"{_plus(branch)}varint({n})"
        full = [
            f"{n} = len({value})",
            f"{part} = {_small(branch)}[{n}] if {n} < 8192 else {far}",
            each,
            *indented([*lines, f"{part} += f'{text}'"]),
            f"{part} += {chr(0)!r}",
        ]
        empty = f"else: {part} = {branch + chr(0)!r}"
        return _Piece([check, f"if {value}:", *indented(full), empty], f"{{{part}}}", [part])


def _checked(value: str, *classes: str) -> str:
    other = " and ".join(f"{value}.__class__ is not {each}" for each in classes)
    return f"if {other}: other_type()"


def _small(branch: str) -> str:
    """The table of lengths, counts and other small numbers, each with its branch before it."""
    return {"": "SMALL", "\0": "SMALL_0", "\2": "SMALL_2"}[branch]


def _plus(branch: str) -> str:
    return f"{branch!r} + " if branch else ""


def _quoted(text: str) -> str:
    """Text within an f-string in single quotes."""
    return "".join(f"\\x{ord(each):02x}" for each in text)
