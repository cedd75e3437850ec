"""The plugin's options: each on the command line and in the configuration file of pytest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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

_TEXTS = {
    "url": ("URL", "Base URL of the target; without it the embedded sandbox is started."),
    "api-key-env": ("NAME", "Environment variable with the API key.  [CARTFUZZ_API_KEY]"),
    "config": ("FILE", "A TOML file with [target], [environment] and [rules]."),
    "contract": ("VERSION", "The contract version: 2.5.1 or current."),
    "seed": ("N", "Same seed, same scenarios.  [--hypothesis-seed if that is a number, else 0]"),
    "explore": ("N", "Scenarios to draw for each of explore, race, lost; in steps of 20.  [60]"),
    "rps": ("N", "Most requests a second, all workers.  [20 unless loopback]"),
    "timeout": ("SECONDS", "Longest that one request may take.  [30]"),
    "baseline": ("FILE", "Known failures: signature to ticket, JSON or TOML."),
    "corpus": ("DIR|URL", "Known failures, tried first; a folder or redis://HOST:PORT/DB."),
    "report-dir": ("DIR", "Where summary.json, junit.xml and events.ndjson go.  [nowhere]"),
}
_LISTS = {
    "allow-host": ("HOST", "A host that is not loopback and may get load; may be repeated."),
    "sandbox-fault": ("NAME", "A fault of the sandbox to switch on; may be repeated."),
}
_STRICT = "A known failure that is gone fails its test.  [as xfail_strict]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What command line and configuration file of pytest say; None where they say nothing."""

    url: str | None
    api_key_env: str
    config: Path | None
    contract: str | None
    seed: int
    explore: int
    rps: float | None
    timeout_sec: float | None
    baseline: Path | None
    baseline_strict: bool
    corpus: str | None
    report_dir: Path | None
    allow_hosts: tuple[str, ...]
    faults: tuple[str, ...]


def add_options(parser: pytest.Parser) -> None:
    """Adds the group ``cartfuzz``."""
    group = parser.getgroup("cartfuzz", "Cartfuzz: the customer-session API put to the test")
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


def settings_of(config: pytest.Config) -> Settings:
    """The settings of a run.

    Raises:
        pytest.UsageError: a value is not what it must be.
    """
    return Settings(
        url=_text(config, "url"),
        api_key_env=_text(config, "api-key-env") or "CARTFUZZ_API_KEY",
        config=_path(config, "config"),
        contract=_text(config, "contract"),
        seed=_seed(config),
        explore=60 if (count := _number(config, "explore", int, 0)) is None else int(count),
        rps=_number(config, "rps", float, 1e-9),
        timeout_sec=_number(config, "timeout", float, 1e-9),
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
    """A path as given on the command line, or beside the configuration file."""
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
    config: pytest.Config, name: str, kind: type[int] | type[float], least: float
) -> float | None:
    text = _text(config, name)
    if text is None:
        return None
    try:
        number = kind(text)
    except ValueError:
        number = kind(-1)
    if not least <= number < float("inf"):
        wanted = "a whole number from 0" if kind is int else "a number above 0"
        raise pytest.UsageError(f"--cartfuzz-{name}: expected {wanted}, found {text!r}")
    return number


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
        raise pytest.UsageError(f"cartfuzz_baseline_strict: expected a bool, found {written!r}")
    return bool(config.getini("xfail_strict"))
