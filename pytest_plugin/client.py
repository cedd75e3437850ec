"""The client for one's own tests: it sends, and has each answer judged by the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path

import pytest

from ..analysis import summarise
from ..contract import Environment, Scenario
from ..record import Activity, Discrepancy, RecordWriter, ScenarioRun
from ..wire.marks import Use, mark_of
from .conversation import Conversation
from .merging import run_started
from .messages import failure
from .target import Target

_WORKER_STRIDE = 10**9
"""Executions of one worker."""


class ContractBrokenError(AssertionError):
    """An answer breaks the contract; the text says how, and after which requests."""


class Client:
    """Opens conversations with the target, and executes scenarios.

    Args:
        target: where to.
        worker: 0 in the only process, else the number of the worker from 1.
        record: the folder for what happens.
        known: signature to ticket of the failures that are known.
    """

    def __init__(
        self, target: Target, *, worker: int, record: Path, known: Mapping[str, str]
    ) -> None:
        self._target = target
        self._worker = worker
        self._known = known
        self._numbers = count()
        self._engine = target.engine()
        self._record = RecordWriter(record / f"client-{worker}.ndjson")
        self._rules: frozenset[str] = frozenset()
        self._open: list[Conversation] = []
        self._started = run_started(
            target.environment,
            target.rule_levels,
            seed=target.seed,
            run=target.run,
            url=target.url,
        )

    @property
    def environment(self) -> Environment:
        """What the target has configured."""
        return self._target.environment

    def open(self, *names: str) -> Conversation:
        """A conversation about sessions that nobody else has; one for each name, at least one."""
        number = next(self._numbers)
        conversation = Conversation(
            self._target,
            names or ("session",),
            number=self._id(number),
            mark=self._mark(number),
            weigh=self._weigh,
        )
        self._open.append(conversation)
        return conversation

    def check(self, scenario: Scenario) -> ScenarioRun:
        """Executes ``scenario`` under a mark of its own.

        Raises:
            ContractBrokenError: an answer breaks the contract.
        """
        number = next(self._numbers)
        run = self._engine.execute(
            scenario, phase=Activity.CLIENT, number=self._id(number), mark=self._mark(number)
        )
        self._record.write(run)
        self._raise(run, run.discrepancies)
        return run

    def begin(self, rules: Iterable[str]) -> None:
        """A test begins that is about ``rules``; empty: about the whole contract."""
        self._rules = frozenset(rules)

    def end(self) -> None:
        """The test has ended: what its conversations showed goes to the record."""
        for conversation in self._open:
            run = conversation.run()
            if run.requests:
                self._record.write(run)
        self._open.clear()

    def close(self) -> None:
        """Ends the record."""
        self.end()
        self._record.close()

    def _weigh(self, conversation: Conversation, found: Sequence[Discrepancy]) -> None:
        __tracebackhide__ = True
        if found:
            self._raise(conversation.run(), found)

    def _raise(self, run: ScenarioRun, found: Sequence[Discrepancy]) -> None:
        """Fails the test for what of ``found`` it is about."""
        __tracebackhide__ = True  # the text says it all; pytest shows the test's own line
        counted = [one for one in found if not self._rules or one.rule in self._rules]
        new = {one.signature for one in counted if one.signature not in self._known}
        if new:
            summary = summarise([self._started, run])
            entries = [entry for entry in summary.discrepancies if entry.signatures & new]
            raise ContractBrokenError(failure(summary, entries))
        if counted:
            pytest.xfail("; ".join(self._known[one.signature] for one in counted))

    def _id(self, number: int) -> str:
        return f"{Activity.CLIENT}/{self._worker}/{number}"

    def _mark(self, number: int) -> str:
        return mark_of(self._target.run, self._worker * _WORKER_STRIDE + number, use=Use.CLIENT)
