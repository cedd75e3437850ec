"""Passes, fails or skips the tests of the suite, by what everything that was sent has shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Self

import pytest

from ..analysis import Summary, summarise
from ..contract import Environment, Rule
from ..harness.errors import TargetError
from ..harness.run_started import run_started
from ..record import Discrepancy, Event, Phase, ScenarioRun
from ..reports import plain
from ..reports.wording import counted
from ..strategies import edge_scenarios, malformed_scenarios
from .executions import Executions
from .failure_reports import RuleBrokenError
from .findings import Status, SuiteFindings, Verdict
from .selection import Selection
from .suite_command import SuiteCommand
from .symptoms import symptoms_in
from .target import Target

_MAX_FOUND = 120
"""Characters of an answer in a message."""


class NothingAcceptedError(TargetError):
    """The target accepted no update, so that what it does otherwise proves no rule broken."""


class Verdicts:
    """What the tests of the suite call; each method ends the test unless it passes.

    Args:
        findings: what was sent, and what it showed.
    """

    def __init__(self, findings: SuiteFindings) -> None:
        self._findings = findings

    @classmethod
    def of(
        cls,
        target: Target,
        shared: Path,
        selection: Selection,
        *,
        baseline: Mapping[str, str],
        strict: bool,
        command: SuiteCommand,
    ) -> Self:
        """Sends all that ``selection`` needs.

        Raises:
            TargetLostError: the target gives no usable responses any more.
            NothingAcceptedError: it accepted no update, of many.
        """
        events = Executions(target, shared).complete(selection)
        summary = summarise([run_started(target.plan, target.run), *events])
        if summary.withheld:
            raise NothingAcceptedError(_nothing_accepted(summary, events))
        findings = SuiteFindings(
            summary=summary,
            selection=selection,
            aimed_rules=_aimed_rules(target.environment, selection),
            cells=_cells(events),
            symptoms=symptoms_in(event for event in events if isinstance(event, ScenarioRun)),
            baseline=baseline,
            strict=strict,
            command=command,
        )
        return cls(findings)

    def rule(self, rule: Rule) -> None:
        """Passes if nothing that was sent shows ``rule`` broken.

        Raises:
            pytest.skip.Exception: the rule is only observed, or nothing that was sent tests it.
            pytest.xfail.Exception: only known failures break it, or what another test fails for.
            RuleBrokenError: it is broken; the text shows how, and how to reproduce it.
        """
        __tracebackhide__ = True
        _end_test(self._findings.of_rule(rule))

    def phase(self, phase: Phase) -> None:
        """Passes if a phase was sent and showed nothing but what tests of rules fail for.

        Raises:
            pytest.skip.Exception: nothing of it was sent.
            RuleBrokenError: it broke rules whose tests were not chosen.
        """
        __tracebackhide__ = True
        _end_test(self._findings.of_phase(phase))

    def cell(self, title: str, rule_id: str) -> None:
        """Passes if the target did in a cell of the state machine what the contract demands.

        Raises:
            RuleBrokenError: it did not.
            pytest.xfail.Exception: that is known, or the test of another cell fails for it.
        """
        __tracebackhide__ = True
        _end_test(self._findings.of_cell(title, rule_id))

    def test_that_reports(self, signatures: Set[str]) -> str:
        """The chosen test of a rule that fails for one of ``signatures``; empty: there is none."""
        return self._findings.test_that_reports(signatures)


def _nothing_accepted(summary: Summary, events: Iterable[Event]) -> str:
    """Why no rule is blamed, with one of the answers, and what to do."""
    runs = (event for event in events if isinstance(event, ScenarioRun))
    found = next((one.found for run in runs for one in run.discrepancies), "")
    withheld = counted(summary.withheld, "discrepancy is", "discrepancies are")
    return (
        f"{summary.target} accepted no update, so no rule is blamed ({withheld} not listed); one "
        f"answer was: {plain(found, longest=_MAX_FOUND)}; find with cartfuzz check what it demands "
        "of every session, and declare it in the configuration"
    )


def _end_test(verdict: Verdict) -> None:
    __tracebackhide__ = True
    if verdict.status is Status.FAILED:
        raise RuleBrokenError(verdict.text, reason=verdict.reason)
    if verdict.status is Status.XFAILED:
        pytest.xfail(verdict.text)
    if verdict.status is Status.SKIPPED:
        pytest.skip(verdict.text)


def _aimed_rules(environment: Environment, selection: Selection) -> frozenset[str]:
    """The rules that the sweeps aim at; those of `Phase.WIRE` only where it was sent whole."""
    sweeps = [edge_scenarios(environment)]
    if Phase.WIRE in selection.phases:
        sweeps.append(malformed_scenarios(environment))
    return frozenset(rule for sweep in sweeps for scenario in sweep for rule in scenario.aims)


def _cells(events: Iterable[Event]) -> dict[str, tuple[Discrepancy, ...]]:
    """Title of each scenario of `Phase.EDGES`, the cells among them, to what it showed."""
    return {
        event.title: event.discrepancies
        for event in events
        if isinstance(event, ScenarioRun) and event.phase == Phase.EDGES.value
    }
