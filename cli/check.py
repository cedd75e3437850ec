"""``cartfuzz check``: what a target is like, and whether the configuration fits it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.text import Text

from ..contract import ContractVersion, Traffic
from ..harness.configuration import CONFIGURATION_FILE, Configuration
from ..harness.declarations import declared_by
from ..harness.declared_codes import codes_of
from ..harness.errors import DeclarationRefusedError
from ..harness.plan import Plan
from ..harness.preflight import PreflightResult
from ..harness.settings import Settings
from ..harness.survey import Sign, Suggestion, Survey, SurveyLine
from ..harness.target import preflight, survey
from ..record import FORMAT
from ..reports.clean_file import write_clean_named
from ..reports.plain import plain
from ..reports.screen import print_lines
from ..reports.wording import counted, duration, target_name
from ..strategies import check_attributes
from .configuration_edit import file_tables, shown_lines, with_suggestions
from .exit_codes import ExitCode
from .init import is_terminal
from .json_output import JsonOutput, json_option
from .load_configuration import load_configuration
from .options import config_option, contract_option, target_options, with_settings
from .target import provide_target, resolve_target

_CLOCK_SEC = 60
"""A clock that is off by more is reported."""
_DEFAULT_FILE = Path(CONFIGURATION_FILE)


class CheckLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found out, as ``--json`` has it."""

    sign: Sign
    topic: str
    text: str
    advice: str = ""


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """What ``cartfuzz check --json`` writes."""

    target: str
    """Base URL."""
    contract: ContractVersion
    """What the configuration says."""
    lines: tuple[CheckLine, ...] = ()
    suggestions: tuple[str, ...] = ()
    """Lines that the configuration lacks."""
    refusal: str = ""
    """How the target refuses an empty update; empty: it takes one."""
    requests: int = 0
    cancelled: tuple[str, ...] = ()
    """Sessions that were made, and cancelled."""
    left: tuple[str, ...] = ()
    """Sessions that could not be cancelled."""
    format_version: int = msgspec.field(name="format", default=FORMAT)


_WIDTHS = 8, 14
"""Of the columns before the text."""


@click.command("check")
@click.argument("url", required=False)
@config_option("A TOML file with [target], [environment] and [rules].")
@contract_option("Contract version of the target.  [default: that of --config, else 2.5.1]")
@target_options
@click.option(
    "--write",
    is_flag=True,
    help=f"Write the suggested lines into the file of --config, else into a new {_DEFAULT_FILE}. "
    "In a terminal the command asks.",
)
@json_option("what was found", "check")
@with_settings
def command(*, settings: Settings, write: bool, json_output: JsonOutput) -> ExitCode:
    """Find out with some forty requests what the API at URL is like, and what to configure.

    A session is created with everything that is declared, read and cancelled; all else is asked in
    dry updates. The exit code is 0 if a run can begin, 2 if the configuration does not fit, 3 if
    this is not the session API or it refuses the key, 5 if it refuses every update.
    """
    if write and settings.no_config:
        raise click.UsageError("--write: expected a configuration to change, found --no-config")
    configuration = load_configuration(settings)
    plan = resolve_target(settings, configuration)
    for note in check_attributes(plan.environment):
        click.echo(f"cartfuzz: {plain(note)}", err=True)
    declared, codes = declared_by(plan.environment), codes_of(plan.environment)
    with provide_target(plan, settings) as (opened, secrets):
        target = target_name(opened.url, opened.sandbox, insecure=opened.access.insecure)
        refused = False
        try:
            run_id, seen = preflight(opened, secrets, declared=declared, codes=codes)
        except DeclarationRefusedError as error:
            # The check of a run names the first such thing; here each is asked for alone.
            click.echo(f"cartfuzz: {plain(str(error))}", err=True)
            run_id, seen = preflight(opened, secrets)
            refused = True
        if seen.refusal:
            sent = counted(seen.requests, "request")
            _print(f"{target} refuses an empty update: {plain(seen.refusal)} ({sent})")
            json_output.publish(_result(opened, seen, refusal=seen.refusal))
            return ExitCode.INCONCLUSIVE
        if opened.traffic is not Traffic.ALL:
            sent = counted(seen.requests, "request")
            _print(
                f"{target} answers as the session API ({sent}); the rest takes an update that is "
                "not dry, so leave --dry-only and --read-only out to have it asked"
            )
            json_output.publish(_result(opened, seen))
            return ExitCode.BAD_USAGE if refused else ExitCode.NOTHING_FOUND
        found = survey(
            opened,
            secrets,
            run_id=run_id,
            declared=declared if refused else (),
            codes=codes if refused else (),
            made=seen.made,
        )
    contract = plan.environment.contract.value
    _print(f"{target} answers as the session API; the configuration says contract {contract}")
    taken = [] if refused else [_taken(len(declared), len(codes))]
    lines = [*taken, *found.lines, *_clock_lines(seen)]
    for line in lines:
        _show(line)
    file = _file(configuration)
    json_output.publish(_result(opened, seen, lines, found, under=file_tables(file)))
    _print(_made(seen, found))
    may_ask = not (json_output.is_all or settings.no_config) and is_terminal()
    _suggest(found, file, write=write, asks=may_ask)
    misled = refused or any(line.sign is Sign.PROBLEM for line in found.lines)
    return ExitCode.BAD_USAGE if misled else ExitCode.NOTHING_FOUND


