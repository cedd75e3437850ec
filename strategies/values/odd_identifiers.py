"""Odd identifiers: texts that servers, databases and URL parsers are known to get wrong.

Each text has a family and the rules that it puts to the test as (part of) a session ID: different
texts are different sessions (IDENT-01) and come back unaltered (IDENT-02). Where HTTP stacks are
known to differ, the contract is silent (IDENT-U3), and so is the entry.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

ACCEPTED = ("IDENT-01", "IDENT-02")
"""The rules that a session ID puts to the test if every server must accept it."""
SILENT = ("IDENT-U3",)
"""The rule for session IDs about which the contract is silent."""


class IdentifierFamily(StrEnum):
    """What makes an identifier odd."""

    PLAIN = "plain"
    ADDRESS = "network address"
    PERCENT = "percent sign"
    PATH = "path"
    DELIMITER = "URL delimiter"
    CASE = "letter case"
    NORMALISATION = "Unicode normalisation"
    BIDI = "text direction"
    INVISIBLE = "invisible characters"
    ASTRAL = "beyond the basic plane"
    COMBINING = "combining marks"
    CONTROL = "control characters"
    SURROGATE = "lone surrogate"
    LONG = "length"
    BLANK = "blanks"
    NUMBER = "looks like a number"
    WORD = "looks like a keyword"
    PAYLOAD = "injection"


@dataclass(frozen=True, slots=True, kw_only=True)
class OddIdentifier:
    """One odd text, and which rules it puts to the test."""

    text: str
    """Without a mark: `~cartfuzz.strategies.values.identifiers.marked` makes it a session ID."""
    family: IdentifierFamily
    aims: tuple[str, ...] = ACCEPTED
    """Rules that a session ID with this text puts to the test."""

    @property
    def silent(self) -> bool:
        """Whether the contract leaves open what becomes of such a session ID."""
        return self.aims == SILENT

    @property
    def encodable(self) -> bool:
        """Whether UTF-8 can encode the text; lone surrogates can be sent as JSON escapes only."""
        return self.family is not IdentifierFamily.SURROGATE


def is_silent(text: str) -> bool:
    """Whether ``text`` inside a session ID falls under IDENT-U3."""
    return "/" in text or any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


_TEXTS: dict[IdentifierFamily, tuple[str, ...]] = {
    IdentifierFamily.PLAIN: ("a", "session", "A-1_b~2"),
    IdentifierFamily.ADDRESS: (
        "127.0.0.1",
        "192.168.000.001",
        "0x7f000001",
        "::1",
        "2001:db8::8a2e:370:7334",
        "[2001:db8::1]",
        "fe80::1%25eth0",
        "::ffff:192.0.2.128",
        "[::1]:8080",
    ),
    IdentifierFamily.PERCENT: (
        "%",
        "%%",
        "%2F",
        "%2f",
        "%25",
        "%252F",
        "%zz",
        "%2",
        "%00",
        "%u00e9",
        "%C3",
    ),
    IdentifierFamily.PATH: (
        "/",
        "a/b",
        "//",
        "\\",
        "a\\b",
        ".",
        "..",
        "...",
        "../..",
        "a.json",
        "~",
        "./",
    ),
    IdentifierFamily.DELIMITER: (
        ";",
        ";v=1",
        "?",
        "?dry=true",
        "#",
        "#top",
        "+",
        "a+b",
        "&",
        "a&b=c",
        "=",
        ",",
        ":",
        "@",
        "user:pass@host",
        "!$'()*",
        "|",
        "^",
        "`",
        "{id}",
        "[0]",
        "<>",
        '"',
        "'",
    ),
    IdentifierFamily.CASE: ("STRASSE", "straße", "ẞ", "ı", "I", "İ", "i̇", "\u212a", "ſ", "ǅ", "Σς"),
    IdentifierFamily.NORMALISATION: (
        "é",
        "e\u0301",
        "\ufb01",
        "ｆｕｌｌ",
        "Å",
        "\u212b",
        "²",
        "①",
        "ⅷ",
        "가",
    ),
    IdentifierFamily.BIDI: (
        "\u202eabc",
        "\u202a",
        "\u2066x\u2069",
        "\u200fשלום",
        "العربية",
        "\u061c",
    ),
    IdentifierFamily.INVISIBLE: (
        "\u200b",
        "a\u200bb",
        "\u200d",
        "\u200c",
        "\u2060",
        "\ufeff",
        "\xad",
        "\u180e",
        "ㅤ",
    ),
    IdentifierFamily.ASTRAL: (
        "😀",
        "👩‍👩‍👧‍👦",
        "🏳️‍🌈",
        "🇩🇪",
        "👍🏽",
        "𝒳",
        "𠜎",
        "\U0010fffd",
        "\U000e0041",
    ),
    IdentifierFamily.COMBINING: ("Z̷̢͎a̵̛l̶g̷o̸", "e" + "\u0301" * 30, "\u0301", "กำ้", "\u0e47", "ﷺ"),
    IdentifierFamily.CONTROL: (
        "\x00",
        "a\x00b",
        "\x01",
        "\x1b[31m",
        "\x7f",
        "\x80",
        "\x85",
        "\t",
        "a\nb",
        "a\r\nb",
        "\x08",
    ),
    IdentifierFamily.SURROGATE: ("\ud800", "\udc00", "a\udfffb"),
    IdentifierFamily.LONG: (
        "l" * 64,
        "l" * 65,
        "l" * 255,
        "l" * 256,
        "l" * 257,
        "l" * 999,
        "l" * 1000,
        "é" * 256,
    ),
    IdentifierFamily.BLANK: (
        " ",
        "  ",
        " a",
        "a ",
        " a ",
        "a  b",
        "\u00a0",
        "\u2003",
        "\u2028",
        "\u3000",
        "a.",
    ),
    IdentifierFamily.NUMBER: (
        "0",
        "-1",
        "0123",
        "1e3",
        "1.0",
        "-0",
        "0x1F",
        "9007199254740993",
        "1_000",
        "١٢٣",
        "1,5",
        "99999999999999999999",
        "NaN",
        "Infinity",
        "-1e-7",
    ),
    IdentifierFamily.WORD: (
        "null",
        "true",
        "false",
        "undefined",
        "None",
        "nil",
        "__proto__",
        "constructor",
        "returns",
        "reopen",
        "dry",
        "CON",
        "id",
    ),
    IdentifierFamily.PAYLOAD: (
        "' OR '1'='1",
        "'; DROP TABLE sessions;--",
        '" OR ""="',
        "1 UNION SELECT 1",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt;",
        "$(id)",
        "`id`",
        "|id",
        "; id",
        "{{7*7}}",
        "${7*7}",
        "#{7*7}",
        "<%= 7*7 %>",
        "%s%n%d",
        "%0d%0aX-Injected: 1",
        "..\\..\\windows\\win.ini",
        "../../etc/passwd",
        "*)(uid=*",
        '{"$gt": ""}',
        "%2e%2e%2f",
        "\\u0000",
        "\\",
    ),
}


def _odd_identifiers() -> tuple[OddIdentifier, ...]:
    by_text: dict[str, OddIdentifier] = {}
    for family, texts in _TEXTS.items():
        for text in texts:
            aims = SILENT if is_silent(text) else ACCEPTED
            by_text.setdefault(text, OddIdentifier(text=text, family=family, aims=aims))
    return tuple(by_text.values())


ODD_IDENTIFIERS: tuple[OddIdentifier, ...] = _odd_identifiers()
"""All odd identifiers, each text once."""
