"""What the chosen tests of the suite need to be sent: no more than that goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ..contract import Rule
from ..record import Phase

RACED = frozenset(("PAR-01", "PAR-02", "PAR-03"))
"""The rules that only concurrent requests put to the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The scenarios that a run of the suite sends."""

    phases: frozenset[Phase]
    """The phases that are sent whole."""
    rules: frozenset[str] = frozenset()
    """Of the sweep, the scenarios that aim at one of these are sent too."""
    titles: frozenset[str] = frozenset()
    """And those with these titles."""
    ids: frozenset[str] = frozenset()
    """And these, which the last run needed to show a rule broken."""

    @property
    def whole(self) -> bool:
        """Whether everything is sent, so that what does not show up is gone."""
        return self.phases | {Phase.CORPUS} == frozenset(Phase)

    def shards_of(self, phase: Phase) -> frozenset[int]:
        """The shards of ``phase`` that hold one of `ids`."""
        return frozenset(
            int(shard)
            for name, shard, _ in (scenario.split("/")[:3] for scenario in self.ids)
            if name == phase.value
        )


def selection_of(items: Iterable[pytest.Item], shown: Mapping[str, Any]) -> Selection:
    """The selection for the tests that pytest is about to run.

    Args:
        items: all of them.
        shown: rule to IDs of scenarios that showed it broken in the last run.
    """
    phases: set[Phase] = set()
    rules: set[str] = set()
    titles: set[str] = set()
    for item in items:
        if "cartfuzz_verdicts" not in getattr(item, "fixturenames", ()):
            continue
        callspec = getattr(item, "callspec", None)
        given: Mapping[str, Any] = callspec.params if callspec is not None else {}
        if isinstance(given.get("rule"), Rule):
            rules.add(given["rule"].id)
        if isinstance(given.get("phase"), Phase):
            phases.add(given["phase"])
        if isinstance(given.get("cell"), str):
            titles.add(given["cell"])
    if rules & RACED:
        phases.add(Phase.RACE)
    ids = {
        str(scenario)
        for rule in rules
        for scenario in shown.get(rule, ())
        if str(scenario).count("/") >= 2
    }
    return Selection(
        phases=frozenset(phases),
        rules=frozenset(rules),
        titles=frozenset(titles),
        ids=frozenset(ids),
    )
