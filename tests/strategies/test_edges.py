"""The sweep: complete, deterministic, affordable, and never wrong in two ways at once."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import Any

import pytest

from cartfuzz.contract import (
    ContractVersion,
    Credentials,
    Environment,
    Fetch,
    Operation,
    Raw,
    ReturnItems,
    Ruling,
    Scenario,
    SessionState,
    Update,
    catalogue,
    transitions,
)
from cartfuzz.strategies import (
    CONFUSABLE_IDS,
    ODD_IDENTIFIERS,
    IdentifierFamily,
    edge_scenarios,
    malformed_scenarios,
)
from cartfuzz.strategies.values.samples import Samples

from .walk import Visit, breaks_beyond_schema, walk

OUT_OF_REACH = {"ERR-03", "PAR-01", "PAR-02", "PAR-03", "PAR-U1"}
"""Rules that every answer is held to, or that need parallel requests."""


@pytest.fixture(scope="module")
def sweep(environment: Environment) -> tuple[Scenario, ...]:
    """The sweep of the environment."""
    return edge_scenarios(environment)


@pytest.fixture(scope="module")
def visited(sweep: tuple[Scenario, ...], environment: Environment) -> list[Visit]:
    """All steps with the cells of the state table that they meet."""
    return [visit for scenario in sweep for visit in walk(scenario, environment)]


def sessions_sent(sweep: tuple[Scenario, ...]) -> list[dict[str, Any]]:
    """The sessions of all updates whose body has one."""
    return [
        step.body["customerSession"]
        for scenario in sweep
        for step in scenario.steps
        if isinstance(step, Update)
        and isinstance(step.body, dict)
        and isinstance(step.body.get("customerSession"), dict)
    ]


def test_the_sweep_is_always_the_same(
    sweep: tuple[Scenario, ...], environment: Environment
) -> None:
    """No randomness, no order that depends on hashes."""
    assert edge_scenarios(environment) == sweep


def test_the_tour_comes_first(sweep: tuple[Scenario, ...], environment: Environment) -> None:
    """The first scenario has every endpoint accept something."""
    accepted = {
        visit.step.operation
        for visit in walk(sweep[0], environment)
        if visit.valid and visit.cell.ruling is Ruling.ACCEPT
    }
    assert accepted == {row.operation for row in transitions(environment.contract)}


def test_the_tour_holds_much(sweep: tuple[Scenario, ...], environment: Environment) -> None:
    """Each field empty in one request and full in another; a refusal of each kind."""
    sent = [
        step.body["customerSession"]
        for step in sweep[0].steps
        if isinstance(step, Update) and "customerSession" in step.body
    ]
    for field in Samples(environment).session():
        values = [session[field] for session in sent if field in session]
        assert {bool(value) for value in values} == {True, False}
    verdicts = [visit.cell.ruling for visit in walk(sweep[0], environment)]
    assert Ruling.REFUSE in verdicts
    credentials = {step.credentials for step in sweep[0].steps if isinstance(step, Fetch)}
    assert credentials == set(Credentials)
    unreadable = {step.oddity for step in sweep[0].steps if isinstance(step, Raw)}
    swept = {
        step.oddity
        for one in malformed_scenarios(environment)
        for step in one.steps
        if isinstance(step, Raw)
    }
    assert {"truncated JSON", "no UTF-8: invalid UTF-8"} == unreadable <= swept


def test_every_cell_of_the_state_table_is_visited(
    visited: list[Visit], environment: Environment
) -> None:
    """Each state meets each operation and target for real, with a body that is valid."""
    real = {id(v.cell): v.cell for v in visited if v.valid and not v.dry}
    cells = {(c.source, c.operation, c.requested) for c in real.values()}
    expected = {(r.source, r.operation, r.requested) for r in transitions(environment.contract)}
    assert cells == expected


def test_every_cell_of_updates_and_returns_is_visited_dry(
    visited: list[Visit], environment: Environment
) -> None:
    """What is refused for real is asked dry too."""
    cells = {(v.cell.source, v.cell.operation, v.cell.requested) for v in visited if v.dry}
    expected = {
        (row.source, row.operation, row.requested)
        for row in transitions(environment.contract)
        if row.operation in (Operation.UPDATE, Operation.RETURN)
    }
    assert cells >= expected


def test_forbidden_changes_of_state_carry_other_data_and_are_read_after(
    sweep: tuple[Scenario, ...], environment: Environment
) -> None:
    """STATE-13 and STATE-17 can only be seen where data might have changed."""
    seen = set()
    for scenario in sweep:
        path = list(walk(scenario, environment))
        for visit, after in itertools.pairwise(path):
            step = visit.step
            if not isinstance(step, Update) or not visit.valid or visit.dry:
                continue
            frozen = visit.cell.source not in (None, SessionState.OPEN)
            with_data = len(step.body["customerSession"]) > 1
            if frozen and with_data and isinstance(after.step, Fetch):
                seen.add((visit.cell.source, visit.cell.requested))
    expected = {
        (row.source, row.requested)
        for row in transitions(environment.contract)
        if row.operation is Operation.UPDATE
        and row.source not in (None, SessionState.OPEN)
        and row.ruling is not Ruling.ACCEPT
    }
    assert seen >= expected


def test_every_rule_is_aimed_at(sweep: tuple[Scenario, ...], environment: Environment) -> None:
    """Every rule of the version has a step, but for those that depend on what is configured."""
    rules = set(catalogue(environment.contract))
    aims = {aim for scenario in sweep for aim in scenario.aims}
    assert aims <= rules
    missing = rules - aims - OUT_OF_REACH
    # Sums count with flattening only; codes are either known to be accepted or not.
    missing -= {"CART-05"} if environment.flattens else {"CART-04", "RET-U1"}
    missing -= {"IDENT-U4", "RET-05"}
    # What must be declared is declared in no environment of these, or in all but the bare ones.
    undeclared = {"code_case", "coupons", "referrals", "budgets", "loyalty"} - {
        name
        for name in ("coupons", "referrals", "budgets", "loyalty")
        if getattr(environment, name)
    }
    needs = {rule.id: rule.needs for rule in catalogue(environment.contract).values()}
    missing -= {rule for rule in missing if needs[rule] in undeclared}
    missing -= set() if environment.budgets else {"BUDG-U1", "BUDG-U2"}
    missing -= {"BUDG-03"}  # needs a budget over all sessions
    missing -= set() if environment.coupons else {"COUP-U1", "EFF-07"}
    # Without costs and attributes there are none to send.
    bare = not environment.session_costs
    missing -= {"COST-01", "COST-03", "ATTR-01", "ATTR-03", "MERGE-U1"} if bare else set()
    assert missing == set()


def test_carts_stand_on_both_sides_of_both_limits(
    sweep: tuple[Scenario, ...], environment: Environment
) -> None:
    """The number of items and the sum of quantities: at, just under and just over."""
    carts = [s["cartItems"] for s in sessions_sent(sweep) if isinstance(s.get("cartItems"), list)]
    clean = [c for c in carts if all(is_counted(item) for item in c)]
    sizes = Counter(map(len, clean))
    sums = Counter(sum(item["quantity"] for item in cart) for cart in clean)
    most, units = environment.limits.cart_items, environment.limits.quantity_sum
    assert all(sizes[size] for size in (0, 1, 2, most - 1, most, most + 1))
    assert all(sums[total] >= 5 for total in (units - 1, units, units + 1))


def is_counted(item: Any) -> bool:
    """Whether an item has a proper quantity."""
    return isinstance(item, dict) and type(item.get("quantity")) is int


@pytest.mark.parametrize(
    ("field", "limit", "length"),
    [
        ("referralCode", "referral_code", True),
        ("couponCodes", "coupon_code", True),
        ("identifiers", "identifiers", False),
        ("loyaltyCards", "loyalty_cards", False),
        ("storeIntegrationId", "store_integration_id", True),
    ],
)
def test_documented_limits_are_met_from_both_sides(
    field: str, limit: str, length: bool, sweep: tuple[Scenario, ...], environment: Environment
) -> None:
    """Each limit of the version is sent exactly, and exceeded by one."""
    bound = getattr(environment.limits, limit)
    if bound is None:
        pytest.skip("this version has no such limit")
    sent = [s[field] for s in sessions_sent(sweep) if field in s and s[field] is not None]
    sent = [value for value in sent if isinstance(value, str | list)]
    if length:
        texts = [text for value in sent for text in ([value] if isinstance(value, str) else value)]
        sizes = {len(text) for text in texts if isinstance(text, str)}
    else:
        sizes = {len(value) for value in sent if isinstance(value, list)}
    assert {bound, bound + 1} <= sizes


def test_limits_count_characters_not_bytes(
    sweep: tuple[Scenario, ...], environment: Environment
) -> None:
    """A referral code at its limit comes in one, two and four bytes a character."""
    codes = [s.get("referralCode") for s in sessions_sent(sweep)]
    at_limit = [c for c in codes if isinstance(c, str) and len(c) == 100]
    assert len({len(code.encode("utf-8", "surrogatepass")) for code in at_limit}) >= 3


def test_a_broken_body_is_what_the_step_aims_at(visited: list[Visit]) -> None:
    """A body that its schema refuses aims at refusal or silence, never at merging."""
    excuses = {"ERR-01", "ERR-02", "ERR-04", "ERR-06", "DRY-02", "RET-03", "AUTH-01"}
    for visit in visited:
        if visit.valid or visit.step.credentials is not Credentials.VALID:
            continue
        silent = any("-U" in aim for aim in visit.step.aims)
        limits = {"CART-02", "CART-06", "STATE-14"} | {f"IDENT-{n:02}" for n in (3, 4, 5, 6, 10)}
        assert silent or set(visit.step.aims) & (excuses | limits), visit.step.aims


def test_what_must_be_accepted_is_sent_in_valid_bodies(visited: list[Visit]) -> None:
    """Steps about what an answer shows have bodies within the schema."""
    shows = {"MERGE-01", "MERGE-03", "CART-10", "CART-11", "RESP-04", "STATE-01", "STATE-04"}
    for visit in visited:
        step = visit.step
        if isinstance(step, Update) and set(step.aims) & shows and "ERR-06" not in step.aims:
            assert visit.valid, step
            assert not breaks_beyond_schema(step)


def test_every_odd_identifier_and_every_twin_is_a_session(sweep: tuple[Scenario, ...]) -> None:
    """No entry of the library is left out."""
    ids = "\x1e".join(session for scenario in sweep for session in scenario.sessions)
    for odd in ODD_IDENTIFIERS:
        if odd.family is not IdentifierFamily.LONG:
            assert odd.text in ids
    pairs = {scenario.sessions for scenario in sweep}
    assert all((pair.first, pair.second) in pairs for pair in CONFUSABLE_IDS)


def test_every_operation_is_tried_without_a_valid_key(
    sweep: tuple[Scenario, ...], environment: Environment
) -> None:
    """Each operation meets each kind of bad credentials."""
    tried = {
        (step.operation, step.credentials)
        for scenario in sweep
        for step in scenario.steps
        if step.credentials is not Credentials.VALID
    }
    operations = {row.operation for row in transitions(environment.contract)}
    bad = set(Credentials) - {Credentials.VALID}
    assert tried == {(operation, kind) for operation in operations for kind in bad}


def test_returns_refer_to_positions_on_both_sides_of_the_cart(
    sweep: tuple[Scenario, ...],
) -> None:
    """Returns name the first and the last position, and those next to them outside the cart."""
    positions = {
        item.get("position")
        for scenario in sweep
        for step in scenario.steps
        if isinstance(step, ReturnItems) and "RET-03" in step.aims and isinstance(step.body, dict)
        for item in step.body["return"]["returnedCartItems"]
    }
    assert {-1, 0, 3, 4} <= positions


def test_the_sweep_is_affordable(sweep: tuple[Scenario, ...]) -> None:
    """A little more than three thousand requests at most, few of them large."""
    bodies = [
        len(json.dumps(step.body))
        for scenario in sweep
        for step in scenario.steps
        if isinstance(step, Update)
    ]
    assert sum(len(scenario.steps) for scenario in sweep) < 3_200
    assert sum(size > 60_000 for size in bodies) <= 60


def test_2_5_1_is_sent_nothing_of_current(
    sweep: tuple[Scenario, ...], environment: Environment
) -> None:
    """Features of current never appear in a sweep of 2.5.1, and they do in one of current."""
    reopened = any(
        step.operation is Operation.REOPEN for scenario in sweep for step in scenario.steps
    )
    stores = any("storeIntegrationId" in session for session in sessions_sent(sweep))
    timed = any(
        isinstance(step, Update) and step.now is not None
        for scenario in sweep
        for step in scenario.steps
    )
    assert reopened == stores == timed == (environment.contract is ContractVersion.CURRENT)
