"""The TLS context of a target: whom it trusts, and which certificate it shows."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import certifi

from ...contract import ConfigurationError
from ...record.target_access import TargetAccess
from .deadline import DeadlineSSLSocket

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name further authorities, as requests and curl know them. OpenSSL itself reads
SSL_CERT_FILE and SSL_CERT_DIR."""


def tls_context(access: TargetAccess) -> ssl.SSLContext:
    """A context whose sockets end at the deadline; it verifies unless ``access`` is insecure.

    It trusts the authorities in ``access.cacert`` and no other. Without that file it trusts those
    of the machine (or of SSL_CERT_FILE), those of `certifi`, and those that `CA_VARIABLES` name.

    Raises:
        ConfigurationError: a file cannot be read, or does not hold what it must.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = DeadlineSSLSocket
    if access.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        _trust(context, access.cacert)
    if access.client_cert:
        _show_certificate(context, access.client_cert, access.client_key)
    return context


def _trust(context: ssl.SSLContext, cacert: str) -> None:
    if cacert:
        _load(context, "--cacert", cacert)
        return
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    context.load_verify_locations(certifi.where())
    for variable in CA_VARIABLES:
        if path := os.environ.get(variable):
            _load(context, f"environment variable {variable}", path)


def _load(context: ssl.SSLContext, where: str, path: str) -> None:
    try:
        if Path(path).is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(path)
    except OSError as error:
        raise ConfigurationError(
            f"{where}: {path}",
            expected="a file with certificates of authorities in PEM format",
            found=_found(error),
        ) from None


def _show_certificate(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """Loads the client certificate; a key with a password is refused, since nobody is asked.

    Raises:
        ConfigurationError: a file cannot be read, or they are no certificate with its key.
    """
    files = f"{certificate} with {key}" if key else certificate
    try:
        context.load_cert_chain(certificate, key or None, password=_no_password)
    except _WantsPasswordError:
        found = "a key with a password; write it without one, readable by you only"
    except OSError as error:
        found = _found(error)
    else:
        return
    raise ConfigurationError(
        f"--client-cert: {files}",
        expected="a certificate in PEM format, and its private key there or in --client-key",
        found=found,
    ) from None


class _WantsPasswordError(Exception):
    """OpenSSL asks for the password of a key."""


def _no_password() -> str:
    raise _WantsPasswordError


_FOUND = {
    "NO_CERTIFICATE_OR_CRL_FOUND": "no certificate in it",
    "KEY_VALUES_MISMATCH": "the key of another certificate",
}
"""By OpenSSL's name of an error."""


def _found(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return _FOUND.get(error.reason or "", "something that is not PEM")
    return (error.strerror or "not readable").lower()
