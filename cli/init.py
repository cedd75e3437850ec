"""``cartfuzz init``: writes a first configuration file."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec

from ..contract import ConfigurationError, ContractVersion
from ..harness.access.production_guard import production_words
from ..harness.access.target_guard import POLITE_RPS, checked_hosts, checked_url, is_loopback
from ..harness.configuration import CONFIGURATION_FILE, PYPROJECT
from ..harness.configuration_schema import schema_text
from ..harness.initial_file import SCHEMA_FILE, Answers, initial_text
from ..harness.settings import API_KEY_VARIABLE
from ..record.whole_file import write_named
from ..reports.plain import plain
from .options import contract_option
from .param_types import PositiveNumber

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}", re.ASCII)
_PLACES = ("variable", "file", "keyring")
_MAX_PATH = 200


@click.command("init")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: take options and defaults.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--url", help="Base URL of the target.")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST[:PORT]",
    help="A host that may get load. May be repeated.  [default with --yes: that of --url]",
)
@click.option(
    "--rps",
    type=PositiveNumber(),
    help="Maximum number of requests a second.  "
    f"[default: none, which means {POLITE_RPS:g} unless loopback]",
)
@contract_option("Contract version of the target.  [default: 2.5.1]")
@click.option("--flattening/--no-flattening", default=None, help="Cart item flattening.")
@click.option("--api-key-env", metavar="NAME", help="Environment variable that holds the API key.")
@click.option("--api-key-file", metavar="FILE", help="File that holds the API key.")
@click.option("--api-key-keyring", metavar="SERVICE[/USER]", help="Entry of the keyring with it.")
@click.option(
    "--schema/--no-schema",
    "with_schema",
    default=True,
    show_default=True,
    help=f"Write {SCHEMA_FILE} too, by which editors complete and check keys.",
)
def command(
    *,
    path: Path | None,
    yes: bool,
    force: bool,
    url: str | None,
    allow_hosts: tuple[str, ...],
    rps: float | None,
    contract: str | None,
    flattening: bool | None,
    api_key_env: str | None,
    api_key_file: str | None,
    api_key_keyring: str | None,
    with_schema: bool,
) -> None:
    """Write a commented cartfuzz.toml, or PATH, that check and run take as it is.

    In a terminal it asks what no option answers. It never asks for a secret: the API key stays in a
    variable, a file or the keyring, and the configuration names the place.
    """
    file = _file(path, force=force)
    schema = file.parent / SCHEMA_FILE
    if with_schema:
        _check_free(schema, schema_text(), force=force)
    asks = not yes
    if asks and not is_terminal():
        raise click.UsageError(
            "expected a terminal to ask in, found none: add --yes, and give answers as options"
        )
    places = (api_key_env, api_key_file, api_key_keyring)
    if sum(place is not None for place in places) > 1:
        raise click.UsageError(
            "expected one place for the API key, found several: leave all but one of "
            "--api-key-env, --api-key-file and --api-key-keyring out"
        )
    answers = _target(url, allow_hosts, asks=asks)
    version = ContractVersion(contract) if contract else _version(asks=asks)
    is_current = version is ContractVersion.CURRENT
    if is_current and flattening is False:
        raise click.UsageError(
            "--no-flattening: expected contract 2.5.1, found current, where carts are always "
            "flattened"
        )
    if flattening is None and not is_current and asks:
        flattening = click.confirm("Is cart item flattening on?", default=False)
    if asks:
        rps = rps or _rate(answers)
        if not any(places):
            places = _key_place()
    env, key_file, keyring = places
    answers = msgspec.structs.replace(
        answers,
        rps=rps,
        contract=version,
        flattening=bool(flattening),
        api_key_env=None if env is None else _checked_variable(env),
        api_key_file=None if key_file is None else _checked_place(key_file, "--api-key-file"),
        api_key_keyring=None if keyring is None else _checked_place(keyring, "--api-key-keyring"),
    )
    write_named(file, initial_text(answers, schema=f"./{SCHEMA_FILE}" * with_schema).encode())
    click.echo(f"{plain(str(file))}: written")
    if with_schema:
        write_named(schema, schema_text().encode())
        click.echo(f"{plain(str(schema))}: written, for editors that check TOML by its schema")
    for line in _next_steps(file, answers):
        click.echo(line)


def is_terminal() -> bool:
    """Whether there is somebody who can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _file(path: Path | None, *, force: bool) -> Path:
    """The file to write.

    Raises:
        ConfigurationError: it is there, or cannot be a configuration file.
    """
    file = path or Path(CONFIGURATION_FILE)
    if file.is_dir():
        file /= CONFIGURATION_FILE
    if file.name == PYPROJECT:
        raise ConfigurationError(
            str(file),
            expected=f"a file of its own, such as {CONFIGURATION_FILE}; its tables can be moved "
            "below [tool.cartfuzz] by hand",
            found=f"{PYPROJECT}, which belongs to the whole project",
        )
    _check_free(file, "", force=force)
    return file


