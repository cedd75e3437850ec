"""Works out what each test of the suite reports, from all that was sent: nothing here fails a test.

One bug turns one test red where that is possible. So what a test finds may belong to another test:
to that of the rule whose symptom it is, or to that of the first cell that shows it. Such a test is
an expected failure that names the other one, unless the other one was not chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum, auto

from ..analysis import Bug, Summary
from ..contract import ContractVersion, Level, Rule, Ruling, transitions
from ..record import Discrepancy, Kind, Phase
from ..record.check_names import CheckName
from ..strategies.edges.states import cell_title
from .baseline import rule_of, ticket_of
from .messages import failure_reason, failure_text
from .selection import Selection
from .suite_command import SuiteCommand


class Status(Enum):
    """How a test of the suite ends, in the words of pytest."""

    PASSED = auto()
    SKIPPED = auto()
    XFAILED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a test of the suite reports: its end, and the text for people; empty if it passed."""

    status: Status = Status.PASSED
    text: str = ""
    reason: str = ""
    """Of a failed test: the text in one line."""


_PASSED = Verdict()
_OF_THE_RUN = (CheckName.RUN_INVARIANTS, CheckName.CONTRADICTION)
"""Checks whose findings take more than one scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteFindings:
    """What everything that the chosen tests needed to be sent has shown.

    Attributes:
        summary: of all of it.
        selection: what was sent.
        aimed_rules: the rules that what was sent aims at.
        cells: title of a cell's scenario to what that scenario showed.
        symptoms: signatures that were only seen after other rules were broken in the same
            scenario, with these rules; see `cartfuzz.pytest_plugin.symptoms`.
        baseline: signature to ticket of the known failures.
        strict: whether a known failure that is fixed fails the test of its rule.
        command: runs a part of the suite again.
    """

    summary: Summary
    selection: Selection
    aimed_rules: frozenset[str] = frozenset()
    cells: Mapping[str, Sequence[Discrepancy]]
    symptoms: Mapping[str, frozenset[str]]
    baseline: Mapping[str, str]
    strict: bool
    command: SuiteCommand = field(default_factory=SuiteCommand)

    def of_rule(self, rule: Rule) -> Verdict:
        """Whether anything that was sent shows ``rule`` broken."""
        level = self.summary.rules.get(rule.id)
        if level is not None and level.level is Level.OBSERVE:
            reason = level.reason or "no reason given"
            return _skipped(f"only observed by configuration: {reason}")
        return (
            self._broken(rule)
            or self._fixed(rule)
            or self._known(rule)
            or self._follows_from_others(rule)
            or self._symptom_of_others(rule)
            or self._untested(rule)
            or _PASSED
        )

    def of_phase(self, phase: Phase) -> Verdict:
        """Whether ``phase`` was sent and broke no rule, but for those that have a chosen test."""
        bugs = [
            bug
            for bug in self.summary.discrepancies
            if bug.scenario.startswith(f"{phase.value}/") and bug.rule not in self.selection.rules
        ]
        failed = self._new_failure(bugs, phase.value)
        if failed or self.summary.phases[phase.value].scenarios:
            return failed or _PASSED
        if phase is Phase.CORPUS:
            return _skipped("the corpus is empty")
        return _skipped(f"no scenario of phase {phase.value} was requested (--cartfuzz-explore 0)")

    def of_cell(self, title: str, rule_id: str) -> Verdict:
        """Whether a cell of the state machine showed its own rule broken.

        Args:
            title: of the cell's scenario.
            rule_id: the rule that decides in the cell.
        """
        shown = self._shown_in(title, rule_id)
        new = {signature for signature in shown if signature not in self.baseline}
        bugs = [
            bug
            for bug in self.summary.discrepancies
            if bug.signatures & new and ticket_of(bug, self.baseline) is None
        ]
        own = [bug for bug in bugs if self._first_cell(bug) == title]
        if own:
            version = self.summary.contract.value
            return self._failure(own, f"{version}-{cell_words(title)}", with_scenarios=False)
        if bugs:
            cells = dict.fromkeys(f"'{self._first_cell(bug)}'" for bug in bugs)
            return _xfailed(f"the same bug as in {', '.join(cells)}")
        if shown:
            tickets = (self.baseline.get(signature, "a known symptom") for signature in shown)
            return _xfailed("; ".join(dict.fromkeys(tickets)))
        return _PASSED

    def test_that_reports(self, signatures: Set[str]) -> str:
        """The chosen test of a rule that fails for one of ``signatures``; empty: there is none."""
        for bug in self.summary.discrepancies:
            if bug.signatures & signatures and bug.rule in self.selection.rules:
                return f"test_rule[{self.summary.contract.value}-{bug.rule}]"
        return ""

    def _broken(self, rule: Rule) -> Verdict | None:
        """Failed for what breaks ``rule`` and has no ticket."""
        return self._new_failure(self._own_bugs(rule), rule.id)

    def _fixed(self, rule: Rule) -> Verdict | None:
        """Failed for known failures of ``rule`` that do not show any more."""
        # Only a run that sent everything can prove that something is fixed.
        if not self.strict or not self.selection.is_complete:
            return None
        shown = {name for bug in self.summary.discrepancies for name in bug.signatures}
        fixed = [
            f"{signature} ({ticket})"
            for signature, ticket in self.baseline.items()
            if rule_of(signature) == rule.id and signature not in shown
        ]
        if not fixed:
            return None
        text = (
            f"expected the known failures {', '.join(fixed)}, found them fixed: "
            "remove them from the file of --cartfuzz-baseline"
        )
        return _failed(text, reason=text)

    def _known(self, rule: Rule) -> Verdict | None:
        """An expected failure for what breaks ``rule`` and has a ticket."""
        bugs = self._own_bugs(rule)
        tickets = [ticket_of(bug, self.baseline) or "" for bug in bugs]
        return _xfailed("; ".join(tickets)) if tickets else None

    def _follows_from_others(self, rule: Rule) -> Verdict | None:
        """An expected failure where ``rule`` was only broken after rules with chosen tests."""
        causes = {cause for bug in self._bugs(rule) for cause in self._causes(bug)}
        if not causes:
            return None
        return _xfailed(f"only seen in scenarios that broke {', '.join(sorted(causes))} before")

    def _symptom_of_others(self, rule: Rule) -> Verdict | None:
        """What breaks ``rule`` only as a symptom of bugs that are listed under other rules: an
        expected failure, or failed where no chosen test reports such a bug."""
        bugs = [
            bug
            for bug in self.summary.discrepancies
            if any(rule_of(signature) == rule.id for signature in bug.signatures)
        ]
        if not bugs:
            return None
        unreported = [bug for bug in bugs if bug.rule not in self.selection.rules]
        names = ", ".join(f"{bug.rule} ({bug.signature})" for bug in bugs)
        return self._new_failure(unreported, rule.id) or _xfailed(
            f"only seen as a symptom of {names}"
        )

    def _untested(self, rule: Rule) -> Verdict | None:
        """Skipped where nothing that was sent could have shown ``rule`` broken."""
        if rule.untestable:
            return _skipped(f"cannot be tested from outside the target: {rule.untestable}")
        if rule.id not in self.summary.coverage.rules and rule.id not in self.aimed_rules:
            return _skipped(f"nothing that was sent tests {rule.id} in this environment")
        return None

    def _bugs(self, rule: Rule) -> list[Bug]:
        return [bug for bug in self.summary.discrepancies if bug.rule == rule.id]

    def _own_bugs(self, rule: Rule) -> list[Bug]:
        """The bugs of ``rule`` that do not follow from another rule's."""
        return [bug for bug in self._bugs(rule) if not self._causes(bug)]

    def _causes(self, bug: Bug) -> frozenset[str]:
        """The rules with chosen tests that ``bug`` may follow from; empty: from none."""
        return self.symptoms.get(bug.signature, frozenset()) & self.selection.rules

    def _new_failure(self, bugs: list[Bug], expression: str) -> Verdict | None:
        """Failed for those of ``bugs`` without a ticket; ``-k expression`` reproduces them."""
        new = [bug for bug in bugs if ticket_of(bug, self.baseline) is None]
        if not new:
            return None
        return self._failure(new, expression)

    def _failure(
        self, bugs: Sequence[Bug], expression: str, *, with_scenarios: bool = True
    ) -> Verdict:
        """Failed for ``bugs``; ``-k expression`` and the scenarios that showed them reproduce it.

        What no single scenario shows takes the whole suite.
        """
        if any(bug.kind is Kind.CONTRADICTION or bug.check in _OF_THE_RUN for bug in bugs):
            command = self.command.line()
        else:
            scenarios = dict.fromkeys(bug.scenario for bug in bugs) if with_scenarios else ()
            command = self.command.line(expression, scenarios=scenarios)
        return _failed(
            failure_text(self.summary, bugs, command=command), reason=failure_reason(bugs)
        )

    def _shown_in(self, title: str, rule_id: str) -> list[str]:
        """The signatures of what the scenario of a cell showed against the cell's rule."""
        return [found.signature for found in self.cells.get(title, ()) if found.rule == rule_id]

    def _first_cell(self, bug: Bug) -> str | None:
        """The title of the chosen cell whose test fails for ``bug``; None: no chosen cell shows it.

        A cell that shows the bug's own signature comes before those that show a symptom of it.
        """
        shown = {
            title: set(self._shown_in(title, rule_id))
            for title, rule_id in rules_of_cells(self.summary.contract)
            if title in self.selection.titles
        }
        for signatures in ({bug.signature}, bug.signatures):
            for title, found in shown.items():
                if found & signatures:
                    return title
        return None


def rules_of_cells(version: ContractVersion) -> Iterator[tuple[str, str]]:
    """The cells of the state machine in which a rule decides: the title of each, and the rule."""
    for row in transitions(version):
        if row.ruling is not Ruling.SILENT:
            yield cell_title(row), row.rule


def cell_words(title: str) -> str:
    """The title of a cell as the ID of its test has it: ``closed-update_to_open``."""
    return title.replace(": ", "-").replace(" ", "_")


def _skipped(text: str) -> Verdict:
    return Verdict(status=Status.SKIPPED, text=text)


def _xfailed(text: str) -> Verdict:
    return Verdict(status=Status.XFAILED, text=text)


def _failed(text: str, *, reason: str) -> Verdict:
    return Verdict(status=Status.FAILED, text=text, reason=reason)
