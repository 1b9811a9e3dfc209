"""From a webhook's body to a typed event, by the event's Avro schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from app.core.decoding.annotations import SchemaUnusable, body_of
from app.core.decoding.fast import REFUSALS, compile_fast
from app.core.decoding.forms import read_form
from app.core.decoding.limits import DEPTH, NO_LIMITS, WHOLE_BODY_BYTES, limits_for, may_be_deep
from app.core.decoding.opaque import depth, text_maker
from app.core.decoding.prune import compile_prune
from app.core.decoding.slow import compile_slow
from app.core.decoding.structs import Classes, Event, classes_of
from app.core.decoding.unknown import Extra, Tree
from app.core.undecodable import Undecodable
from app.core.vendors.contract import Vendor
from app.core.webhook import FORM, JSON

__all__ = ["Event", "EventDecoder", "SchemaUnusable", "compile_decoder"]

_parse = msgspec.json.Decoder().decode


class EventDecoder:
    """Decodes the bodies of one event. `classes` holds the event's class and those nested in it,
    by Avro full name; the attributes of an event are the Avro names.
    """

    def __init__(self, schema: Mapping[str, Any], vendor: Vendor) -> None:
        body = body_of(schema)
        self.classes: Classes = classes_of(body)
        self.event: type[msgspec.Struct] = self.classes[body.record.name]
        self._vendor = vendor
        self._fast, self._fast_of_tree = compile_fast(body, self.classes, vendor.older_names)
        self._prune = compile_prune(body, text_maker(body.drop, DEPTH))
        self._slow = compile_slow(body, self.classes)
        self._odd: Callable[[bytes], bool] = vendor.odd

    def decode(self, body: bytes, content_type: str = JSON) -> Event:
        """The event of a body, an instance of `self.event`. Raises Undecodable: not_json,
        not_an_object, or schema_mismatch with the JSON path.
        """
        plain = content_type == JSON and len(body) <= WHOLE_BODY_BYTES
        if plain and not self._odd(body):
            try:
                return self._fast(body)
            except REFUSALS:
                pass
        return self._decode_tidied(body, content_type, plain)

    def decode_slowly(self, body: bytes, content_type: str = JSON) -> Event:
        """The same event by the slow path alone."""
        return self._decode_tidied(body, content_type, plain=False)

    def _decode_tidied(self, body: bytes, content_type: str, plain: bool) -> Event:
        form = content_type.startswith(FORM)
        try:
            tree = self._vendor.tidy(_form(body) if form else _json_object(body))
            if plain:
                try:
                    extra: Extra = {}
                    event = self._fast_of_tree(self._prune(tree, extra))
                    event.extra = NO_LIMITS.kept_extra(extra)
                    return event
                except REFUSALS:
                    pass
            return self._slow(tree, limits_for(body), form)
        except RecursionError:
            raise _too_deep() from None


def compile_decoder(schema: Mapping[str, Any], vendor: Vendor) -> EventDecoder:
    """Make the decoder of an event from its parsed schema. Raises SchemaUnusable."""
    return EventDecoder(schema, vendor)


def _json_object(body: bytes) -> Tree:
    try:
        value: object = _parse(body)
    except (msgspec.DecodeError, ValueError) as error:
        what = str(error) if _is_utf8(body) else "it is not UTF-8"  # versions of msgspec differ
        raise Undecodable("not_json", f"the body is not JSON: {what}") from None
    if type(value) is not dict:
        raise Undecodable("not_an_object", "the body is JSON, but not an object")
    # A fixed depth, since what recursion can bear depends on who calls.
    if may_be_deep(body) and depth(cast("Tree", value), DEPTH) > DEPTH:
        raise _too_deep()
    return cast("Tree", value)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _form(body: bytes) -> Tree:
    try:
        return read_form(body)
    except ValueError:
        raise Undecodable("not_json", "the body is not a form in UTF-8") from None


def _too_deep() -> Undecodable:
    return Undecodable("not_json", f"the body nests more than {DEPTH} arrays and objects")
