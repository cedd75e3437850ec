"""The checks of plugins: what one gets, what it returns, and the discrepancy that becomes of it.

They judge after the oracle and change nothing of what it knows. All that they get is frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal

from ..contract import Environment, Rule, SessionState, Step
from ..contract.own_operations import operation_name
from ..record import Claim, Discrepancy, Observation, Outcome, Situation, discrepancy, signature_of
from ..wire import NoResponse, Request, Response
from ..wire.encoding import NOT_JSON, json_of, session_view
from .judged_response import brief
from .judgement import Judgement
from .model import UNKNOWN, SessionModel, is_write
from .model.knowledge import AtLeast

DEFAULT_CHECK_SEC = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSession:
    """What is known of a session at one moment, by what the target accepted so far."""

    state: SessionState | None
    """None: the session does not exist."""
    fields: Mapping[str, Any]
    """By wire name, the values last accepted; what the contract leaves open is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answered request, as a check of a plugin gets it."""

    step: Step
    session_id: str
    """With the placeholder `cartfuzz.contract.MARK`."""
    request: Request
    """As it was encoded; header lines of plugins, and the API key, are not in it."""
    response: Response
    """With the placeholder where it held the mark."""
    before: KnownSession | None
    """The session before the request; None: that is not certain, as after a lost response."""
    after: KnownSession | None
    """The session as it must be now; None: that is not certain, as within a burst."""
    environment: Environment
    shown: Mapping[str, Any] | None = None
    """The session as the last answer before showed it; None: none did since it was written to."""

    @property
    def json(self) -> Any:
        """The JSON value of the body; None: it is no JSON. Nobody may change it."""
        value = json_of(self.response)
        return None if value is NOT_JSON else value

    @property
    def session(self) -> Mapping[str, Any] | None:
        """The ``customerSession`` of an accepted response; None: it shows none."""
        return session_view(self.json) if self.response.accepted else None

    @property
    def operation(self) -> str:
        """The name of the operation: ``"update"``, or that of an `OwnOperation`."""
        return operation_name(self.step)


class _Kept(Enum):
    KEPT = "kept"


KEPT: Final = _Kept.KEPT
"""The rule applies to the answer, which keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The answer breaks the rule.

    Situation and outcome are part of the signature, so they hold no values, IDs or positions.
    """

    situation: str
    """What was asked of what: ``"balance of a closed session"``."""
    outcome: str
    """What happened instead: ``"points are negative"``."""
    expected: str
    found: str
    """With the values, for people."""
    claim: Claim | None = None
    """What a right answer would have satisfied, as data: scripts check it without the plugin.
    None: no script is written, ``cartfuzz replay`` shows it again."""


Verdict = Broken | Literal[_Kept.KEPT] | None
"""None: the rule says nothing about the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Judges each answer by one rule."""

    rule: Rule
    judge: Callable[[Answer], Verdict]
    seconds: float = DEFAULT_CHECK_SEC
    """How long it may take for one answer. After that nobody waits for it any more, and the process
    does not ask it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginCheck:
    """A check with the plugin that it is of."""

    plugin: str
    check: Check


def judged_by(
    one: PluginCheck, answer: Answer, step_index: int, observed_rules: Collection[str]
) -> Judgement:
    """What the check of a plugin makes of one answer.

    Args:
        one: the check.
        answer: the answered request.
        step_index: index of the step in the scenario.
        observed_rules: the rules whose violations are observations, not discrepancies.

    Raises:
        TypeError: the check returns something else than a `Verdict`.
        Exception: whatever the check raises.
    """
    rule = one.check.rule.id
    verdict = one.check.judge(answer)
    if verdict is None:
        return Judgement()
    covered = (f"{rule} show",)
    if verdict is KEPT:
        return Judgement(coverage=covered)
    if not isinstance(verdict, Broken):
        raise TypeError(f"expected Broken, KEPT or None, found {brief(verdict)}")
    if rule in observed_rules:
        return Judgement(
            coverage=covered, observations=(_observed(one, answer, step_index, verdict),)
        )
    return Judgement(coverage=covered, discrepancies=(_found(one, answer, step_index, verdict),))


def _found(one: PluginCheck, answer: Answer, step_index: int, broken: Broken) -> Discrepancy:
    return discrepancy(
        rule=one.check.rule.id,
        check=_name(one),
        operation=answer.step.operation,
        situation=Situation.other(broken.situation),
        outcome=Outcome.other(broken.outcome),
        expected=broken.expected,
        found=broken.found,
        claim=broken.claim,
        step=step_index,
    )


def _observed(one: PluginCheck, answer: Answer, step_index: int, broken: Broken) -> Observation:
    operation = answer.step.operation
    return Observation(
        rule=one.check.rule.id,
        situation=broken.situation,
        outcome=broken.outcome,
        operation=operation,
        step=step_index,
        signature=signature_of(
            rule=one.check.rule.id,
            check=_name(one),
            operation=operation.value,
            situation=broken.situation,
            outcome=broken.outcome,
        ),
    )


def _name(one: PluginCheck) -> str:
    return f"plugin {one.plugin}"


def known(model: SessionModel) -> KnownSession | None:
    """What a plugin may know of ``model``; None: a response is missing, or the state is open."""
    if model.lost or model.state is UNKNOWN:
        return None
    fields = {
        name: value
        for name, value in model.fields.items()
        if value is not UNKNOWN and not isinstance(value, AtLeast)
    }
    return KnownSession(state=model.state, fields=fields)


def shown_after(
    step: Step, outcome: Response | NoResponse, former: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The session as it was shown last, once ``step`` got ``outcome``; ``former`` before it."""
    if step.dry or (not is_write(step) and isinstance(outcome, NoResponse)):
        return former
    if isinstance(outcome, NoResponse) or not outcome.accepted:
        is_unchanged = isinstance(outcome, Response) and 400 <= outcome.status < 500
        return former if is_unchanged or not is_write(step) else None
    view = session_view(json_of(outcome))
    return view if view is not None or is_write(step) else former


def rules_of(checks: Iterable[PluginCheck]) -> tuple[Rule, ...]:
    """The rules of ``checks``, each once, in their order."""
    return tuple({one.check.rule.id: one.check.rule for one in checks}.values())
