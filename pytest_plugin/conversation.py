"""A scenario that is written while it is played: one request after the other, each judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..analysis import operations_of
from ..contract import MARK, Fetch, Reopen, ReturnItems, Scenario, SessionState, Step, Update
from ..harness.errors import TargetError
from ..oracle.sequential import SequentialOracle
from ..record import Discrepancy, Exchange, ScenarioRun
from ..wire import NoResponse, Response
from ..wire.encoding import NOT_JSON, decode_json, request_of, unmarked
from .target import Target

_LONGEST_KEPT_ANSWER = 16 * 1024


class NoAnswerError(TargetError):
    """The target gave no answer; nothing can be said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, in which the mark of the conversation is `cartfuzz.contract.MARK` again."""

    status: int
    body: Any
    """The JSON value; None where the answer is no JSON text."""
    discrepancies: tuple[Discrepancy, ...] = ()
    """What the test is not failed for: known, or about other rules than the test's."""

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def session(self) -> Mapping[str, Any]:
        """The customer session in it; empty where there is none."""
        view = self.body.get("customerSession") if isinstance(self.body, dict) else None
        return view if isinstance(view, dict) else {}


@dataclass(slots=True)
class _Played:
    steps: list[Step] = field(default_factory=list)
    statuses: list[int | None] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    inconclusive: list[str] = field(default_factory=list)
    discrepancies: list[Discrepancy] = field(default_factory=list)


class Conversation:
    """A few sessions of its own at the target, and all that was said about them.

    Whatever holds `cartfuzz.contract.MARK` is unique to this conversation on the wire: session IDs,
    and texts made by `unique`.

    Args:
        target: where to.
        names: one a session.
        number: its ID in the record.
        mark: its mark; no other may have had it.
        weigh: told of what is found, with the conversation so far; raises what fails the test.
    """

    def __init__(
        self,
        target: Target,
        names: Sequence[str],
        *,
        number: str,
        mark: str,
        weigh: Callable[[Conversation, Sequence[Discrepancy]], None],
    ) -> None:
        self._target = target
        self._sessions = tuple(f"{name}-{MARK}" for name in names)
        self._number = number
        self._mark = mark
        self._weigh = weigh
        self._played = _Played()
        self._oracle = self._informed()

    def unique(self, name: str) -> str:
        """A text for profiles, codes and the like that no other conversation sends."""
        return f"{name}-{MARK}"

    def update(
        self,
        session: Mapping[str, Any] | None = None,
        *,
        state: SessionState | str | None = None,
        at: int = 0,
        dry: bool = False,
    ) -> Reply:
        """Updates a session and asks for it in the answer.

        Args:
            session: fields of the session.
            state: the state to ask for; None: none.
            at: which session of the conversation.
            dry: whether nothing shall be stored.
        """
        __tracebackhide__ = True
        fields = dict(session or {})
        if state is not None:
            fields["state"] = SessionState(state).value
        body = {"customerSession": fields, "responseContent": ["customerSession"]}
        return self.send(Update(session=at, body=body, dry=dry))

    def read(self, *, at: int = 0) -> Reply:
        """Reads a session."""
        return self.send(Fetch(session=at))

    def give_back(self, *items: Mapping[str, Any], at: int = 0, dry: bool = False) -> Reply:
        """Returns items: maps of ``position`` and ``quantity``."""
        body = {
            "return": {"returnedCartItems": list(items)},
            "responseContent": ["customerSession"],
        }
        return self.send(ReturnItems(session=at, body=body, dry=dry))

    def reopen(self, *, at: int = 0) -> Reply:
        """Reopens a session (current only)."""
        return self.send(Reopen(session=at))

    def send(self, step: Step) -> Reply:
        """Sends any step and has its answer judged.

        Raises:
            ContractBrokenError: the answer breaks the contract.
            NoAnswerError: there is none.
            ValueError: the contract version has no such operation.
        """
        __tracebackhide__ = True
        version = self._target.environment.contract
        if step.operation not in operations_of(version):
            raise ValueError(
                f"contract {version.value} has no {step.operation.value}: "
                "use --cartfuzz-contract current for a target that has it"
            )
        played = self._played
        number = len(played.steps)
        played.steps.append(step)
        self._oracle = self._informed()
        outcome = self._sent(step)
        judgement = self._oracle.judge(number, outcome)
        played.reached.extend(judgement.reached)
        played.inconclusive.extend(judgement.inconclusive)
        played.discrepancies.extend(judgement.discrepancies)
        if isinstance(outcome, NoResponse):
            raise NoAnswerError(f"{self._target.url}: no answer to {step!r:.200}: {outcome.reason}")
        if judgement.must_read:
            self._oracle.relearn(step.session, self._sent(Fetch(session=step.session)))
        self._weigh(self, judgement.discrepancies)
        body = decode_json(outcome.body)
        return Reply(
            status=outcome.status,
            body=None if body is NOT_JSON else body,
            discrepancies=tuple(judgement.discrepancies),
        )

    def run(self) -> ScenarioRun:
        """What was said so far, as an event of the record."""
        played = self._played
        failed = bool(played.discrepancies)
        reached: dict[str, int] = {}
        for key in played.reached:
            reached[key] = reached.get(key, 0) + 1
        return ScenarioRun(
            id=self._number,
            phase=self._number.partition("/")[0],
            mark=self._mark,
            title="a test's own requests",
            statuses=tuple(played.statuses),
            elapsed_ms=round(sum(exchange.elapsed_ms for exchange in played.exchanges), 3),
            reached=reached,
            discrepancies=tuple(played.discrepancies),
            inconclusive=tuple(played.inconclusive),
            scenario=self._scenario() if failed else None,
            exchanges=tuple(played.exchanges) if failed else (),
        )

    def _sent(self, step: Step) -> Response | NoResponse:
        request = request_of(step, self._sessions[step.session], self._mark)
        self._target.pace.wait()
        outcome = self._target.transport.send(request)
        answered = isinstance(outcome, Response)
        if isinstance(outcome, Response):
            outcome = unmarked(outcome, self._mark)
        self._played.statuses.append(outcome.status if isinstance(outcome, Response) else None)
        self._played.exchanges.append(
            Exchange(
                step=len(self._played.steps) - 1,
                method=request.method,
                target=request.target,
                status=self._played.statuses[-1],
                failure="" if answered else "no answer",
                answer=outcome.body[:_LONGEST_KEPT_ANSWER].decode("utf-8", "replace")
                if isinstance(outcome, Response)
                else "",
                elapsed_ms=round(outcome.elapsed_sec * 1000, 3),
            )
        )
        return outcome

    def _scenario(self) -> Scenario:
        return Scenario(
            title="a test's own requests",
            sessions=self._sessions,
            steps=tuple(self._played.steps),
        )

    def _informed(self) -> SequentialOracle:
        """An oracle that knows all steps so far, and what was learnt from their answers."""
        before = getattr(self, "_oracle", None)
        return SequentialOracle(
            self._scenario(),
            self._target.environment,
            self._target.rule_levels,
            None if before is None else before.memory,
        )
