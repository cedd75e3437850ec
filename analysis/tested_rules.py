"""Which rules a run put to the test, and what it would take to test the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..contract import (
    BudgetScope,
    Catalogue,
    CodeCase,
    Demand,
    Environment,
    Rule,
    present_rule,
)
from ..record.phase import Phase
from .summary import Summary

_EVERY_ANSWER = "ERR-02"
"""It is about every answer, so that no request aims at it."""
_ENDPOINT = "endpoint"
"""In the place of a rule: an accepted request."""
_FLATTENING = "flattening"
_CODE_CASE = "code_case"
_COUPONS = "coupons"
RACE_RULES = frozenset(("PAR-01", "PAR-02", "PAR-03"))
"""The rules that only concurrent requests test, those of the phase `Phase.RACE`."""
_SENT_BY_PHASES = tuple(phase for phase in Phase if phase is not Phase.CORPUS)


@dataclass(frozen=True, slots=True)
class UntestedRule:
    """A rule that could be tested, and was not."""

    rule: Rule
    remedy: str
    """What it would take, as a clause: ``"declare coupons in [environment]"``."""


def testable_rules(summary: Summary) -> tuple[Rule, ...]:
    """The rules of the contract version that a client can judge from outside."""
    return tuple(rule for rule in summary.catalogue.values() if is_testable(rule))


def testable_ids(rules: Catalogue) -> frozenset[str]:
    """The IDs of those of ``rules`` that a client can judge from outside."""
    return frozenset(rule.id for rule in rules.values() if is_testable(rule))


def tested_ids(reached: Iterable[str], rules: Catalogue) -> frozenset[str]:
    """The testable rules that a run has tested, by the keys of `ScenarioRun.reached`."""
    names = {key.partition(" ")[0] for key in reached}
    tested = {present_rule(name) for name in names}
    if _ENDPOINT in names:
        tested.add(_EVERY_ANSWER)
    return testable_ids(rules) & tested


def is_testable(rule: Rule) -> bool:
    """Whether a client can judge ``rule``: it demands something, and a client can observe it."""
    return rule.demands != (Demand.NOTHING,) and not rule.untestable


def was_tested(rule: Rule, summary: Summary) -> bool:
    """Whether the run judged a request that tests ``rule``."""
    if rule.id == _EVERY_ANSWER:
        return any(summary.coverage.endpoints.values())
    return rule.id in summary.coverage.rules


def untested_rules(summary: Summary) -> Iterator[UntestedRule]:
    """The rules that the run could have tested and did not, in the order of the catalogue."""
    for rule in testable_rules(summary):
        if not was_tested(rule, summary):
            yield UntestedRule(rule, _remedy(rule, summary))


def _remedy(rule: Rule, summary: Summary) -> str:
    if rule.needs and not _is_declared(rule.needs, summary.environment):
        return f"declare {rule.needs} in [environment]"
    detail = _undeclared_detail(rule, summary.environment)
    if detail:
        return f"declare {detail} in [environment]"
    if rule.id in RACE_RULES:
        was_sent = Phase.RACE.value in summary.phases and summary.phases[Phase.RACE.value].scenarios
        return "run the phase race longer" if was_sent else "run the phase race"
    if summary.is_cut_short:
        return "let the sweeps run to their end"
    left_out = [phase.value for phase in _SENT_BY_PHASES if phase.value not in summary.phases]
    if left_out:
        return f"run the phases that were left out: {', '.join(left_out)}"
    return "run longer: few drawn scenarios test it"


def _undeclared_detail(rule: Rule, environment: Environment) -> str:
    """What the rule needs of the campaigns that are declared, and they lack; empty: nothing."""
    per = {budget.per for budget in environment.budgets}
    coupons = environment.declared_coupons
    match rule.id:
        case "DISC-02" if all(coupon.campaign_id is None for coupon in coupons):
            return "the campaign_id of coupons"
        case "BUDG-01" if BudgetScope.PROFILE not in per and not any(
            coupon.per_profile for coupon in coupons
        ):
            return "per_profile of coupons, or a budget per profile"
        case "BUDG-02" if BudgetScope.IDENTIFIER not in per:
            return "a budget per identifier"
        case "BUDG-03" if BudgetScope.CAMPAIGN not in per:
            return "a budget per campaign"
        case _:
            return ""


def _is_declared(name: str, environment: Environment) -> bool:
    if name == _FLATTENING:
        return environment.flattens  # `current` always does, whatever is declared
    if name == _CODE_CASE:
        return environment.code_case is not CodeCase.UNSPECIFIED
    if name == _COUPONS:
        return bool(environment.declared_coupons)
    return bool(getattr(environment, name))
