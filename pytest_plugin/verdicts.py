"""What the suite's tests ask: was this rule kept in everything that was sent?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import pytest

from ..analysis import Bug, Summary, summarise
from ..contract import ContractVersion, Level, Rule, Ruling, transitions
from ..record import Discrepancy, Phase, ScenarioRun
from ..strategies import edge_scenarios, malformed_scenarios
from ..strategies.edges.states import cell_title
from .baseline import rule_of, ticket_of
from .executions import Executions, TargetLostError
from .merging import run_started
from .messages import failure
from .options import SUITE
from .selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The findings of everything that the chosen tests needed to be sent.

    Attributes:
        summary: of all of it.
        selection: what was sent.
        aimed: the rules that what was sent aims at.
        cells: by title of its scenario, what the cells of the state machine showed.
        echoes: signatures that were only seen in scenarios in which another rule was broken
            before, with these rules: they may follow from them.
        known: signature to ticket of the failures that are known.
        strict: whether a known failure that is gone fails its test.
    """

    summary: Summary
    selection: Selection
    aimed: frozenset[str]
    cells: Mapping[str, tuple[Discrepancy, ...]]
    echoes: Mapping[str, frozenset[str]]
    known: Mapping[str, str]
    strict: bool

    @classmethod
    def of(
        cls, executions: Executions, selection: Selection, *, known: Mapping[str, str], strict: bool
    ) -> Self:
        """Has everything sent that ``selection`` needs; fails the test if the target is lost."""
        target = executions.target
        try:
            events = executions.complete(selection)
        except TargetLostError as error:
            pytest.fail(f"cartfuzz: {error}", pytrace=False)
        first = run_started(
            target.environment,
            target.rule_levels,
            seed=target.seed,
            run=target.run,
            url=target.url,
        )
        aimed = {
            rule
            for phase, sweep in ((Phase.EDGES, edge_scenarios), (Phase.WIRE, malformed_scenarios))
            for scenario in sweep(target.environment)
            if phase in selection.phases or phase is Phase.EDGES
            for rule in scenario.aims
        }
        return cls(
            summary=summarise([first, *events]),
            selection=selection,
            aimed=frozenset(aimed),
            cells={
                event.title: event.discrepancies
                for event in events
                if isinstance(event, ScenarioRun) and event.phase == Phase.EDGES.value
            },
            echoes=echoes_in(event for event in events if isinstance(event, ScenarioRun)),
            known=known,
            strict=strict,
        )

    def rule(self, rule: Rule) -> None:
        """Passes if nothing that was sent shows ``rule`` broken.

        Raises:
            pytest.skip.Exception: nothing can tell, or nothing did.
            pytest.xfail.Exception: only known failures show, or echoes of another test's failure.
            pytest.fail.Exception: it is broken; the text says how, and what to do.
        """
        level = self.summary.rules.get(rule.id)
        if level is not None and level.level is Level.OBSERVE:
            pytest.skip(f"only observed by configuration: {level.reason or 'no reason given'}")
        shown = [entry for entry in self.summary.discrepancies if entry.rule == rule.id]
        broken = [entry for entry in shown if not self._causes(entry)]
        self._fail_unless_known(broken, f"pytest --pyargs {SUITE} -k {rule.id}")
        self._fail_if_fixed(rule.id)
        if broken:
            pytest.xfail("; ".join(ticket_of(entry, self.known) or "" for entry in broken))
        if shown:
            causes = sorted({cause for entry in shown for cause in self._causes(entry)})
            pytest.xfail(f"only seen in scenarios that broke {', '.join(causes)} before")
        others = self._other_sights_of(rule.id)
        orphans = [entry for entry in others if entry.rule not in self.selection.rules]
        self._fail_unless_known(orphans, f"pytest --pyargs {SUITE} -k {rule.id}")
        if others:
            names = ", ".join(f"{entry.rule} ({entry.signature})" for entry in others)
            pytest.xfail(f"only seen as another sight of {names}")
        if rule.untestable:
            pytest.skip(f"nobody outside the target can tell: {rule.untestable}")
        if rule.id not in self.summary.coverage.rules and rule.id not in self.aimed:
            pytest.skip(f"nothing that was sent puts {rule.id} to the test in this environment")

    def phase(self, phase: Phase) -> None:
        """Passes if a phase was sent, and showed nothing but what tests of rules fail for.

        Raises:
            pytest.fail.Exception: it broke rules whose tests were not chosen.
        """
        homeless = [
            entry
            for entry in self.summary.discrepancies
            if entry.scenario.startswith(f"{phase.value}/")
            and entry.rule not in self.selection.rules
        ]
        self._fail_unless_known(homeless, f"pytest --pyargs {SUITE} -k {phase.value}")
        if not self.summary.phases[phase.value].scenarios:
            pytest.skip(
                "the corpus holds nothing yet"
                if phase is Phase.CORPUS
                else f"no scenario of {phase.value} was asked for (--cartfuzz-explore 0)"
            )

    def cell(self, title: str, rule: str) -> None:
        """Passes if the target ruled in a cell of the state machine as the contract does.

        Raises:
            pytest.fail.Exception: it did not.
            pytest.xfail.Exception: that is known, or the test of another cell fails for it.
        """
        shown = self._shown_in(title, rule)
        new = {signature for signature in shown if signature not in self.known}
        entries = [
            entry
            for entry in self.summary.discrepancies
            if entry.signatures & new and ticket_of(entry, self.known) is None
        ]
        own = [entry for entry in entries if self._first_cell(entry) == title]
        if own:
            command = f"pytest --pyargs {SUITE} -k '{title.replace(': ', ' and ')}'"
            pytest.fail(failure(self.summary, own, command=command), pytrace=False)
        if entries:
            cells = dict.fromkeys(f"'{self._first_cell(entry)}'" for entry in entries)
            pytest.xfail(f"the same as in {', '.join(cells)}")
        if shown:
            tickets = (self.known.get(signature, "known by another sight") for signature in shown)
            pytest.xfail("; ".join(dict.fromkeys(tickets)))

    def _shown_in(self, title: str, rule: str) -> list[str]:
        """The signatures of what a cell showed against the rule that it stands under."""
        return [found.signature for found in self.cells.get(title, ()) if found.rule == rule]

    def _first_cell(self, entry: Bug) -> str | None:
        """Of the cells that were chosen and show ``entry``, the one whose test fails for it: one
        that shows it as what it is, before those that show another sight of it."""
        shown = {
            title: set(self._shown_in(title, rule))
            for title, rule in rules_of_cells(self.summary.contract)
            if title in self.selection.titles
        }
        for signatures in ({entry.signature}, entry.signatures):
            for title, found in shown.items():
                if found & signatures:
                    return title
        return None

    def _other_sights_of(self, rule: str) -> list[Bug]:
        """The entries under other rules that the run saw as breaches of ``rule`` as well."""
        return [
            entry
            for entry in self.summary.discrepancies
            if any(rule_of(signature) == rule for signature in entry.signatures)
        ]

    def _causes(self, entry: Bug) -> frozenset[str]:
        """The rules with tests of their own that ``entry`` may follow from; empty: from none."""
        return self.echoes.get(entry.signature, frozenset()) & self.selection.rules

    def _fail_unless_known(self, entries: list[Bug], command: str) -> None:
        new = [entry for entry in entries if ticket_of(entry, self.known) is None]
        if new:
            text = failure(
                self.summary, new, command=f"{command} --cartfuzz-seed {self.summary.seed}"
            )
            pytest.fail(text, pytrace=False)

    def _fail_if_fixed(self, rule: str) -> None:
        """Only a run that sent everything can tell that something is gone."""
        if not self.strict or not self.selection.whole:
            return
        found = {name for entry in self.summary.discrepancies for name in entry.signatures}
        gone = [
            f"{signature} ({ticket})"
            for signature, ticket in self.known.items()
            if rule_of(signature) == rule and signature not in found
        ]
        if gone:
            pytest.fail(
                f"expected the known failures {', '.join(gone)}, found them fixed: "
                "remove them from the file of --cartfuzz-baseline",
                pytrace=False,
            )


def rules_of_cells(version: ContractVersion) -> Iterator[tuple[str, str]]:
    """The cells of the state machine that a rule speaks of: the title of each, and the rule."""
    for row in transitions(version):
        if row.ruling is not Ruling.SILENT:
            yield cell_title(row), row.rule


def echoes_in(runs: Iterable[ScenarioRun]) -> Mapping[str, frozenset[str]]:
    """`Verdicts.echoes`: of one bug the first sign counts, since what follows is not judged apart.

    What an answer shows beside the first sign, in the same answer, is no echo.
    """
    leading: set[str] = set()
    causes: dict[str, set[str]] = {}
    for run in runs:
        first = min((found.step for found in run.discrepancies), default=0)
        leaders = {found.rule for found in run.discrepancies if found.step == first}
        for found in run.discrepancies:
            if found.step == first or found.rule in leaders:
                leading.add(found.signature)
            else:
                causes.setdefault(found.signature, set()).update(leaders)
    return {
        signature: frozenset(rules)
        for signature, rules in causes.items()
        if signature not in leading
    }
