"""What AWS's client says about an event that is no JSON.

Its decoder is simplejson, which finds the same mistake at the same place as the standard library but often says it in other
words, and takes NaN and Infinity for mistakes. Only loaded when an event could not be decoded.
"""

import json
import re

_CONSTANTS = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN', re.DOTALL)
_HEX = re.compile("[0-9a-fA-F]{4}")
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def message(error, text):
    """Renders the error that the standard decoder found in the text."""
    if not isinstance(error, json.JSONDecodeError):
        for match in _CONSTANTS.finditer(text):
            if match.group()[0] != '"':
                return _at("Expecting value", text, match.start())
        return str(error)
    what, position = error.msg, error.pos
    before = position - 1
    while before >= 0 and text[before] in " \t\n\r":
        before -= 1
    previous = text[before] if before >= 0 else ""
    here = text[position] if position < len(text) else ""
    if what == "Extra data":
        end = len(text)
        return "Extra data: %s - %s (char %d - %d)" % (_place(text, position), _place(text, end), position, end)
    if what == "Expecting property name enclosed in double quotes":
        if previous == "{":
            what += " or '}'"
        elif previous == "," and here == "}":
            return _at("Illegal trailing comma before end of object", text, before)
    elif what == "Expecting ',' delimiter":
        what += " or '}'" if _inside(text, position) == "{" else " or ']'"
    elif what == "Expecting value":
        if previous == "[" and not here:
            what += " or ']'"
        elif previous == "," and here == "]" and _inside(text, position) == "[":
            return _at("Illegal trailing comma before end of array", text, before)
    elif what == "Invalid control character at":
        what = "Invalid control character %r at" % here
    elif what.startswith("Invalid \\escape"):
        return _at("Invalid \\X escape sequence %r" % text[position + 1], text, position + 1)
    elif what == "Invalid \\uXXXX escape":
        if _HEX.fullmatch(text, position + 1):  # the escape is whole, but it is the end
            return _at("Unterminated string starting at", text, _open_quote(text))
        return _at("Invalid \\uXXXX escape sequence", text, position - 1)
    return _at(what, text, position)


def _inside(text, position):
    """The innermost bracket that is open there."""
    opened = []
    for match in _BRACKETS.finditer(text, 0, position):
        token = match.group()
        if token in "{[":
            opened.append(token)
        elif token in "}]":
            opened.pop()
    return opened[-1] if opened else ""


def _open_quote(text):
    """Where the string begins that has no end."""
    end = 0
    for match in _STRINGS.finditer(text):
        end = match.end()
    return text.index('"', end)


def _place(text, position):
    line = text.count("\n", 0, position) + 1
    return "line %d column %d" % (line, position - text.rfind("\n", 0, position))


def _at(what, text, position):
    return "%s: %s (char %d)" % (what, _place(text, position), position)
