"""Declares and reads the plugin's options: on the command line or in pytest's own file."""

from __future__ import annotations

import os
import re
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ..harness.access.url_words import url_words
from ..harness.durations import DURATION, seconds_of
from ..harness.listening_address import ADDRESS, address_of
from ..harness.settings import API_KEY_VARIABLE, MAX_TIMEOUT_SEC, Settings
from .process import SEED_INPUT

MARKERS = (
    "cartfuzz(rule): the test is about this rule; the client fails it for no other one",
    "cartfuzz_corpus: what the corpus holds from before",
    "cartfuzz_explore: random long lives of sessions",
    "cartfuzz_machine: a state machine of Hypothesis, which shrinks what it finds",
    "cartfuzz_wire: requests that no well-behaved client sends",
    "cartfuzz_race: concurrent requests on one session",
    "cartfuzz_lost: writes whose connection is cut",
)
SUITE = "cartfuzz.suite"
DEFAULT_EXPLORE = 60
RANDOM_SEED = "random"
LOG_FORMATS = ("json", "text")
"""The values of `cartfuzz.harness.run_settings.LogFormat`, which is slow to import."""
_SCENARIO = re.compile(r"[a-z]+/[0-9]+/[0-9]+", re.ASCII)

_TEXTS = {
    "url": ("URL", "Base URL of the target."),
    "api-key-env": ("NAME", "Environment variable that holds the API key.  [CARTFUZZ_API_KEY]"),
    "api-key-file": ("FILE", "File with the API key, in place of a variable."),
    "api-key-keyring": (
        "SERVICE[/USER]",
        "Entry of the system's keyring with the API key; needs cartfuzz[keyring].",
    ),
    "config": ("FILE", "A TOML file with [target], [environment] and [rules]."),
    "contract": ("VERSION", "Contract version of the target: 2.5.1 or current."),
    "seed": (
        "N",
        "The same seed draws the same scenarios; random: a new one.  [--hypothesis-seed, else 0]",
    ),
    "explore": ("N", "Scenarios to draw for each of explore, race and lost, in steps of 20.  [60]"),
    "rps": (
        "N",
        "Most requests a second, over all workers.  [that of the file, else 20 unless loopback]",
    ),
    "traffic": (
        "all|dry|reads",
        "What may be sent: dry: reads, and requests with dry=true; reads: reads alone.  [all]",
    ),
    "i-know-this-is-production": (
        "HOST",
        "Let this host get load although it looks like production.",
    ),
    "timeout": ("SECONDS", "Maximum time for one request.  [that of the file, else 30]"),
    "give-up-after": ("DURATION", "A target that is away for longer is lost: 90s, 1h30m.  [60s]"),
    "baseline": ("FILE", "File of known failures: signature to ticket, as JSON or TOML."),
    "corpus": (
        "DIR|URL",
        "Corpus to send first and to store what is found: a folder, or redis://HOST:PORT/DB.",
    ),
    "report-dir": (
        "DIR",
        "Folder for summary.json, junit.xml, events.ndjson and discrepancies/.  [none is written]",
    ),
    "log-file": ("FILE", "Append a structured log of the run to this file; -: standard error."),
    "log-format": ("json|text", "What a line of that log is.  [json]"),
    "metrics-file": (
        "FILE",
        "Keep metrics for Prometheus in this file; needs cartfuzz[prometheus].",
    ),
    "metrics-port": (
        "[HOST:]PORT",
        "Serve metrics for Prometheus at this port meanwhile; needs cartfuzz[prometheus].",
    ),
    "report": (
        "NAME,...",
        "Further formats of the report in that folder: html, junit, markdown, sarif, har, json.",
    ),
}
_LISTS = {
    "allow-host": ("HOST", "A host that is not loopback and may get load. May be repeated."),
    "plugin": (
        "MODULE[:NAME]",
        "A plugin besides those of installed packages. May be repeated.",
    ),
    "sandbox-fault": (
        "NAME",
        "A fault of the embedded sandbox, which is the target then. May be repeated.",
    ),
    "scenario": (
        "PHASE/SHARD/INDEX",
        "Send this scenario too, as a failure names it. May be repeated.",
    ),
}
_SANDBOX = "Start the embedded sandbox and make it the target."
_CLEAN = "Cancel at the end what the run has left in the target."
_OTEL = "Export spans and metrics over OTLP, as the OTEL_* variables say; needs cartfuzz[otel]."
_STRICT = "Fail a test whose known failure is gone.  [as xfail_strict]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSettings(Settings):
    """The options of pytest: those of every run, and those that the plugin alone has.

    Attributes:
        explore: scenarios to draw for each phase without an end.
        baseline: the file of known failures; None: there are none.
        baseline_strict: whether a known failure that is gone fails its test.
        report_dir: the folder of the report; None: no report is written.
        report: names of further formats of the report, with commas between them.
        sandbox: whether the embedded sandbox is the target.
        scenarios: IDs of scenarios to send besides those that the chosen tests need.
        clean: whether the sessions of the run are cancelled at its end.
        fixed_seed: whether nobody chose the seed, so that it is 0 in every run.
        log_file: of the structured log; ``-`` is standard error. None: there is none.
        log_format: of its lines, ``json`` or ``text``.
        metrics_file: of metrics for Prometheus; None: there is none.
        metrics_port: host and port that serve them; None: there is none.
        otel: whether the run is exported over OTLP.
    """

    explore: int = DEFAULT_EXPLORE
    baseline: Path | None = None
    baseline_strict: bool = False
    report_dir: Path | None = None
    report: str | None = None
    sandbox: bool = False
    scenarios: tuple[str, ...] = ()
    fixed_seed: bool = False
    clean: bool = False
    log_file: Path | None = None
    log_format: str = LOG_FORMATS[0]
    metrics_file: Path | None = None
    metrics_port: tuple[str, int] | None = None
    otel: bool = False
    prefix: str = "--cartfuzz-"


