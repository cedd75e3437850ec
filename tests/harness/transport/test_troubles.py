"""The words for what can go wrong between Cartfuzz and a target."""

from __future__ import annotations

import ssl

import pytest

from cartfuzz.harness.transport import troubles
from cartfuzz.harness.transport.troubles import advice_for, tls_trouble, trouble


def verification(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "[SSL: X] certificate verify failed (_ssl.c:1006)")
    error.verify_code = code
    return error


def named(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "[SSL: X] something (_ssl.c:1006)")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (9, "not valid yet"),
        (10, "expired"),
        (18, "signed by itself"),
        (19, "not trusted here"),
        (20, "not trusted here"),
        (23, "revoked"),
        (62, "another name"),
        (99, "refused"),
    ],
)
def test_each_certificate_trouble_has_words_and_advice(code: int, words: str) -> None:
    """None shows a line of OpenSSL."""
    shown = tls_trouble(verification(code))
    assert words in shown
    assert "_ssl" not in shown
    assert advice_for(shown, url="https://h")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("WRONG_VERSION_NUMBER", "does not speak TLS"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "wants a client certificate"),
        ("TLSV1_ALERT_UNKNOWN_CA", "refuses the client certificate"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "no TLS version"),
        ("SOMETHING_NEW", "ended the TLS handshake"),
    ],
)
def test_each_handshake_trouble_has_words_and_advice(name: str, words: str) -> None:
    """An unknown one has general words."""
    shown = trouble(named(name), 30.0, opening=True)
    assert words in shown
    assert advice_for(shown, url="https://h")


def test_a_closed_connection_is_named_by_when_it_was_closed() -> None:
    """In the handshake the port may be wrong; after it the target gave no answer."""
    closed = ssl.SSLEOFError(8, "EOF occurred in violation of protocol (_ssl.c:1006)")
    assert trouble(closed, 30.0, opening=True) == troubles.CLOSED_IN_HANDSHAKE
    assert trouble(closed, 30.0, opening=False) == troubles.CLOSED


def test_a_port_with_tls_is_suspected_where_http_meets_no_http() -> None:
    """The advice is to write https."""
    for reason in (troubles.NO_HTTP, troubles.CLOSED, troubles.RESET):
        assert "https://" in advice_for(reason, url="http://h")
        assert "write https://" not in advice_for(reason, url="https://h")
