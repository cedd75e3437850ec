"""A secret in what comes back, in every encoding, whole and in parts."""

from __future__ import annotations

import base64
import html
import json
import quopri
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartfuzz.wire.redaction import API_KEY_REDACTED, SECRET_REDACTED, Redactor
from cartfuzz.wire.secrets import TargetSecrets

KEY = "f3Ab9Kq27Zx-01mN4tPw8Lr6Vu5Yc3Hd"
ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda key: json.dumps(key)[1:-1],
    "JSON in JSON": lambda key: json.dumps(json.dumps(key)[1:-1])[1:-1],
    "JSON escapes": lambda key: "".join(f"\\u{ord(char):04x}" for char in key),
    "JSON with escaped slashes": lambda key: json.dumps(key)[1:-1].replace("/", "\\/"),
    "percent": lambda key: quote(key, safe=""),
    "percent in small letters": lambda key: (
        quote(key, safe="").lower() if key.lower() == key else quote(key, safe="")
    ),
    "percent twice": lambda key: quote(quote(key, safe=""), safe=""),
    "all percent": lambda key: "".join(f"%{byte:02x}" for byte in key.encode()),
    "form": quote_plus,
    "HTML": html.escape,
    "decimal entities": lambda key: "".join(f"&#{ord(char)};" for char in key),
    "hexadecimal entities": lambda key: "".join(f"&#x{ord(char):X};" for char in key),
    "hex": lambda key: key.encode().hex(),
    "capital hex": lambda key: key.encode().hex().upper(),
    "UTF-16": lambda key: "\0".join(key) + "\0",
    "UTF-16 in JSON": lambda key: json.dumps("\0".join(key))[1:-1],
    "quoted-printable": lambda key: quopri.encodestring(key.encode()).decode().replace("=\n", ""),
}
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=80)
AROUND = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(key=KEYS, before=AROUND, after=AROUND)
@example(key='aa%41\\"b', before="", after="")
@example(key="+/+/+/+/", before="", after="")
@example(key="&amp;&lt;", before="=", after="")
def test_no_encoding_gets_through(encoding: str, key: str, before: str, after: str) -> None:
    """Whatever surrounds it: the encoded key is no longer in the body, and was seen."""
    encoded = ENCODINGS[encoding](key)
    # Quotes end the text around, so that it does not change what the encoded key means.
    body = f'{{"before": "{before!r}", "key": "{encoded}", "after": "{after!r}"}}'.encode()
    cleaned, shown = Redactor(TargetSecrets(key)).clean(body)
    assert encoded.encode() not in cleaned
    assert key.encode() not in cleaned
    assert API_KEY_REDACTED in cleaned
    assert shown


@given(key=KEYS, user=st.binary(max_size=5), after=st.binary(max_size=5), url_safe=st.booleans())
def test_base64_at_every_alignment(key: str, user: bytes, after: bytes, url_safe: bool) -> None:
    """Inside a longer text, such as user and key of basic authentication: all that the key decides
    is taken out."""
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    text = encode(user + key.encode() + after)
    cleaned, shown = Redactor(TargetSecrets(key)).clean(b'{"was": "Basic ' + text + b'"}')
    assert shown
    assert API_KEY_REDACTED in cleaned
    left = cleaned.replace(b'{"was": "Basic ', b"").replace(b'"}', b"")
    assert len(left) - len(API_KEY_REDACTED) <= len(text) - len(key)


@given(key=KEYS, body=st.binary())
def test_a_body_without_the_key_stays(key: str, body: bytes) -> None:
    """Nothing is replaced where nothing of the key is."""
    redactor = Redactor(TargetSecrets("Zq1" + key + "7uJ2pX"))
    assert redactor.clean(body) == (body, False)


@pytest.mark.parametrize(
    "key", ["customerSession", "customer-session-2", "practice-key", "attributes"]
)
def test_parts_of_words_stay(key: str) -> None:
    """Of a key that may be words only the whole counts, in its own case."""
    body = b'{"customersession": {"ATTRIBUTES": {"practice": "session-2 customer-session"}}}'
    assert Redactor(TargetSecrets(key)).clean(body) == (body, False)


@pytest.mark.parametrize("at", range(8, len(KEY) - 7))
def test_a_key_split_over_two_fields(at: int) -> None:
    """The longer part, at least a half of the key, is taken out, so nobody can put it together."""
    body = json.dumps({"first": KEY[:at], "second": KEY[at:]}).encode()
    cleaned, shown = Redactor(TargetSecrets(KEY)).clean(body)
    longer = max(KEY[:at], KEY[at:], key=len)
    assert longer.encode() not in cleaned
    assert API_KEY_REDACTED in cleaned
    assert not shown


@pytest.mark.parametrize("place", [0, 1, 262_100, 262_144, 524_280, 600_000])
def test_long_bodies(place: int) -> None:
    """Wherever it is in a long body, also across the border of two windows."""
    escaped = "".join(f"\\u{ord(char):04x}" for char in KEY).encode()
    for said in (KEY.encode(), escaped):
        body = b"." * place + said + b"." * 10_000
        cleaned, shown = Redactor(TargetSecrets(KEY)).clean(body)
        assert shown
        assert cleaned == b"." * place + API_KEY_REDACTED + b"." * 10_000


def test_further_secrets() -> None:
    """Values of header lines, their part after a scheme, passwords: another mark, no key shown."""
    pair = base64.b64encode(b"gate:open-sesame-1").decode()
    secrets = TargetSecrets(
        KEY, headers=(("Authorization", f"Basic {pair}"), ("X-Gate", "gate-token-22"))
    )
    redactor = Redactor(secrets, TargetSecrets("other-key", others=("proxy-password",)))
    for said in (f"Basic {pair}", pair, "open-sesame-1", "gate-token-22", "proxy-password"):
        cleaned, shown = redactor.clean(f"({said})".encode())
        assert cleaned == b"(" + SECRET_REDACTED + b")"
        assert not shown
    assert redactor.text("an other-key here") == "an [API key] here"
    assert "sesame" not in repr(secrets)


def test_other_case() -> None:
    """A key that looks drawn at random counts in capitals and in small letters."""
    redactor = Redactor(TargetSecrets(KEY))
    assert redactor.text(KEY.upper()) == redactor.text(KEY.lower()) == "[API key]"
