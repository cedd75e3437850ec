"""What the plugin keeps for one run of pytest, in each of its processes.

One folder is shared by the process that the user started and all workers of xdist: the target that
was opened, what the workers found, the merged result. Nothing is made before a test needs it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .options import SUITE, PluginSettings, settings_of

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from ..analysis import Summary
    from ..harness.plan import Plan
    from .client import Client
    from .selection import Selection
    from .target import OpenTarget, Target

_NEEDED = "needed"
_FIXTURES = frozenset(("cartfuzz_target", "cartfuzz_client", "cartfuzz_verdicts"))


@dataclass(slots=True, kw_only=True)
class PluginState:
    settings: PluginSettings
    plan: Plan | None = None
    shared: Path | None = None
    items: Sequence[pytest.Item] = ()
    opened: OpenTarget | None = None
    target: Target | None = None
    client: Client | None = None
    known: Mapping[str, str] | None = None
    rules: frozenset[str] = frozenset()
    summary: Summary | None = None
    notes: list[str] = field(default_factory=list)


_KEY = pytest.StashKey[PluginState]()


def open_desk(config: pytest.Config) -> None:
    """Reads the settings; where they name a target or files, checks these.

    Raises:
        pytest.UsageError: something in them is wrong.
    """
    desk = config.stash[_KEY] = PluginState(settings=settings_of(config))
    shared = _worker_input(config).get("cartfuzz_shared")
    if shared is not None:
        desk.shared = Path(shared)
    settings = desk.settings
    if settings.url or settings.config or settings.contract or settings.faults:
        plan_of(config)
    if settings.corpus is not None and not _is_worker(config):
        from .corpus import check_corpus  # noqa: PLC0415 - only with a corpus

        check_corpus(settings)
    if settings.baseline is not None:
        known_failures(config)


def close_desk(config: pytest.Config) -> None:
    """Ends the sandbox and removes the shared folder; workers leave both to their controller."""
    desk = config.stash.get(_KEY, None)
    if desk is None or _is_worker(config):
        return
    if desk.opened is not None:
        desk.opened.close()
        desk.opened = None
    if desk.shared is not None:
        shutil.rmtree(desk.shared, ignore_errors=True)


def settings_for(config: pytest.Config) -> PluginSettings:
    """The settings of this run."""
    return config.stash[_KEY].settings


def plan_of(config: pytest.Config) -> Plan:
    """The resolved settings of this run, read once in each process.

    Raises:
        pytest.UsageError: something in them is wrong.
    """
    desk = config.stash[_KEY]
    if desk.plan is None:
        from .target import plan_for  # noqa: PLC0415 - only where a target or the suite needs it

        desk.plan = plan_for(desk.settings)
    return desk.plan


def known_failures(config: pytest.Config) -> Mapping[str, str]:
    """The baseline: signature to ticket text; empty without one."""
    desk = config.stash[_KEY]
    if desk.known is None:
        if desk.settings.baseline is None:
            return {}
        from .baseline import read_known  # noqa: PLC0415 - only with a baseline

        desk.known = read_known(desk.settings.baseline)
    return desk.known


def shared_folder(config: pytest.Config) -> Path:
    """The folder that all processes of the run share; only its owner may look into it."""
    desk = config.stash[_KEY]
    if desk.shared is None:
        desk.shared = Path(tempfile.mkdtemp(prefix="cartfuzz-"))
    return desk.shared


def header(config: pytest.Config) -> list[str]:
    """One line where a target is named or the suite is asked for."""
    settings = settings_for(config)
    if not (settings.url or settings.faults or any(SUITE in str(arg) for arg in config.args)):
        return []
    target = settings.url or "embedded sandbox"
    if settings.faults:
        target += f" with {', '.join(settings.faults)}"
    parts = [target, f"seed {settings.seed}"]
    if settings.contract:
        parts.append(f"contract {settings.contract}")
    if settings.corpus:
        parts.append(f"corpus {settings.corpus}")
    if settings.baseline:
        parts.append(f"{len(known_failures(config))} known failures")
    return [f"cartfuzz: {', '.join(parts)}"]


def note_need(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Remembers the tests; a worker tells its controller whether they need a target."""
    desk = config.stash[_KEY]
    desk.items = items
    if _is_worker(config) and any(_needs_target(item) for item in items):
        (shared_folder(config) / _NEEDED).touch()