def _result(
    plan: Plan,
    seen: PreflightResult,
    lines: Sequence[SurveyLine] = (),
    found: Survey | None = None,
    *,
    under: Sequence[str] = (),
    refusal: str = "",
) -> CheckResult:
    """What ``--json`` has of a check."""
    suggestions = [line.suggestion for line in lines if line.suggestion is not None]
    return CheckResult(
        target=plan.url,
        contract=plan.environment.contract,
        lines=tuple(
            CheckLine(sign=one.sign, topic=one.topic, text=one.text, advice=one.advice)
            for one in lines
        ),
        suggestions=tuple(shown_lines(suggestions, under=under)) if suggestions else (),
        refusal=refusal,
        requests=seen.requests + (found.requests if found else 0),
        cancelled=tuple(found.cancelled) if found else (),
        left=tuple(found.left) if found else (),
    )


def _show(line: SurveyLine) -> None:
    """One line, and one with the advice."""
    sign, topic = _WIDTHS
    _print(f"{line.sign:<{sign}}{line.topic:<{topic}}{plain(line.text)}")
    if line.advice:
        _print(f"{'':<{sign + topic}}{plain(line.advice)}")


def _print(text: str) -> None:
    """Prints a line, on a terminal broken between words."""
    print_lines([Text(text)], Console(highlight=False))


def _taken(declared: int, codes: int) -> SurveyLine:
    if not declared and not codes:
        return SurveyLine(
            sign=Sign.NOTE,
            topic="declared",
            text="nothing",
            advice="attributes, costs and codes that are not declared are not tested",
        )
    taken = counted(declared, "declared attribute or cost", "declared attributes and costs")
    if codes:
        taken += f" and {counted(codes, 'declared code')}"
    return SurveyLine(sign=Sign.OK, topic="declared", text=f"the target takes {taken}")


def _clock_lines(seen: PreflightResult) -> Iterator[SurveyLine]:
    ahead_sec = seen.clock_ahead_sec
    if ahead_sec is None:
        yield SurveyLine(sign=Sign.NOTE, topic="clock", text="a session shows no time of creation")
    elif abs(ahead_sec) > _CLOCK_SEC:
        side = "ahead of" if ahead_sec > 0 else "behind"
        yield SurveyLine(
            sign=Sign.NOTE,
            topic="clock",
            text=f"its clock is {duration(abs(ahead_sec))} {side} that of this machine",
            advice="no rule depends on it, but campaigns with a start or an end may",
        )
    else:
        yield SurveyLine(sign=Sign.OK, topic="clock", text="as that of this machine")


def _made(seen: PreflightResult, found: Survey) -> str:
    """What was sent, and what stays."""
    parts = [counted(seen.requests + found.requests, "request")]
    if found.cancelled:
        parts.append(f"made and cancelled {', '.join(found.cancelled)}")
    if found.left:
        parts.append(f"could not cancel {', '.join(found.left)}")
    return "; ".join(parts)


def _file(configuration: Configuration | None) -> Path:
    """The file that lacks the suggested lines."""
    named = configuration.file if configuration is not None else ""
    return Path(named) if named else _DEFAULT_FILE


def _suggest(found: Survey, file: Path, *, write: bool, asks: bool) -> None:
    """Prints the lines that the configuration lacks, and writes them where the user wants that."""
    suggestions = [line.suggestion for line in found.lines if line.suggestion is not None]
    if not suggestions:
        return
    under = file_tables(file)
    click.echo(f"lines for {file}:")
    for text in shown_lines(suggestions, under=under):
        click.echo(f"    {text}")
    if write or (asks and click.confirm(f"write them into {file}?", default=False)):
        _write(file, suggestions)
        click.echo(f"{file}: written; run the check again")


def _write(file: Path, suggestions: list[Suggestion]) -> None:
    before = file.read_text("utf-8-sig") if file.exists() else ""
    write_clean_named(file, with_suggestions(before, suggestions, under=file_tables(file)).encode())