def add_options(parser: pytest.Parser) -> None:
    """Adds the group ``cartfuzz``."""
    group = parser.getgroup("cartfuzz", "Cartfuzz: tests of the customer-session API")
    for name, (metavar, text) in _TEXTS.items():
        group.addoption(f"--cartfuzz-{name}", metavar=metavar, default=None, help=text)
        parser.addini(_ini(name), text, type="string", default="")
    for name, (metavar, text) in _LISTS.items():
        group.addoption(
            f"--cartfuzz-{name}", metavar=metavar, action="append", default=[], help=text
        )
        parser.addini(_ini(name), text, type="args", default=[])
    for name, text in (
        ("baseline-strict", _STRICT),
        ("sandbox", _SANDBOX),
        ("clean", _CLEAN),
        ("otel", _OTEL),
    ):
        group.addoption(f"--cartfuzz-{name}", action="store_true", default=None, help=text)
        parser.addini(_ini(name), text, type="string", default="")


def settings_of(config: pytest.Config) -> PluginSettings:
    """The settings of a run.

    Raises:
        pytest.UsageError: a value is not what it must be.
    """
    url, sandbox = _target(config)
    seed = _chosen_seed(config)
    return PluginSettings(
        url=url,
        sandbox=sandbox,
        api_key_env=_text(config, "api-key-env") or API_KEY_VARIABLE,
        api_key_file=_path(config, "api-key-file"),
        api_key_keyring=_text(config, "api-key-keyring"),
        config=_path(config, "config"),
        contract=_text(config, "contract"),
        seed=seed or 0,
        fixed_seed=seed is None,
        explore=_explore(config),
        rps=_number(config, "rps", float, 1e-9),
        timeout_sec=_number(config, "timeout", float, 1e-9, MAX_TIMEOUT_SEC),
        give_up_sec=_duration(config, "give-up-after"),
        baseline=_path(config, "baseline"),
        baseline_strict=_strict(config),
        corpus=_corpus(config),
        traffic=_text(config, "traffic"),
        production=_text(config, "i-know-this-is-production"),
        report_dir=_path(config, "report-dir"),
        report=_text(config, "report"),
        allow_hosts=_list(config, "allow-host"),
        faults=_list(config, "sandbox-fault"),
        scenarios=_scenarios(config),
        clean=bool(config.getoption("--cartfuzz-clean")) or _flag(config, "clean"),
        log_file=_log_file(config),
        log_format=_log_format(config),
        metrics_file=_path(config, "metrics-file"),
        metrics_port=_address(config, "metrics-port"),
        otel=bool(config.getoption("--cartfuzz-otel")) or _flag(config, "otel"),
        folders=(config.invocation_params.dir, config.rootpath),
        plugins=_list(config, "plugin"),
    )


