"""Decides how a target is reached: an option before a key of the configuration file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ...contract import ConfigurationError
from ...contract.nearest import did_you_mean
from ...record.target_access import (
    AUTHORIZATION,
    PROXY_AUTHORIZATION,
    SecretLine,
    TargetAccess,
    TransportKind,
)
from .access_keys import AccessKeys
from .access_settings import AccessSettings
from .environment_proxies import environment_proxy
from .header_lines import checked_name, checked_value, refuse_secret

NOWHERE: Mapping[str, str] = {}
_ENVIRONMENT = ("env", "environment")
_INSTEAD = "put the value in a variable or a file, and name that with {}"
_Given = tuple[str, str] | SecretLine
_Line = tuple[str, str, str]
"""Where it was written, name, and value or place of the value."""


def resolve_access(
    url: str,
    options: AccessSettings,
    keys: AccessKeys,
    *,
    prefix: str,
    config: Path | None,
    sources: Mapping[str, str] = NOWHERE,
) -> TargetAccess:
    """How the target at ``url`` is reached; an embedded sandbox, without a URL, straight.

    Args:
        url: of the target; empty: the embedded sandbox.
        options: those of the command line.
        keys: the table ``[target]``.
        prefix: what the names of options begin with, for messages.
        config: the configuration file; a path in it is relative to its folder.
        sources: by key, where it was written, for messages; others were in the file.

    Raises:
        ConfigurationError: something is wrong, or does not go together. No message shows a secret.
    """
    choice = _Choice(url, options, keys, prefix=prefix, config=config, sources=sources)
    transport = choice.transport()
    return TargetAccess(transport=transport) if not url else choice.access(transport)


class _Choice:
    def __init__(
        self,
        url: str,
        options: AccessSettings,
        keys: AccessKeys,
        *,
        prefix: str,
        config: Path | None,
        sources: Mapping[str, str],
    ) -> None:
        self._url = url
        self._options = options
        self._keys = keys
        self._prefix = prefix
        self._folder = config.parent if config else Path()
        self._config = f"{config}: " if config else ""
        self._sources = sources

    def transport(self) -> TransportKind:
        where, value = self._text("transport")
        try:
            return TransportKind(value or TransportKind.SOCKETS)
        except ValueError:
            names = " or ".join(TransportKind)
            found = f'"{value}"{did_you_mean(value, TransportKind)}'
            raise ConfigurationError(where, expected=names, found=found) from None

    def access(self, transport: TransportKind) -> TargetAccess:
        where, name = self._text("api_key_header")
        key_header = checked_name(where, name, key_header="") if name else AUTHORIZATION
        proxy, proxy_login = self._proxy()
        certificate = self._path("client_cert")
        key = self._path("client_key")
        if key and not certificate:
            raise ConfigurationError(
                self._text("client_key")[0],
                expected=f"{self._prefix}client-cert as well, the certificate of that key",
                found="none",
            )
        lines = self._lines(key_header, has_proxy=bool(proxy))
        return TargetAccess(
            transport=transport,
            headers=tuple(line for line in lines if not isinstance(line, SecretLine)),
            secret_headers=tuple(line for line in lines if isinstance(line, SecretLine)),
            api_key_header=key_header,
            cacert=self._path("cacert"),
            client_cert=certificate,
            client_key=key,
            proxy=proxy,
            proxy_login=proxy_login,
            insecure=self._options.insecure or self._keys.insecure,
        )

    # --- header lines ----------------------------------------------------------------------

    def _lines(self, key_header: str, *, has_proxy: bool) -> list[_Given]:
        """All header lines, the last one of a name."""
        lines: dict[str, _Given] = {}
        for where, line in self._given(key_header):
            name = line.name if isinstance(line, SecretLine) else line[0]
            checked_name(where, name, key_header=key_header)
            if has_proxy and name.lower() == PROXY_AUTHORIZATION.lower():
                raise ConfigurationError(
                    where,
                    expected=f"another line than {name}, which goes to the proxy: name its login "
                    f"with {self._prefix}proxy-auth-env",
                    found=name,
                )
            lines[name.lower()] = line
        return list(lines.values())

    def _given(self, key_header: str) -> Iterator[tuple[str, _Given]]:
        yield from self._plain()
        yield from self._secret()
        yield from self._basic(key_header)

    def _plain(self) -> Iterator[tuple[str, tuple[str, str]]]:
        given = _named(self._keys.headers, self._written("headers"))
        given += _split(self._options.header, f"{self._prefix}header", ":", "'Name: value'")
        for where, name, value in given:
            refuse_secret(
                where,
                name,
                value,
                instead=_INSTEAD.format(f"{self._prefix}header-env NAME=VARIABLE"),
            )
            yield where, (name, checked_value(where, value))

    def _secret(self) -> Iterator[tuple[str, SecretLine]]:
        for key in ("header_env", "header_file"):
            written: Mapping[str, str] = getattr(self._keys, key)
            option = f"{self._prefix}{key.replace('_', '-')}"
            place = "VARIABLE" if key == "header_env" else "PATH"
            given: tuple[str, ...] = getattr(self._options, key)
            for where, name, value in _named(written, self._written(key)):
                path = str((self._folder / value).absolute())
                yield where, _secret_line(name, value if key == "header_env" else "", path)
            for where, name, value in _split(given, option, "=", f"NAME={place}"):
                path = str(Path(value).absolute())
                yield where, _secret_line(name, value if key == "header_env" else "", path)

    def _basic(self, key_header: str) -> Iterator[tuple[str, SecretLine]]:
        where, line = self._login("basic_auth", AUTHORIZATION)
        of_header, name = self._text("basic_auth_header")
        if line is None:
            if name:
                raise ConfigurationError(
                    of_header, expected="basic_auth_env or basic_auth_file as well", found="neither"
                )
            return
        name = name or AUTHORIZATION
        if name.lower() == key_header.lower():
            raise ConfigurationError(
                where,
                expected="two header lines, since a request has only one line Authorization: name "
                f"one for the login with {self._prefix}basic-auth-header, or one for the API key "
                f"with {self._prefix}api-key-header, as the gate before the target reads them",
                found=f"the API key and basic authentication, both in {name}",
            )
        yield where, SecretLine(name=name, variable=line.variable, file=line.file, basic=True)

    # --- the proxy -------------------------------------------------------------------------

    def _proxy(self) -> tuple[str, SecretLine | None]:
        where, text = self._text("proxy")
        of_login, login = self._login("proxy_auth", PROXY_AUTHORIZATION)
        if text in _ENVIRONMENT:
            found = environment_proxy(self._url)
            if found is None:
                return "", None  # the variables may except this host
            variable, value = found
            if "@" in value:
                login = login or SecretLine(name=PROXY_AUTHORIZATION, variable=variable, basic=True)
                value = _without_login(value)
            return _checked_proxy(f"environment variable {variable}", value), login
        if text:
            return _checked_proxy(where, text), login
        if login is not None:
            raise ConfigurationError(
                of_login,
                expected=f"{self._prefix}proxy as well, the URL of the proxy",
                found="none",
            )
        return "", None

    # --- options and keys ------------------------------------------------------------------

    def _text(self, name: str) -> tuple[str, str]:
        """Where a value was written, and the value; both name the option where there is none."""
        given: str | None = getattr(self._options, name)
        if given is not None:
            return f"{self._prefix}{name.replace('_', '-')}", given
        written: str | None = getattr(self._keys, name)
        if written is not None:
            return self._written(name), written
        return f"{self._prefix}{name.replace('_', '-')}", ""

    def _written(self, key: str) -> str:
        """Where a key of ``[target]`` was written."""
        return self._sources.get(f"target.{key}", f"{self._config}target.{key}")

    def _path(self, name: str) -> str:
        """The absolute path of a file; empty: none is named."""
        _, value = self._text(name)
        if not value:
            return ""
        given = getattr(self._options, name) is not None
        return str((Path() if given else self._folder).joinpath(value).absolute())

    def _login(self, name: str, header: str) -> tuple[str, SecretLine | None]:
        """Where ``USER:PASSWORD`` is, and where that was written."""
        where, variable = self._text(f"{name}_env")
        written: str | None = getattr(self._keys, f"{name}_file")
        if variable:
            return where, SecretLine(name=header, variable=variable, basic=True)
        if written:
            path = str((self._folder / written).absolute())
            return self._written(f"{name}_file"), SecretLine(name=header, file=path, basic=True)
        return where, None


def _named(table: Mapping[str, str], where: str) -> list[_Line]:
    return [(f"{where}.{name}", name, value) for name, value in table.items()]


def _split(given: Sequence[str], option: str, mark: str, form: str) -> list[_Line]:
    """Options of the form ``NAME mark VALUE``, without the blanks between."""
    lines = []
    for text in given:
        name, found, value = text.partition(mark)
        if not found or not value.strip():
            raise ConfigurationError(
                option, expected=form, found=f"a text of {len(text)} characters without that form"
            )
        lines.append((option, name.strip(), value.strip()))
    return lines


def _secret_line(name: str, variable: str, path: str) -> SecretLine:
    if variable:
        return SecretLine(name=name, variable=variable)
    return SecretLine(name=name, file=path)


def _without_login(url: str) -> str:
    scheme, mark, rest = url.rpartition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"


def _checked_proxy(where: str, text: str) -> str:
    """The URL of a proxy as ``http://HOST:PORT``.

    Raises:
        ConfigurationError: it is none, or holds credentials; it is not shown then.
    """
    url = text if "://" in text else f"http://{text}"
    if "@" in url:
        raise ConfigurationError(
            where,
            expected="no user name or password in the URL of a proxy: put USER:PASSWORD in a "
            "variable, and name that with --proxy-auth-env",
            found="a URL with credentials",
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
        parts = urlsplit("")
    if parts.scheme != "http" or not host or parts.path.strip("/") or parts.query or parts.fragment:
        other = f"a proxy that is spoken to in {parts.scheme}" if parts.scheme else "something else"
        known = parts.scheme in ("https", "socks4", "socks5", "socks5h")
        raise ConfigurationError(
            where,
            expected="http://HOST:PORT, or env for that of the environment; other kinds of proxies "
            "are not supported",
            found=other if known else "something else (it is not shown)",
        )
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port or 80}"
