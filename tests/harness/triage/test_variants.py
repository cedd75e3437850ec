"""Variants of scenarios: which ones show that two discrepancies are one bug."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import MARK, Cut, Fetch, Operation, Raw, ReturnItems, Scenario, Step, Update
from cartfuzz.harness.triage.causes import Experiments, Sign, Trial
from cartfuzz.harness.triage.minimise import Bounds
from cartfuzz.harness.triage.variants import is_variant
from cartfuzz.record import Discrepancy, ScenarioRun

from ...record.events import discrepancy, scenario_run

SESSION = (f"s0-{MARK}",)
_BOUNDS = Bounds(requests=100, seconds=60.0)
FIRST = discrepancy("ERR-02", outcome="500")
OTHER = msgspec.structs.replace(FIRST, signature="ERR-02-other", situation="update: another")


def scenario(*steps: Step) -> Scenario:
    return Scenario(title="", sessions=SESSION, steps=steps)


def update(**changes: Any) -> Update:
    data = changes.pop("data", {})
    return Update(body={"customerSession": data}, **changes)


def sign(found: Discrepancy, *steps: Step, shown: tuple[str, ...] = ()) -> Sign:
    """A sign whose scenario shows it, and ``shown`` besides."""
    whole = Trial.of([scenario_run(0, discrepancies=(found,))])
    whole = Trial(
        shown=whole.shown | set(shown),
        reached=whole.reached,
        observed=whole.observed,
        conclusive=True,
    )
    one = scenario(*steps)
    return Sign(found=found, smallest=one, scenario=one, whole=whole, trials=(), causes=())


def is_one_bug(
    first: Sign, other: Sign, target: Callable[[tuple[Step, ...]], Discrepancy | None]
) -> bool:
    """Whether ``other`` is a variant of ``first`` for a target that shows what ``target`` says."""

    def execute(one: Scenario) -> ScenarioRun:
        found = target(one.steps)
        return scenario_run(0, discrepancies=() if found is None else (found,), scenario=one)

    known = {first.found.signature}
    return is_variant(first, other, known, Experiments(execute, _BOUNDS))


def _texts(steps: tuple[Step, ...]) -> str:
    return str([step.body for step in steps if isinstance(step, Update)])


@pytest.mark.parametrize("shows", [True, False])
def test_a_long_text_is_tried_short(shows: bool) -> None:
    """One bug if the short text shows the plainer one; not if only the long one fails."""
    first = sign(FIRST, update(data={"couponCodes": ["é"]}))
    other = sign(OTHER, update(data={"referralCode": MARK + "é" * 40, "state": "closed"}))

    def target(steps: tuple[Step, ...]) -> Discrepancy | None:
        assert "closed" in _texts(steps)  # names of a fixed set stay
        return FIRST if shows and "éé" not in _texts(steps) else None

    assert is_one_bug(first, other, target) is shows


@pytest.mark.parametrize("shows", [True, False])
def test_a_raw_request_is_tried_as_an_ordinary_one(shows: bool) -> None:
    """With a number that fits, if only its body makes it odd."""
    first = sign(FIRST, ReturnItems(body={}))
    body = b'{"return": {"returnedCartItems": [{"position": %s}]}}' % (b"1" * 400)
    raw = Raw(endpoint=Operation.RETURN, oddity="number of 400 digits", body=body)

    def target(steps: tuple[Step, ...]) -> Discrepancy | None:
        ordinary = {"return": {"returnedCartItems": [{"position": 2**31 - 1}]}}
        return FIRST if shows and steps == (ReturnItems(body=ordinary),) else None

    assert is_one_bug(first, sign(OTHER, raw), target) is shows


@pytest.mark.parametrize(("found", "is_one"), [("as found", True), ("something else", False)])
def test_a_dry_run_is_tried_for_real(found: str, is_one: bool) -> None:
    """It must show the same difference: else a dry run that is stored hides behind another bug."""
    other = msgspec.structs.replace(
        OTHER, rule="DRY-01", outcome="leaves a trace", found="as found"
    )

    def target(steps: tuple[Step, ...]) -> Discrepancy | None:
        real = not any(isinstance(step, Update) and step.dry for step in steps)
        return msgspec.structs.replace(FIRST, found=found) if real else other

    first = sign(msgspec.structs.replace(FIRST, found="elsewhere"), update())
    assert is_one_bug(first, sign(other, update(dry=True), Fetch()), target) is is_one


@pytest.mark.parametrize("in_both", [True, False])
def test_a_list_of_texts_is_tried_in_place_of_another(in_both: bool) -> None:
    """One bug if each shows with the values of the other."""
    both = [
        msgspec.structs.replace(FIRST, rule="MERGE-03", signature=name)
        for name in ("couponCodes", "identifiers")
    ]
    first, other = (
        sign(one, update(data={one.signature: [text]}))
        for one, text in zip(both, "ab", strict=True)
    )

    def target(steps: tuple[Step, ...]) -> Discrepancy | None:
        if steps == (update(data={"couponCodes": ["b"]}),):
            return both[0]
        assert steps == (update(data={"identifiers": ["a"]}),)
        return both[1] if in_both else None

    assert is_one_bug(first, other, target) is in_both


@pytest.mark.parametrize("reads_more", [True, False])
def test_what_is_no_json_may_come_at_another_place(reads_more: bool) -> None:
    """A comment behind the object is one before it, unless other texts are read there as well."""
    accepted = {"rule": "ERR-04", "outcome": "accepted", "step": 0}
    plain = msgspec.structs.replace(FIRST, **accepted)
    behind = msgspec.structs.replace(OTHER, **accepted)
    first = sign(plain, Raw(oddity="nearly JSON: comment", body=b"#\n{}"))
    other = sign(behind, Raw(oddity="text behind the JSON: comment", body=b"{} //"))
    assert is_one_bug(first, other, lambda _steps: behind if reads_more else None) is not reads_more


@pytest.mark.parametrize("shows", [True, False])
def test_a_request_that_is_cut_short_is_tried_as_a_whole_one(shows: bool) -> None:
    """A target that completes a body completes that of a request without its end too."""
    plain = msgspec.structs.replace(FIRST, rule="ERR-04", outcome="accepted")
    trace = msgspec.structs.replace(OTHER, rule="ERR-06", outcome="leaves a trace")

    def target(steps: tuple[Step, ...]) -> Discrepancy | None:
        first = steps[0]
        whole = isinstance(first, Raw) and first.body == b'{"customerSession": {}'
        return plain if shows and whole else None

    first = sign(plain, Raw(oddity="truncated JSON", body=b"{"))
    assert is_one_bug(first, sign(trace, update(cut=Cut.BODY), Fetch()), target) is shows


def test_a_repetition_shows_its_rule_broken_in_two_ways() -> None:
    """One bug if both show in one scenario, or without the state that is asked for."""
    first = msgspec.structs.replace(FIRST, rule="IDEM-01")
    other = msgspec.structs.replace(OTHER, rule="IDEM-01", outcome="400")
    keyed = update(data={"state": "closed"}, idempotency_key="key")

    def stateless(steps: tuple[Step, ...]) -> Discrepancy | None:
        return first if "state" not in _texts(steps) else other

    assert is_one_bug(sign(first, update()), sign(other, keyed, keyed), stateless)
    assert is_one_bug(
        sign(first, update()),
        sign(other, keyed, keyed, shown=(first.signature,)),
        lambda _steps: None,
    )
    assert not is_one_bug(sign(first, update()), sign(other, keyed, keyed), lambda _steps: other)