def _check_free(file: Path, text: str, *, force: bool) -> None:
    """Checks that writing ``text`` to ``file`` replaces nothing else.

    Raises:
        ConfigurationError: it would, and may not.
    """
    if file.exists() and not force and not (file.is_file() and file.read_bytes() == text.encode()):
        raise ConfigurationError(
            str(file), expected="no such file, or --force to replace it", found="one that is there"
        )


def _target(url: str | None, allow_hosts: tuple[str, ...], *, asks: bool) -> Answers:
    """URL and hosts; what is wrong in an answer is asked again, in an option it is an error."""
    while True:
        given = url
        if given is None and asks:
            given = click.prompt(
                "Base URL of the target, without the path of the API (empty: none yet)",
                default="",
                show_default=False,
            )
        if url is not None and not url.strip():
            raise click.UsageError(
                "--url: expected http://HOST[:PORT] or https://HOST[:PORT], found an empty text; "
                "is the variable set that it comes from?"
            )
        if not given:
            checked_hosts(allow_hosts, where="--allow-host")
            return Answers(allow_hosts=allow_hosts)
        try:
            return _allowed(given.strip(), allow_hosts, asks=asks)
        except ConfigurationError as error:
            if url is not None:
                raise
            click.echo(plain(str(error)), err=True)


def _allowed(url: str, allow_hosts: tuple[str, ...], *, asks: bool) -> Answers:
    """The URL, and the hosts that may get load.

    Raises:
        ConfigurationError: the URL is none, or a host is none.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    checked = checked_url(url, allow_hosts=(*allow_hosts, *([host] if host else [])))
    if is_loopback(host) or allow_hosts:
        return Answers(url=checked, allow_hosts=allow_hosts)
    if words := production_words(host):
        click.echo(
            f"{plain(host)} looks like production ({words}): the file does not allow it", err=True
        )
        return Answers(url=checked)
    question = (
        f"May {plain(host)} get load? Runs make and change thousands of sessions there, and "
        "redeem codes that you declare"
    )
    may = click.confirm(question, default=False) if asks else True
    return Answers(url=checked, allow_hosts=(host,) if may else ())


def _rate(answers: Answers) -> float | None:
    if answers.url and is_loopback(urlsplit(answers.url).hostname or ""):
        return None
    asked: float = click.prompt(
        "Most requests a second", type=PositiveNumber(), default=f"{POLITE_RPS:g}"
    )
    return asked


def _version(*, asks: bool) -> ContractVersion:
    if not asks:
        return ContractVersion.V2_5_1
    names = [version.value for version in ContractVersion]
    return ContractVersion(
        click.prompt("Contract version", type=click.Choice(names), default=names[0])
    )


def _key_place() -> tuple[str | None, str | None, str | None]:
    """Where the API key is read: a variable, a file or an entry of the keyring."""
    place = click.prompt("Where is the API key?", type=click.Choice(_PLACES), default=_PLACES[0])
    questions = {
        "variable": "Name of the variable (not the key)",
        "file": "Path of the file (not the key)",
        "keyring": "Entry of the keyring, SERVICE or SERVICE/USER (not the key)",
    }
    default = API_KEY_VARIABLE if place == "variable" else None
    answer = click.prompt(
        questions[place],
        default=default,
        value_proc=_variable_answer if place == "variable" else _place_answer,
    )
    return (
        answer if place == "variable" else None,
        answer if place == "file" else None,
        answer if place == "keyring" else None,
    )


def _variable_answer(text: str) -> str:
    try:
        return _checked_variable(text) or API_KEY_VARIABLE
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from None


def _place_answer(text: str) -> str:
    try:
        return _checked_place(text, "place of the API key")
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from None


def _checked_variable(name: str) -> str | None:
    """``name``; None for the usual one. It is not shown where it may be the key itself.

    Raises:
        ConfigurationError: it is no name of a variable.
    """
    if not _VARIABLE.fullmatch(name):
        raise ConfigurationError(
            "name of the variable with the API key",
            expected="capital letters, digits and _, such as SHOP_KEY",
            found=f"another text of {len(name)} characters (it is not shown)",
        )
    return None if name == API_KEY_VARIABLE else name


def _checked_place(text: str, option: str) -> str:
    if not text.strip() or not text.isprintable() or len(text) > _MAX_PATH:
        raise ConfigurationError(
            option,
            expected=f"a name of at most {_MAX_PATH} printable characters",
            found=f"a text of {len(text)} (it is not shown)",
        )
    return text


def _next_steps(file: Path, answers: Answers) -> list[str]:
    named = "" if file == Path(CONFIGURATION_FILE) else f" --config {file}"
    url = "" if answers.url else " URL"
    lines = []
    if not (answers.api_key_file or answers.api_key_keyring):
        lines.append(f"the API key is read from {answers.api_key_env or API_KEY_VARIABLE}")
    lines.append(f"next: cartfuzz check{url}{named}")
    return lines