def _ini(name: str) -> str:
    return "cartfuzz_" + name.replace("-", "_")


VARIABLES = {
    "api-key-env": ("API_KEY_ENV", "API_KEY_FILE", "API_KEY_KEYRING"),
    "api-key-file": ("API_KEY_ENV", "API_KEY_FILE", "API_KEY_KEYRING"),
    "api-key-keyring": ("API_KEY_ENV", "API_KEY_FILE", "API_KEY_KEYRING"),
    "config": ("CONFIG",),
    "contract": ("CONTRACT",),
    "rps": ("RPS",),
    "traffic": ("TRAFFIC",),
    "timeout": ("TIMEOUT_SEC",),
    "give-up-after": ("GIVE_UP_AFTER",),
    "url": ("URL",),
}
"""By option, the variables of `cartfuzz.harness.variables` that count before pytest's file. Named
here, so that pytest starts without what reads them."""


def _written(config: pytest.Config, name: str) -> str:
    """What pytest's file has for an option; empty: nothing, or a variable counts before it."""
    if any(f"CARTFUZZ_{key}" in os.environ for key in VARIABLES.get(name, ())):
        return ""
    return str(config.getini(_ini(name)))


def _text(config: pytest.Config, name: str) -> str | None:
    given = config.getoption(f"--cartfuzz-{name}")
    return str(given if given is not None else _written(config, name)) or None


def _list(config: pytest.Config, name: str) -> tuple[str, ...]:
    given: list[str] = config.getoption(f"--cartfuzz-{name}")
    return tuple(given or config.getini(_ini(name)))


def _path(config: pytest.Config, name: str) -> Path | None:
    """A path: relative to where pytest was called, or to its configuration file."""
    given: str | None = config.getoption(f"--cartfuzz-{name}")
    if given is not None:
        return config.invocation_params.dir / given
    written = _written(config, name)
    if not written:
        return None
    return (config.inipath.parent if config.inipath else config.rootpath) / str(written)


def _corpus(config: pytest.Config) -> str | None:
    """A URL as given; a folder as an absolute path."""
    given = _text(config, "corpus")
    return given if given is None or "://" in given else str(_path(config, "corpus"))


def _number(
    config: pytest.Config,
    name: str,
    kind: type[int] | type[float],
    least: float,
    most: float = sys.float_info.max,
) -> float | None:
    """The number that the option ``name`` gives; None: not given.

    Raises:
        pytest.UsageError: it is not a ``kind`` from ``least`` to ``most``.
    """
    text = _text(config, name)
    if text is None:
        return None
    try:
        number = kind(text)
    except ValueError:
        number = kind(-1)
    if not least <= number <= most:
        expected = "a whole number from 0" if kind is int else "a number above 0"
        limit = "" if most == sys.float_info.max else f", at most {most:g}"
        raise pytest.UsageError(f"--cartfuzz-{name}: expected {expected}{limit}, found {text!r}")
    return number


def _duration(config: pytest.Config, name: str) -> float | None:
    """The seconds that the option ``name`` gives; None: not given.

    Raises:
        pytest.UsageError: it is no duration.
    """
    text = _text(config, name)
    if text is None:
        return None
    seconds = seconds_of(text)
    if seconds is None:
        raise pytest.UsageError(f"--cartfuzz-{name}: expected {DURATION}, found {text!r}")
    return seconds


