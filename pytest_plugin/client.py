"""The client for a user's own tests: sends requests, and fails a test whose responses are wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path

import pytest

from ..analysis import Bug, summarise
from ..contract import MARK, CartfuzzError, Environment, Scenario, Traffic
from ..harness.run_started import run_started
from ..record import Activity, Discrepancy, RecordWriter, ScenarioRun
from ..wire.known_secrets import line_without_secrets
from ..wire.marks import CLIENT_STRIDE, Use, mark_of
from .conversation import Conversation, NoAnswerError
from .conversation_text import conversation_text
from .failure_reports import RuleBrokenError
from .messages import failure_reason, failure_text
from .suite_command import SuiteCommand
from .target import Target
from .triage import triage_run

"""Executions of one worker: more than it can make."""
_TITLE = "a test's own requests"


class ContractBrokenError(CartfuzzError, AssertionError):
    """A response breaks the contract; the text shows how, and after which requests.

    Attributes:
        reason: the text in one line.
        scenario_run: what was sent, and what it showed.
        signatures: of the discrepancies that the test fails for.
    """

    def __init__(
        self, text: str, *, reason: str, scenario_run: ScenarioRun, signatures: frozenset[str]
    ) -> None:
        super().__init__(text)
        self.reason = reason
        self.scenario_run = scenario_run
        self.signatures = signatures


class SmallestFailureError(RuleBrokenError):
    """The state machine of the suite fails; the text shows the smallest scenario.

    Attributes:
        rules: that are broken.
        signatures: of the discrepancies.
    """

    def __init__(self, text: str, reason: str, bugs: Sequence[Bug]) -> None:
        super().__init__(text, reason=reason)
        self.rules = frozenset(bug.rule for bug in bugs)
        self.signatures = frozenset(name for bug in bugs for name in bug.signatures)


class Client:
    """Opens conversations with the target, and executes scenarios.

    Args:
        target: where to.
        worker: 0 in the only process, else the number of the worker from 1.
        record: the folder for what happens.
        known: signature to ticket of the failures that are known.
        command: runs a part of the suite again.
    """

    def __init__(
        self,
        target: Target,
        *,
        worker: int,
        record: Path,
        known: Mapping[str, str],
        command: SuiteCommand | None = None,
    ) -> None:
        self._target = target
        self._worker = worker
        self._known = known
        self._command = command or SuiteCommand()
        self._folder = record
        self._indexes = count()
        self._engine = target.engine()
        self._record = RecordWriter(record / f"client-{worker}.ndjson", clean=line_without_secrets)
        self._rules: frozenset[str] = frozenset()
        self._open: list[Conversation] = []
        self.first_failure: ContractBrokenError | NoAnswerError | None = None
        """What the test that is running failed for first."""
        self._started = run_started(target.plan, target.run)

    @property
    def seed(self) -> int:
        """Of all that is drawn."""
        return self._target.seed

    @property
    def environment(self) -> Environment:
        """What the target has configured."""
        return self._target.environment

    @property
    def traffic(self) -> Traffic:
        """Which requests may go out."""
        return self._target.plan.traffic

    def open(self, *names: str) -> Conversation:
        """A conversation about sessions that nobody else has; one for each name, at least one."""
        index, engine, since = next(self._indexes), self._engine, self._engine.moment
        sessions = tuple(f"{name}-{MARK}" for name in names or ("session",))
        execution = engine.open(
            Scenario(title=_TITLE, sessions=sessions, steps=()),
            phase=Activity.CLIENT,
            scenario_id=self._id(index),
            mark=self._mark(index),
        )
        conversation = Conversation(
            execution,
            url=self._target.url,
            version=self.environment.contract,
            weigh=self._weigh,
            unanswered=self._note,
            doubt=lambda: engine.doubt(execution, since),
        )
        self._open.append(conversation)
        return conversation

    def check(self, scenario: Scenario) -> ScenarioRun:
        """Executes ``scenario`` under a mark of its own.

        Raises:
            ContractBrokenError: a response breaks the contract.
        """
        index = next(self._indexes)
        scenario_run = self._engine.execute(
            scenario, phase=Activity.CLIENT, scenario_id=self._id(index), mark=self._mark(index)
        )
        self._record.write(scenario_run)
        self._raise(scenario_run, scenario_run.discrepancies)
        return scenario_run

    def begin(self, rules: Iterable[str]) -> None:
        """A test begins that is about ``rules``; empty: about the whole contract."""
        self._rules = frozenset(rules)
        self.first_failure = None

    def settle(self) -> None:
        """The test's function has returned: fails the test for what its conversations held back.

        A dry update was answered wrongly, and no real one followed.
        """
        for conversation in self._open:
            try:
                conversation.settle()
            except ContractBrokenError as error:
                # No line of the test is to blame, so there is no traceback to show.
                raise RuleBrokenError(str(error), reason=error.reason) from None

    def smallest(self, error: ContractBrokenError) -> SmallestFailureError:
        """Looks for the smallest scenario that shows what ``error`` reports, within a budget."""
        smallest = triage_run(
            self._target, self._folder, f"client-{self._worker}", error.scenario_run
        )
        summary = summarise([self._started, error.scenario_run, *smallest], withholds=False)
        entries = [bug for bug in summary.discrepancies if bug.signatures & error.signatures]
        text = failure_text(summary, entries, command=self._command.line("test_machine"))
        return SmallestFailureError(text, failure_reason(entries), entries)

    def conversation_lines(self) -> list[str]:
        """What this test has sent last, and what was answered; empty if it has sent nothing."""
        return conversation_text(self._open)

    def end(self) -> None:
        """The test has ended, well or not: what its conversations showed goes to the record."""
        for conversation in self._open:
            scenario_run = conversation.finish()
            if scenario_run.requests:
                self._record.write(scenario_run)
                if not conversation.undecided:
                    self._engine.end(conversation.execution)
        self._open.clear()

    def close(self) -> None:
        """Ends the record."""
        self.end()
        self._record.close()

    def _weigh(self, conversation: Conversation, found: Sequence[Discrepancy]) -> None:
        __tracebackhide__ = True
        if found:
            self._raise(conversation.finish(), found)

    def _raise(self, scenario_run: ScenarioRun, found: Sequence[Discrepancy]) -> None:
        """Fails the test for what of ``found`` it is about."""
        __tracebackhide__ = True  # the text says it all; pytest shows the test's own line
        counted = [one for one in found if not self._rules or one.rule in self._rules]
        new = frozenset(one.signature for one in counted if one.signature not in self._known)
        if new:
            # A test may send what must be refused only, so that no update is accepted.
            summary = summarise([self._started, scenario_run], withholds=False)
            entries = [entry for entry in summary.discrepancies if entry.signatures & new]
            error = ContractBrokenError(
                failure_text(summary, entries),
                reason=failure_reason(entries),
                scenario_run=scenario_run,
                signatures=new,
            )
            self._note(error)
            raise error
        if counted:
            pytest.xfail("; ".join(self._known[one.signature] for one in counted))

    def _note(self, error: ContractBrokenError | NoAnswerError) -> None:
        if self.first_failure is None:
            self.first_failure = error

    def _id(self, index: int) -> str:
        return f"{Activity.CLIENT}/{self._worker}/{index}"

    def _mark(self, index: int) -> str:
        return mark_of(self._target.run, self._worker * CLIENT_STRIDE + index, use=Use.CLIENT)
