"""Declares and reads the plugin's options: on the command line or in pytest's own file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ..harness.settings import API_KEY_VARIABLE, MAX_TIMEOUT_SEC, Settings

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
_DEFAULT_EXPLORE = 60

_TEXTS = {
    "url": ("URL", "Base URL of the target. Without it the embedded sandbox is started."),
    "api-key-env": ("NAME", "Environment variable that holds the API key.  [CARTFUZZ_API_KEY]"),
    "config": ("FILE", "A TOML file with [target], [environment] and [rules]."),
    "contract": ("VERSION", "Contract version of the target: 2.5.1 or current."),
    "seed": (
        "N",
        "The same seed draws the same scenarios.  [--hypothesis-seed if it is a number, else 0]",
    ),
    "explore": ("N", "Scenarios to draw for each of explore, race and lost, in steps of 20.  [60]"),
    "rps": ("N", "Maximum number of requests a second, over all workers.  [20 unless loopback]"),
    "timeout": ("SECONDS", "Maximum time for one request.  [30]"),
    "baseline": ("FILE", "File of known failures: signature to ticket, as JSON or TOML."),
    "corpus": (
        "DIR|URL",
        "Corpus to send first and to store what is found: a folder, or redis://HOST:PORT/DB.",
    ),
    "report-dir": (
        "DIR",
        "Folder for summary.json, junit.xml and events.ndjson.  [none is written]",
    ),
}
_LISTS = {
    "allow-host": ("HOST", "A host that is not loopback and may get load. May be repeated."),
    "sandbox-fault": ("NAME", "A fault of the sandbox to switch on. May be repeated."),
}
_STRICT = "Fail a test whose known failure is gone.  [as xfail_strict]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSettings(Settings):
    """The options of pytest: those of every run, and those that the plugin alone has.

    Attributes:
        explore: scenarios to draw for each phase without an end.
        baseline: the file of known failures; None: there are none.
        baseline_strict: whether a known failure that is gone fails its test.
        report_dir: the folder of the report; None: no report is written.
    """

    explore: int = _DEFAULT_EXPLORE
    baseline: Path | None = None
    baseline_strict: bool = False
    report_dir: Path | None = None
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
    group.addoption("--cartfuzz-baseline-strict", action="store_true", default=None, help=_STRICT)
    parser.addini(_ini("baseline-strict"), _STRICT, type="string", default="")


def settings_of(config: pytest.Config) -> PluginSettings:
    """The settings of a run.

    Raises:
        pytest.UsageError: a value is not what it must be.
    """
    return PluginSettings(
        url=_text(config, "url"),
        api_key_env=_text(config, "api-key-env") or API_KEY_VARIABLE,
        config=_path(config, "config"),
        contract=_text(config, "contract"),
        seed=_seed(config),
        explore=_explore(config),
        rps=_number(config, "rps", float, 1e-9),
        timeout_sec=_number(config, "timeout", float, 1e-9, MAX_TIMEOUT_SEC),
        baseline=_path(config, "baseline"),
        baseline_strict=_strict(config),
        corpus=_corpus(config),
        report_dir=_path(config, "report-dir"),
        allow_hosts=_list(config, "allow-host"),
        faults=_list(config, "sandbox-fault"),
    )


def _ini(name: str) -> str:
    return "cartfuzz_" + name.replace("-", "_")


def _text(config: pytest.Config, name: str) -> str | None:
    given = config.getoption(f"--cartfuzz-{name}")
    return str(given if given is not None else config.getini(_ini(name))) or None


def _list(config: pytest.Config, name: str) -> tuple[str, ...]:
    given: list[str] = config.getoption(f"--cartfuzz-{name}")
    return tuple(given or config.getini(_ini(name)))


def _path(config: pytest.Config, name: str) -> Path | None:
    """A path: relative to where pytest was called, or to its configuration file."""
    given: str | None = config.getoption(f"--cartfuzz-{name}")
    if given is not None:
        return config.invocation_params.dir / given
    written = config.getini(_ini(name))
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


def _explore(config: pytest.Config) -> int:
    number = _number(config, "explore", int, 0)
    return _DEFAULT_EXPLORE if number is None else int(number)


def _seed(config: pytest.Config) -> int:
    number = _number(config, "seed", int, 0)
    if number is None:
        fallback: Any = config.getoption("--hypothesis-seed", None)
        number = int(fallback) if str(fallback).isdecimal() else 0
    return int(number)


def _strict(config: pytest.Config) -> bool:
    if config.getoption("--cartfuzz-baseline-strict"):
        return True
    written = str(config.getini(_ini("baseline-strict"))).lower()
    if written in ("true", "1", "yes", "on"):
        return True
    if written in ("false", "0", "no", "off"):
        return False
    if written:
        raise pytest.UsageError(
            f"cartfuzz_baseline_strict: expected true or false, found {written!r}"
        )
    return bool(config.getini("xfail_strict"))
