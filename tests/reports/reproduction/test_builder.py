"""The artefacts of a whole run."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cartfuzz.analysis import CrossScenarioFinding, Reproducer, RunReproducers
from cartfuzz.contract import MARK, ContractVersion, Scenario, Update, catalogue
from cartfuzz.record import Kind
from cartfuzz.reports.reproduction import build_artefacts

from ...record.events import discrepancy, started

SCENARIO = Scenario(
    title="", sessions=(f"s-{MARK}",), steps=(Update(body={"customerSession": {}}),)
)


FOLDER = Path("/runs/one")


def reproducer(
    rule: str, *, solid: bool | None = True, counterpart: Scenario | None = None
) -> Reproducer:
    """A signature of ``rule`` with `SCENARIO`."""
    return Reproducer(
        discrepancy=discrepancy(rule),
        scenario=SCENARIO,
        exchanges=(),
        solid=solid,
        confirmed="Shown 4 times out of 5.",
        counterpart=counterpart,
    )


def run(
    *reproducers: Reproducer, cross_scenario: tuple[CrossScenarioFinding, ...] = ()
) -> RunReproducers:
    """A run with these reproducers."""
    scenarios = {one.signature: one for one in reproducers}
    return RunReproducers(started=started(), scenarios=scenarios, cross_scenario=cross_scenario)


def test_each_signature_has_an_artefact() -> None:
    """With its rule, its requests, its confirmation, and the target."""
    (made,) = build_artefacts(run(reproducer("CART-02")), FOLDER)
    assert made.rule == catalogue(ContractVersion.V2_5_1)["CART-02"]
    assert [request.method for request in made.requests] == ["PUT"]
    assert made.confirmation == "Shown 4 times out of 5."
    assert made.target == started().target
    assert not made.flaky


def test_what_is_not_shown_every_time_is_flaky() -> None:
    """What was not executed again is not."""
    flaky = [
        made.flaky for made in build_artefacts(run(reproducer("CART-02", solid=False)), FOLDER)
    ]
    unknown = [
        made.flaky for made in build_artefacts(run(reproducer("CART-02", solid=None)), FOLDER)
    ]
    assert (flaky, unknown) == ([True], [False])


def test_a_contradiction_has_one_artefact() -> None:
    """It is a reproducer of two scenarios and a finding across scenarios: the latter counts."""
    found = msgspec.structs.replace(discrepancy("MERGE-U1"), kind=Kind.CONTRADICTION)
    pair = reproducer("MERGE-U1", counterpart=SCENARIO)
    findings = (CrossScenarioFinding(discrepancy=found),)
    (made,) = build_artefacts(run(pair, cross_scenario=findings), FOLDER)
    assert made.discrepancy == found
    assert made.rule is not None


def test_an_unknown_rule_is_left_out() -> None:
    """The artefact is there without it."""
    (made,) = build_artefacts(run(reproducer("NEW-99")), FOLDER)
    assert made.rule is None


def test_some_artefacts_come_first() -> None:
    """In the order given; the others as in the record."""
    names = ["CART-02", "CART-03", "STATE-02", "STATE-03"]
    found = run(*map(reproducer, names))
    signatures = [discrepancy(name).signature for name in names]
    made = build_artefacts(found, FOLDER, first=(signatures[3], "gone", signatures[1]))
    assert [one.discrepancy.signature for one in made] == [
        signatures[index] for index in (3, 1, 0, 2)
    ]
