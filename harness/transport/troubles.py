"""Why no response came, in words for people: each trouble has its own, and advice where it helps.

The words hold no text of the target, and no source lines of OpenSSL.
"""

from __future__ import annotations

import ssl

CLOSED = "connection closed without an answer"
NO_HTTP = "an answer that is no HTTP"
RESET = "connection reset by peer"
EXPIRED = "its TLS certificate has expired"
NOT_YET_VALID = "its TLS certificate is not valid yet"
OTHER_NAME = "its TLS certificate is for another name than that of the URL"
SELF_SIGNED = "its TLS certificate is signed by itself, and nothing vouches for it"
UNKNOWN_AUTHORITY = "its TLS certificate is signed by an authority that is not trusted here"
REVOKED = "its TLS certificate has been revoked"
OTHER_CERTIFICATE_TROUBLE = "its TLS certificate was refused"
NO_TLS = "the port does not speak TLS"
CERTIFICATE_WANTED = "it wants a client certificate"
CERTIFICATE_REFUSED = "it refuses the client certificate"
NO_COMMON_VERSION = "it speaks no TLS version that this machine accepts"
HANDSHAKE_FAILED = "it ended the TLS handshake"
CLOSED_IN_HANDSHAKE = "connection closed during the TLS handshake"
PROXY_WANTS_LOGIN = "the proxy wants a user name and a password (407)"

_BY_VERIFY_CODE = {
    9: NOT_YET_VALID,
    10: EXPIRED,
    18: SELF_SIGNED,
    19: UNKNOWN_AUTHORITY,  # the authority is sent along, and is signed by itself
    20: UNKNOWN_AUTHORITY,
    21: UNKNOWN_AUTHORITY,
    23: REVOKED,
    62: OTHER_NAME,
    64: OTHER_NAME,
}
"""By the ``X509_V_ERR`` number of OpenSSL."""
_BY_REASON = {
    "WRONG_VERSION_NUMBER": NO_TLS,
    "HTTP_REQUEST": NO_TLS,
    "PACKET_LENGTH_TOO_LONG": NO_TLS,
    "UNKNOWN_PROTOCOL": NO_TLS,
    "RECORD_LAYER_FAILURE": NO_TLS,
    "UNSUPPORTED_PROTOCOL": NO_COMMON_VERSION,
    "TLSV1_ALERT_PROTOCOL_VERSION": NO_COMMON_VERSION,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": CERTIFICATE_WANTED,
    "SSLV3_ALERT_BAD_CERTIFICATE": CERTIFICATE_REFUSED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": CERTIFICATE_REFUSED,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": CERTIFICATE_REFUSED,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": CERTIFICATE_REFUSED,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": CERTIFICATE_REFUSED,
    "TLSV1_ALERT_UNKNOWN_CA": CERTIFICATE_REFUSED,
    "TLSV1_ALERT_ACCESS_DENIED": CERTIFICATE_REFUSED,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": HANDSHAKE_FAILED,
    "UNEXPECTED_EOF_WHILE_READING": CLOSED_IN_HANDSHAKE,
}
"""By OpenSSL's name of the error."""
_MAY_WANT_TLS = (CLOSED, NO_HTTP, RESET)
_CACERT = (
    "give the file of its authority with --cacert FILE (or the variable REQUESTS_CA_BUNDLE or "
    "SSL_CERT_FILE); --insecure accepts any certificate, and with it anybody in between"
)
_ADVICE = {
    EXPIRED: "have it renewed, or check the clock of this machine; --insecure accepts it",
    NOT_YET_VALID: "check the clock of this machine; --insecure accepts it",
    OTHER_NAME: "use the name that the certificate is for; --insecure accepts it",
    SELF_SIGNED: _CACERT,
    UNKNOWN_AUTHORITY: _CACERT,
    OTHER_CERTIFICATE_TROUBLE: _CACERT,
    REVOKED: "have it replaced",
    NO_TLS: "write http:// in the URL, or the port of its https",
    CERTIFICATE_WANTED: "give one with --client-cert FILE and --client-key FILE",
    CERTIFICATE_REFUSED: "give one that it accepts with --client-cert FILE",
    NO_COMMON_VERSION: "have TLS 1.2 or newer switched on there",
    HANDSHAKE_FAILED: "it may want a client certificate (--client-cert FILE) or another host name",
    CLOSED_IN_HANDSHAKE: "check the port: it may not speak TLS, or something in between closes it",
    PROXY_WANTS_LOGIN: "give USER:PASSWORD in a variable with --proxy-auth-env NAME",
}


class ProxyError(OSError):
    """A proxy did not lead to the target; the text is a whole reason."""


def tls_trouble(error: ssl.SSLError, *, opening: bool = True) -> str:
    """What went wrong between the two sides of a TLS connection.

    Args:
        error: what the connection raised.
        opening: whether it was still being opened.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_VERIFY_CODE.get(error.verify_code, OTHER_CERTIFICATE_TROUBLE)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return CLOSED_IN_HANDSHAKE if opening else CLOSED
    return _BY_REASON.get(error.reason or "", HANDSHAKE_FAILED)


def trouble(error: Exception, timeout_sec: float, *, opening: bool) -> str:
    """Why no response came, in a few words that hold no secret.

    Args:
        error: what a connection or a parser raised.
        timeout_sec: the longest that a request may take.
        opening: whether the connection was still being opened.
    """
    if isinstance(error, TimeoutError):
        return f"no complete answer within {timeout_sec:g} s"
    if isinstance(error, ssl.SSLError):
        return tls_trouble(error, opening=opening)
    if isinstance(error, ProxyError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return type(error).__name__


def advice_for(reason: str, *, url: str) -> str:
    """What the user may do about ``reason``; empty: nothing particular.

    Args:
        reason: of a `cartfuzz.wire.NoResponse`.
        url: of the target.
    """
    if reason in _MAY_WANT_TLS and url.startswith("http:"):
        return "if the port speaks TLS, write https:// in the URL"
    if reason in (CLOSED, RESET):
        return (
            "start the target or correct the URL; it may want a client certificate (--client-cert)"
        )
    return _ADVICE.get(reason, "")
