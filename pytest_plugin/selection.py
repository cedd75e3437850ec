"""Works out what the chosen tests of the suite need to be sent: no more than that goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import pytest

from ..analysis.tested_rules import RACE_RULES
from ..contract import Rule
from ..record import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The scenarios that a run of the suite sends.

    Attributes:
        phases: the phases that are sent whole.
        rules: of the phases `Phase.EDGES` and `Phase.WIRE`, the scenarios that aim at one of these
            are sent too.
        titles: and those of `Phase.EDGES` with one of these titles.
        ids: and the scenarios with these IDs, which showed a rule broken in the last run or which
            the user names.
    """

    phases: frozenset[Phase]
    rules: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        items: Iterable[pytest.Item],
        shown: Mapping[str, Any],
        scenarios: Iterable[str] = (),
    ) -> Self:
        """The selection for the tests that pytest is about to run.

        Args:
            items: all of them; those that are not of the suite select nothing.
            shown: rule to IDs of scenarios that showed it broken in the last run. It comes from
                pytest's cache, so its shape is not sure.
            scenarios: IDs of scenarios that the user names.
        """
        phases: set[Phase] = set()
        rules: set[str] = set()
        titles: set[str] = set()
        for given in map(_parameters, items):
            if isinstance(given.get("rule"), Rule):
                rules.add(given["rule"].id)
            if isinstance(given.get("phase"), Phase):
                phases.add(given["phase"])
            if isinstance(given.get("cell"), str):
                titles.add(given["cell"])
        if rules & RACE_RULES:
            phases.add(Phase.RACE)
        return cls(
            phases=frozenset(phases),
            rules=frozenset(rules),
            titles=frozenset(titles),
            ids=frozenset((*_ids(rules, shown), *scenarios)),
        )

    @property
    def is_complete(self) -> bool:
        """Whether everything is sent, so that a failure that does not show is fixed."""
        return self.phases | {Phase.CORPUS} == frozenset(Phase)

    def shards_of(self, phase: Phase) -> frozenset[int]:
        """The shards of ``phase`` that hold a scenario of `ids`."""
        return frozenset(
            int(shard)
            for name, shard, _ in (scenario.split("/")[:3] for scenario in self.ids)
            if name == phase.value
        )


def _parameters(item: pytest.Item) -> Mapping[str, Any]:
    """The parameters of a test of the suite; empty for any other test."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or "cartfuzz_verdicts" not in getattr(item, "fixturenames", ()):
        return {}
    parameters: Mapping[str, Any] = callspec.params
    return parameters


def _ids(rules: Iterable[str], shown: Mapping[str, Any]) -> set[str]:
    return {
        str(scenario)
        for rule in rules
        for scenario in shown.get(rule, ())
        if str(scenario).count("/") >= 2
    }
