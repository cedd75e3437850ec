"""Translates regular expressions of ECMA-262, which JSON Schema has, to those of Python.

The translation serves to draw texts. Where the languages differ in what they match, the reading of
the declared schema decides.
"""

from __future__ import annotations

import re

_SPACE = r" \t\n\r\f\v\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": _SPACE}
_PROPERTIES = {
    "L": "A-Za-zÀ-ÖØ-öø-ÿΑ-Ρα-ρА-Яа-я一-龠",
    "Lu": "A-ZÀ-ÖØ-ÞΑ-ΡА-Я",
    "Ll": "a-zß-öø-ÿα-ρа-я",
    "Lo": "一-龠ぁ-ゖא-ת",
    "N": "0-9²³",
    "Nd": "0-9٠-٩",
    "P": r"!-#%-*,-/:;?@\[-\]_{}",
    "S": r"$+<->^`|~",
    "Z": r" \xa0\u2028",
    "Zs": r" \xa0",
    "Latin": "A-Za-zÀ-ÖØ-öø-ÿ",
    "Greek": "Α-Ρα-ω",
    "Cyrillic": "А-Яа-я",
    "Han": "一-龠",
    "Emoji": "😀-🙏",
}
"""Some characters of a Unicode property, as the inside of a class."""
_LONG_NAMES = {
    "Letter": "L",
    "Alphabetic": "L",
    "Alpha": "L",
    "Uppercase_Letter": "Lu",
    "Uppercase": "Lu",
    "Lowercase_Letter": "Ll",
    "Lowercase": "Ll",
    "Number": "N",
    "Decimal_Number": "Nd",
    "Punctuation": "P",
    "Symbol": "S",
    "Separator": "Z",
    "Emoji_Presentation": "Emoji",
}
_TOKEN = re.compile(
    r"\\(?P<negated>[DWS])|\\(?P<plain>[dws])"
    r"|\\(?P<kind>[pP])\{(?P<property>[^}]*)\}"
    r"|\\u\{(?P<point>[0-9a-fA-F]+)\}"
    r"|\\c(?P<control>[A-Za-z])"
    r"|\\k<(?P<back>[^>]+)>"
    r"|(?P<group>\(\?<(?![=!]))"
    r"|\\(?P<escape>.)"
    r"|(?P<open>\[\^?)|(?P<close>\])|(?P<special>[&|~])",
    re.DOTALL,
)
_ESCAPES = frozenset("bBfnrtvxu0123456789")
"""Letters and digits that mean the same after a backslash in both languages."""


def python_pattern(pattern: str) -> str:
    """``pattern`` for Python's ``re``; what is not known is left as it is."""
    in_class = False
    parts: list[str] = []
    end = 0
    for found in _TOKEN.finditer(pattern):
        parts.append(pattern[end : found.start()])
        end = found.end()
        if found["open"]:
            parts.append(r"\[" if in_class else found[0])
            in_class = True
        elif found["close"]:
            parts.append("]" if in_class else r"\]")
            in_class = False
        else:
            parts.append(_translated(found, in_class))
    return "".join((*parts, pattern[end:]))


def _translated(found: re.Match[str], in_class: bool) -> str:
    if found["special"]:
        return rf"\{found[0]}" if in_class else found[0]
    if found["group"]:
        return found[0] if in_class else "(?P<"
    if found["back"]:
        return f"(?P={found['back']})"
    if found["point"]:
        return re.escape(chr(min(int(found["point"], 16), 0x10FFFF)))
    if found["control"]:
        return re.escape(chr(ord(found["control"]) % 32))
    if found["escape"]:
        letter = found["escape"]
        return found[0] if letter in _ESCAPES else re.escape(letter)
    return _class_of(found, in_class)


def _class_of(found: re.Match[str], in_class: bool) -> str:
    if found["negated"]:
        return found[0] if in_class else f"[^{_CLASSES[found['negated'].lower()]}]"
    if found["plain"]:
        inside = _CLASSES[found["plain"]]
    else:
        name = found["property"].rpartition("=")[2]
        inside = _PROPERTIES.get(_LONG_NAMES.get(name, name), _PROPERTIES["L"])
    if in_class:
        return inside
    return f"[^{inside}]" if found["kind"] == "P" else f"[{inside}]"
