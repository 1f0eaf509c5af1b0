"""Events and answers between JSON and Python values, as AWS's Python client converts them.

That client uses simplejson. The standard library's compiled encoder writes the same text for nearly every answer and is taken
first. What it does otherwise is found and encoded again by the rules here: named tuples become objects, bytes become text,
decimals become numbers.
"""

import json
import json.encoder
import math
import sys
from gc import get_referents
from json.encoder import c_make_encoder, encode_basestring, encode_basestring_ascii

from .errors import RuntimeFault

_WHITE_SPACE = " \t\n\r"
_PLAIN = frozenset((str, int, float, bool, type(None), dict, list, tuple))


def _refuse_constant(name):
    raise ValueError(name)


decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def unmarshal(body):
    """The event of a request whose fast decoding failed, or the error that the client reports."""
    try:
        text = str(body, "utf-8")
        if text.startswith("\ufeff"):
            text = text[1:]
        return decoder.decode(text)
    except Exception as e:
        message = str(e)
        if isinstance(e, (json.JSONDecodeError, ValueError)) and not isinstance(e, UnicodeError):
            from . import diagnosis

            message = diagnosis.message(e, text)
        raise RuntimeFault("Runtime.UnmarshalError", "Unable to unmarshal input: " + message) from None


def is_blank(text, start):
    """Whether only white space follows; JSON's, not Unicode's."""
    return not text[start:].strip(_WHITE_SPACE)


def _not_plain(value):
    raise TypeError(type(value).__name__)


def make_encoder(ascii_only):
    """Returns the compiled encoder, a function of a value and 0 that returns strings to join, and the table it marks open values in."""
    markers = {}
    quote = encode_basestring_ascii if ascii_only else encode_basestring
    try:
        return c_make_encoder(markers, _not_plain, quote, None, ": ", ", ", False, False, True), markers
    except TypeError:  # an interpreter without it, or with one that takes other arguments
        encoder = json.JSONEncoder(ensure_ascii=ascii_only, default=_not_plain)
        return (lambda value, indent: (encoder.encode(value),)), markers


def holds_records(value):
    """Whether a list or tuple somewhere in the value must be written as an object."""
    level = [value]
    while level:
        for kind in set(map(type, level)) - _PLAIN:
            if callable(getattr(kind, "_asdict", None)):
                return True
        level = [part for part in get_referents(*level) if isinstance(part, (list, tuple, dict))]
    return False


def marshal(value, ascii_only):
    """Encodes any value by simplejson's rules."""
    parts = []
    _Writer(parts.append, encode_basestring_ascii if ascii_only else encode_basestring).write(value)
    return "".join(parts)


class _Writer:
    def __init__(self, out, quote):
        self._out = out
        self._quote = quote
        self._open = set()

    def write(self, value):
        scalar = self._scalar(value)
        if scalar is not None:
            self._out(scalar)
            return
        if id(value) in self._open:
            raise ValueError("Circular reference detected")
        self._open.add(id(value))
        as_dict = getattr(value, "_asdict", None)
        if callable(as_dict):
            fields = as_dict()
            if not isinstance(fields, dict):
                raise TypeError("_asdict() must return a dict, not " + type(fields).__name__)
            self._object(fields)
        elif isinstance(value, (list, tuple)):
            self._array(value)
        elif isinstance(value, dict):
            self._object(value)
        else:
            raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)
        self._open.discard(id(value))

    def _scalar(self, value):
        if value is None:
            return "null"
        if value is True:
            return "true"
        if value is False:
            return "false"
        if isinstance(value, str):
            return self._quote(value)
        if isinstance(value, bytes):
            return self._quote(str(value, "utf-8"))
        if isinstance(value, int):
            return int.__repr__(value)
        if isinstance(value, float):
            return _number(value)
        decimal = sys.modules.get("decimal")
        if decimal is not None and isinstance(value, decimal.Decimal):
            return "NaN" if value.is_nan() else str(value)
        return None

    def _array(self, values):
        self._out("[")
        separator = ""
        for value in values:
            self._out(separator)
            separator = ", "
            self.write(value)
        self._out("]")

    def _object(self, fields):
        self._out("{")
        separator = ""
        for key, value in fields.items():
            self._out(separator + self._quote(self._key(key)) + ": ")
            separator = ", "
            self.write(value)
        self._out("}")

    def _key(self, key):
        if isinstance(key, str):
            return key
        if isinstance(key, bytes):
            return str(key, "utf-8")
        if key is None or isinstance(key, (int, float)):
            return self._scalar(key)
        raise TypeError("keys must be str, int, float, bool or None, not " + type(key).__name__)


def _number(value):
    if math.isfinite(value):
        return float.__repr__(value)
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
