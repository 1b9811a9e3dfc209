"""The fast path: msgspec makes the event in C, then a generated function makes it regular in place
(ids to text, times to microseconds, opaque values to JSON text).

It takes a body as the schema has it and nothing else. What it refuses, for whatever reason, is
the slow path's to read or to explain. A body that has to be tidied first, or holds unknown fields,
is parsed, tidied and pruned, and then goes the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from app.core.decoding.annotations import EXTRA
from app.core.decoding.limits import OPAQUE_DEPTH
from app.core.decoding.opaque import text_maker
from app.core.decoding.seen import Seen
from app.core.decoding.shapes import (
    AnyShape,
    Body,
    Entries,
    Field,
    Id,
    Items,
    Number,
    Opaque,
    Record,
    Seconds,
    Slot,
    Time,
)
from app.core.decoding.structs import Classes, Event, ignored_attributes, is_repeated, older_class
from app.core.decoding.unknown import Tree
from app.core.decoding.values import TO_THE_SECOND, millis_of, second_micros
from app.core.times import SECONDS_END, micros

REFUSALS = (msgspec.DecodeError, ValueError, RecursionError)

_CONVERTED = Id | Opaque | Seconds | Time
Lines = Iterator[str]


class Fast(NamedTuple):
    """Both raise one of REFUSALS for what they do not take."""

    decode: Callable[[bytes], Event]
    convert: Callable[[Tree], Event]  # the same from a parsed body


def compile_fast(body: Body, classes: Classes, older_names: Sequence[tuple[str, str]] = ()) -> Fast:
    """The fast path of a body, in either of its envelopes if there is an older one."""
    made = classes[body.record.name]
    reading = _Regulars(body, classes).of(body.record)
    return Fast(
        reading(_parser(body, classes, older_names)),
        reading(lambda tree: msgspec.convert(tree, made)),
    )


def _parser(
    body: Body, classes: Classes, older_names: Sequence[tuple[str, str]]
) -> Callable[[bytes], Event]:
    made = classes[body.record.name]
    parse: Callable[[bytes], Event] = msgspec.json.Decoder(made).decode
    older = older_class(body, classes, older_names)
    if older is None:
        return parse
    parse_older = msgspec.json.Decoder(older).decode
    attributes = [*(field.name for field in body.record.fields), EXTRA]
    source = f"lambda o: made({', '.join(f'{name}=o.{name}' for name in attributes)})"
    renamed: Callable[[Event], Event] = eval(source, {"made": made})  # noqa: S307

    def parse_either(data: bytes) -> Event:
        try:
            return parse(data)
        except msgspec.ValidationError:
            return renamed(parse_older(data))

    return parse_either


_READING = """
def reading(parse):
 def read(data):
  e = parse(data)
