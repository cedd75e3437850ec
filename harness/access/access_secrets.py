"""Reads the secrets that the access to a target takes besides the API key."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ...contract import ConfigurationError
from ...record.target_access import SecretLine, TargetAccess
from ...wire.secrets import TargetSecrets
from .header_lines import checked_value
from .secret_sources import readable_by_others, secret_in_file, secret_in_variable


def secrets_for(api_key: str, access: TargetAccess) -> TargetSecrets:
    """All secrets of a target.

    Args:
        api_key: as it was read.
        access: names the places of the others.

    Raises:
        ConfigurationError: a place holds nothing, or what no header line can hold.
    """
    lines = list(access.secret_headers)
    if access.proxy_login is not None:
        lines.append(access.proxy_login)
    return TargetSecrets(api_key, headers=tuple((one.name, _value(one)) for one in lines))


def access_notes(access: TargetAccess) -> list[str]:
    """What the user must know of an access before it is used, a sentence each."""
    notes = []
    if access.insecure:
        notes.append(
            "INSECURE: the TLS certificate of the target is not checked, so anybody between here "
            "and there can read the API key and change answers; --cacert FILE trusts one authority"
        )
    notes += [
        f"{one.file} with the value of the header line {one.name} can be read by other users of "
        f"this machine: chmod 600 {one.file}"
        for one in access.secret_headers
        if one.file and readable_by_others(Path(one.file))
    ]
    return notes


def _value(line: SecretLine) -> str:
    where = f"environment variable {line.variable}" if line.variable else f"file {line.file}"
    if line.variable:
        text = secret_in_variable(line.variable)
    else:
        text = secret_in_file(Path(line.file), where=f"header line {line.name}")
    if not text:
        form = "USER:PASSWORD" if line.basic else "the value"
        raise ConfigurationError(
            where, expected=f"{form} for the header line {line.name}", found="no value"
        )
    if not line.basic:
        return checked_value(where, text)
    login = _login_in_url(text) if "://" in text else text
    if ":" not in login:
        raise ConfigurationError(
            where, expected="USER:PASSWORD", found="a text without a colon (it is not shown)"
        )
    return f"Basic {base64.b64encode(login.encode()).decode()}"


def _login_in_url(text: str) -> str:
    """``USER:PASSWORD`` in the URL of a proxy, as environment variables hold them."""
    user = urlsplit(text).netloc.rpartition("@")[0]
    return unquote(user)
