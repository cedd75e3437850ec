"""Examples of a rule: requests that it makes a target accept, refuse, or answer in a certain way.

They are the sweep's own requests, judged by the model as if the target kept the contract, so they
are always true to what is sent and how it is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..contract import Demand, Environment, Fetch, Scenario, Step
from ..record import Form, Situation
from ..wire.encoding import request_of
from .model import SessionModel, Verdict, after_acceptance, expect
from .model.expectation import Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One step that puts a rule to the test, and what led there."""

    before: tuple[Step, ...]
    """The accepted writes of its session that come first."""
    step: Step
    concurrent: tuple[Step, ...]
    """The steps that are sent at the same time."""
    session_id: str
    situation: Situation
    """What the step asks of which session."""

    @property
    def size(self) -> tuple[int, int]:
        """How simple the example is: its other steps, then the bytes of its own request."""
        request = request_of(self.step, self.session_id, "")
        return len(self.before) + len(self.concurrent), len(request.target) + len(
            request.body or b""
        )


Examples = dict[tuple[str, Demand], Example]
"""The simplest example by rule and what the rule demands of it."""


def examples(scenarios: Iterable[Scenario], environment: Environment) -> Examples:
    """The simplest examples that ``scenarios`` hold, of every rule that they aim at."""
    found: Examples = {}
    for scenario in scenarios:
        for key, example in _examples_of(scenario, environment):
            known = found.get(key)
            if known is None or _order(key[1], example) < _order(key[1], known):
                found[key] = example
    return found


def _order(demand: Demand, example: Example) -> tuple[bool, tuple[int, int]]:
    """What the better example has less of. Of a rule about contents, a refusal that the state of
    the session alone decides shows nothing."""
    by_state = demand is Demand.REFUSE and example.situation.form is not Form.CONTENT
    return by_state, example.size


def _examples_of(
    scenario: Scenario, environment: Environment
) -> Iterator[tuple[tuple[str, Demand], Example]]:
    models = [SessionModel() for _ in scenario.sessions]
    before: list[tuple[Step, ...]] = [() for _ in scenario.sessions]
    first, last = scenario.burst or (0, 0)
    for step_index, step in enumerate(scenario.steps):
        if first < step_index < last:
            continue  # they are in the example of the burst's first step
        session = step.session
        model, session_id = models[session], scenario.sessions[session]
        expectation = expect(step, session_id, model, environment)
        example = Example(
            before=before[session],
            step=step,
            concurrent=scenario.steps[first + 1 : last] if step_index == first < last else (),
            session_id=session_id,
            situation=expectation.situation,
        )
        for rule, demand in _tested(step, expectation):
            yield (rule, demand), example
        if expectation.verdict is Verdict.MUST_ACCEPT:
            models[session] = after_acceptance(step, model, expectation, environment)
            if not isinstance(step, Fetch) and not step.dry:
                before[session] = (*before[session], step)
        elif expectation.verdict is Verdict.UNSPECIFIED and not isinstance(step, Fetch):
            # What the target does with it is not known, and so is what comes later.
            models[session] = model.as_lost()


def _tested(step: Step, expectation: Expectation) -> Iterator[tuple[str, Demand]]:
    """The rules that a step puts to the test, each with what it demands."""
    if expectation.verdict is Verdict.MUST_ACCEPT:
        yield from ((rule, Demand.ACCEPT) for rule in expectation.rules)
    elif expectation.verdict is Verdict.MUST_REJECT:
        yield from ((rule, Demand.REFUSE) for rule in expectation.rules)
        yield from (("ERR-01", Demand.SHOW), ("ERR-03", Demand.SHOW))
    else:
        yield from ((rule, Demand.NOTHING) for rule in expectation.rules)
    yield from ((rule, Demand.SHOW) for rule in step.aims)