"""


class _Regulars:
    """Makes the functions that read records and make them regular: of the body, and of each record
    that is repeated. Each takes what parses (into an event that is not yet regular).
    """

    def __init__(self, body: Body, classes: Classes) -> None:
        self._body = body
        self._classes = classes
        self._names: dict[str, Any] = {
            "UNSET": UNSET,
            "DROP": body.drop,
            "EMPTY": {dict: "{}", list: "[]"},  # what most opaque values are
            "text": text_maker(body.drop, OPAQUE_DEPTH),
            "micros": micros,
            "second_micros": second_micros,
            "millis": millis_of,
        }

    def of(self, record: Record) -> Callable[[Callable[[Any], Event]], Callable[[Any], Event]]:
        generator = _Generator(self._body)
        source = _READING + "\n".join(
            [*generator.record("e", record, "  "), "  return e", " return read"]
        )
        names = dict(self._names)
        for name, slot in generator.seen.items():
            names[name] = Seen(self._reader(slot.shape), slot.nullable)
        exec(compile(source, f"<regular {record.name}>", "exec"), names)  # noqa: S102
        return names["reading"]

    def _reader(self, record: AnyShape) -> Callable[[bytes], Event]:
        assert isinstance(record, Record)
        return self.of(record)(msgspec.json.Decoder(self._classes[record.name]).decode)


class _Generator:
    """Writes the lines that make one body regular. Nothing of the schema but attribute names,
    which are identifiers, gets into the source.
    """

    def __init__(self, body: Body) -> None:
        self.body = body
        self.numbers = count()
        self.seen: dict[str, Slot] = {}  # what is repeated, by the name of the objects seen of it

    def record(self, at: str, record: Record, indent: str) -> Lines:
        for field in record.fields:
            yield from self.field(at, field, indent)
        for attribute in ignored_attributes(record, self.body):
            yield f"{indent}{at}.{attribute} = UNSET"

    def field(self, at: str, field: Field, indent: str) -> Lines:
        shape = field.slot.shape
        if is_repeated(field):
            yield from self.repeated(at, field, indent)
            return
        if not _needs_work(shape, self.body):
            return
        value = f"v{next(self.numbers)}"
        yield f"{indent}{value} = {at}.{field.name}"
        if isinstance(shape, _CONVERTED):
            yield f"{indent}{self.guard(value, field, shape)}"
            yield f"{indent} {at}.{field.name} = {_converted(shape, value)}"
            return
        yield f"{indent}if {value}:"
        yield f"{indent} pass"
        yield from self.inside(value, shape, indent + " ")

    def repeated(self, at: str, field: Field, indent: str) -> Lines:
        number = next(self.numbers)
        seen, value = f"seen{number}", f"v{number}"
        self.seen[seen] = field.slot
        yield f"{indent}{value} = {at}.{field.name}"
        yield f"{indent}if {value} is not UNSET and {value} is not None:"
        yield f"{indent} {at}.{field.name} = {seen}[bytes({value})]"

    def guard(self, value: str, field: Field, shape: AnyShape) -> str:
        """The condition under which a value is converted."""
        if isinstance(shape, Id):
            return f"if type({value}) is int:"
        if not field.slot.nullable:
            return "if True:"
        absent = f"{value} is not UNSET and " if self.body.explicit_null else ""
        return f"if {absent}{value} is not None:"

    def inside(self, value: str, shape: AnyShape, indent: str) -> Lines:
        match shape:
            case Record():
                yield from self.record(value, shape, indent)
            case Entries():
                if self.body.drop:
                    yield f"{indent}for k in DROP:"
                    yield f"{indent} {value}.pop(k, None)"
                yield from self.elements(value, f"{value}.items()", shape.of, indent)
            case Items():
                yield from self.elements(value, f"enumerate({value})", shape.of, indent)
            case _:
                return

    def elements(self, whole: str, pairs: str, slot: Slot, indent: str) -> Lines:
        if not _needs_work(slot.shape, self.body):
            return
        n = next(self.numbers)
        key, each = f"k{n}", f"v{n}"
        yield f"{indent}for {key}, {each} in {pairs}:"
        if isinstance(slot.shape, _CONVERTED):
            condition = f"{each} is not None" if slot.nullable else "True"
            yield f"{indent} if {condition}:"
            yield f"{indent}  {whole}[{key}] = {_converted(slot.shape, each)}"
            return
        yield f"{indent} if {each}:"
        yield f"{indent}  pass"
        yield from self.inside(each, slot.shape, indent + "  ")


def _needs_work(shape: AnyShape, body: Body) -> bool:
    match shape:
        case Record():
            return bool(body.drop) or any(
                is_repeated(f) or _needs_work(f.slot.shape, body) for f in shape.fields
            )
        case Entries():
            return bool(body.drop) or _needs_work(shape.of.shape, body)
        case Items():
            return _needs_work(shape.of.shape, body)
        case Number():
            return False
        case _:
            return isinstance(shape, _CONVERTED)


def _converted(shape: AnyShape, value: str) -> str:
    match shape:
        case Id():
            return f"str({value})"
        case Opaque():
            return f"text({value}) if {value} else EMPTY.get(type({value})) or text({value})"
        case Seconds():
            return f"millis({value})"
        case Time(zero_is_null=True):
            return f"({_micros(value)}) or None"
        case _:
            return _micros(value)


def _micros(value: str) -> str:
    """Of the two usual spellings neither is worth a call of `micros`."""
    number = f"type({value}) is int and 0 <= {value} < {SECONDS_END}"
    text = f"type({value}) is str and len({value}) == {TO_THE_SECOND}"
    return (
        f"{value} * 1000000 if {number} else second_micros({value}) if {text} else micros({value})"
    )