def _log_file(config: pytest.Config) -> Path | None:
    given = _text(config, "log-file")
    return Path(given) if given == "-" else _path(config, "log-file")


def _log_format(config: pytest.Config) -> str:
    given = _text(config, "log-format") or LOG_FORMATS[0]
    if given not in LOG_FORMATS:
        raise pytest.UsageError(
            f"--cartfuzz-log-format: expected one of {', '.join(LOG_FORMATS)}, found {given!r}"
        )
    return given


def _address(config: pytest.Config, name: str) -> tuple[str, int] | None:
    text = _text(config, name)
    found = None if text is None else address_of(text)
    if text is not None and found is None:
        raise pytest.UsageError(f"--cartfuzz-{name}: expected {ADDRESS}, found {text!r}")
    return found


def _explore(config: pytest.Config) -> int:
    number = _number(config, "explore", int, 0)
    return DEFAULT_EXPLORE if number is None else int(number)


def _chosen_seed(config: pytest.Config) -> int | None:
    """The seed; None: nobody chose one. The workers of pytest-xdist take that of the controller."""
    handed = getattr(config, "workerinput", {}).get(SEED_INPUT)
    if handed is not None:
        return int(handed)
    text = _text(config, "seed")
    if text == RANDOM_SEED:
        return secrets.randbelow(2**32)
    if text is not None and not text.isdecimal():
        raise pytest.UsageError(
            f"--cartfuzz-seed: expected a whole number from 0, or {RANDOM_SEED}, found {text!r}"
        )
    fallback: Any = config.getoption("--hypothesis-seed", None)
    chosen = text if text is not None else str(fallback)
    return int(chosen) if chosen.isdecimal() else None


def _target(config: pytest.Config) -> tuple[str | None, bool]:
    """The URL, and whether the embedded sandbox is wanted; the command line comes first."""
    url: str | None = config.getoption("--cartfuzz-url")
    if url is not None and not url.strip():
        raise pytest.UsageError(
            f"--cartfuzz-url: expected the base URL of the target, found {url!r}; is the variable "
            "set that holds it? --cartfuzz-sandbox starts the embedded sandbox"
        )
    if config.getoption("--cartfuzz-sandbox"):
        return _one_target(url, sandbox=True)
    if url is not None:
        return url, False
    if "CARTFUZZ_URL" in os.environ:
        return None, False  # it counts before pytest's file, whatever target that names
    return _one_target(config.getini(_ini("url")) or None, sandbox=_flag(config, "sandbox"))


def _one_target(url: str | None, *, sandbox: bool) -> tuple[str | None, bool]:
    if url and sandbox:
        raise pytest.UsageError(
            f"--cartfuzz-sandbox: expected one target, found the sandbox and {url_words(url)}: "
            "leave one of them out"
        )
    return url, sandbox


def _scenarios(config: pytest.Config) -> tuple[str, ...]:
    given = _list(config, "scenario")
    for name in given:
        if not _SCENARIO.fullmatch(name):
            raise pytest.UsageError(
                f"--cartfuzz-scenario: expected an ID such as explore/0/3, found {name!r}"
            )
    return given


def _strict(config: pytest.Config) -> bool:
    if config.getoption("--cartfuzz-baseline-strict"):
        return True
    if config.getini(_ini("baseline-strict")):
        return _flag(config, "baseline-strict")
    return bool(config.getini("xfail_strict"))


def _flag(config: pytest.Config, name: str) -> bool:
    """What pytest's file gives for an option without a value; False: nothing."""
    written = str(config.getini(_ini(name))).lower()
    if written in ("true", "1", "yes", "on"):
        return True
    if written in ("false", "0", "no", "off", ""):
        return False
    raise pytest.UsageError(f"{_ini(name)}: expected true or false, found {written!r}")