def open_target_if_needed(config: pytest.Config) -> None:
    """In the controller of xdist: opens the target once some worker needs it."""
    if config.stash[_KEY].opened is None and (shared_folder(config) / _NEEDED).exists():
        _open(config)


def target_of(config: pytest.Config) -> Target:
    """The target; opened here unless this is a worker of xdist.

    Fails the test that asks if it cannot be tested.
    """
    desk = config.stash[_KEY]
    if desk.target is None:
        from ..contract import CartfuzzError  # noqa: PLC0415
        from .target import read_target  # noqa: PLC0415

        if desk.opened is None and not _is_worker(config):
            _open(config)
        try:
            desk.target = read_target(
                plan_of(config), desk.settings, shared_folder(config), _workers(config)
            )
        except CartfuzzError as error:
            pytest.fail(f"cartfuzz: {error}", pytrace=False)
    return desk.target


def selection(config: pytest.Config) -> Selection:
    """What the chosen tests of the suite need to be sent."""
    from .selection import selection_of  # noqa: PLC0415

    cache = getattr(config, "cache", None)
    shown = cache.get(_CACHE, {}) if cache is not None else {}
    return selection_of(config.stash[_KEY].items, shown)


def register_client(config: pytest.Config, client: Client) -> None:
    """Makes the client known to this test and those that come."""
    desk = config.stash[_KEY]
    desk.client = client
    client.begin(desk.rules)


def begin_test(item: pytest.Item) -> None:
    """From now on the client fails the test for what ``item`` is marked with."""
    desk = item.config.stash[_KEY]
    desk.rules = rules_of(item)
    if desk.client is not None:
        desk.client.begin(desk.rules)


def settle_test(item: pytest.Item) -> None:
    """Fails ``item``, whose function has returned, for what the client held back until now."""
    desk = item.config.stash[_KEY]
    if desk.client is not None:
        desk.client.settle()


def end_test(item: pytest.Item) -> None:
    """Writes down what the client did in the test."""
    desk = item.config.stash[_KEY]
    if desk.client is not None:
        desk.client.end()


def rules_of(item: pytest.Item) -> frozenset[str]:
    """The rules that a test is marked with."""
    rules = (marker.kwargs.get("rule") for marker in item.iter_markers("cartfuzz"))
    return frozenset(rule for rule in rules if isinstance(rule, str))


def finish(config: pytest.Config) -> None:
    """In the process that the user started: merges what all workers found, writes the report."""
    desk = config.stash[_KEY]
    if _is_worker(config) or desk.opened is None or desk.shared is None:
        return
    from .merging import merge  # noqa: PLC0415 - only after a run with a target

    merged = merge(desk.opened, plan_of(config), desk.settings, desk.shared)
    desk.summary = merged.summary
    desk.notes = list(merged.notes)
    cache = getattr(config, "cache", None)
    if cache is not None and merged.shown:
        cache.set(_CACHE, merged.shown)


def write_section(config: pytest.Config, terminal: TerminalReporter) -> None:
    """The terminal section: what was found, by rule, known failures apart."""
    desk = config.stash[_KEY]
    if desk.summary is None:
        return
    from .messages import section  # noqa: PLC0415 - only after a run with a target

    terminal.section("cartfuzz")
    for line in section(desk.summary, known_failures(config), config.get_verbosity()):
        terminal.write_line(line)
    for note in desk.notes:
        terminal.write_line(note)


def worker_number(config: pytest.Config) -> int:
    """0 in the only process, else the number of the xdist worker from 1."""
    name = str(_worker_input(config).get("workerid", ""))
    digits = name.removeprefix("gw")
    return int(digits) + 1 if digits.isdecimal() else 0


_CACHE = "cartfuzz/shown"
"""In pytest's cache: rule to the IDs of scenarios that showed it broken, for ``--lf``."""


def _open(config: pytest.Config) -> None:
    from .target import open_target  # noqa: PLC0415

    desk = config.stash[_KEY]
    desk.opened = open_target(plan_of(config), desk.settings, shared_folder(config))


def _needs_target(item: pytest.Item) -> bool:
    return not _FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def _workers(config: pytest.Config) -> int:
    """How many processes send requests."""
    return int(_worker_input(config).get("workercount", 1))


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _worker_input(config: pytest.Config) -> Mapping[str, Any]:
    given: Mapping[str, Any] = getattr(config, "workerinput", {})
    return given
