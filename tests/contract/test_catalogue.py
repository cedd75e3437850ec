"""The contract's data: complete, consistent, and what the schemas say."""

from __future__ import annotations

import re

import jsonschema_rs
import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    ContractVersion,
    Demand,
    Entity,
    Fetch,
    Operation,
    Reopen,
    ReturnItems,
    Ruling,
    Scenario,
    SessionState,
    Sureness,
    Update,
    catalogue,
    limits_of,
    schema,
    transition,
    transitions,
)

VERSIONS = list(ContractVersion)


@pytest.mark.parametrize("version", VERSIONS)
def test_rules_are_well_formed(version: ContractVersion) -> None:
    """IDs follow one pattern, silent rules demand nothing, and refusals name their statuses."""
    for rule_id, rule in catalogue(version).items():
        assert rule_id == rule.id
        assert re.fullmatch(r"[A-Z]+-(U\d|\d\d)", rule_id)
        assert rule.statement.endswith(".")
        assert rule.source
        assert (rule.demands == (Demand.NOTHING,)) == (rule.sureness is Sureness.SILENT)
        assert (Demand.REFUSE in rule.demands) == bool(rule.statuses), rule_id


def test_versions_differ_where_they_should() -> None:
    """Rules of one version do not show in the other."""
    first, current = (catalogue(version) for version in VERSIONS)
    assert "CART-05" in first
    assert "CART-05" not in current
    assert "STATE-15" in current
    assert "STATE-15" not in first
    assert first["MERGE-02"].sureness is Sureness.IMPLIED
    assert current["STATE-07"].sureness is Sureness.DOCUMENTED


@pytest.mark.parametrize("version", VERSIONS)
def test_the_state_machine_is_complete(version: ContractVersion) -> None:
    """Every state meets every operation and every target exactly once, under a known rule."""
    states = (None, *SessionState)
    cells = [(row.source, row.operation, row.requested) for row in transitions(version)]
    assert len(set(cells)) == len(cells)
    assert {cell for cell in cells if cell[1] is Operation.UPDATE} == {
        (source, Operation.UPDATE, target) for source in states for target in states
    }
    others = {Operation.GET, Operation.RETURN}
    if version is ContractVersion.CURRENT:
        others.add(Operation.REOPEN)
    for operation in others:
        assert {cell[0] for cell in cells if cell[1] is operation} == set(states)
    for row in transitions(version):
        assert row.rule in catalogue(version)
        if row.ruling is Ruling.ACCEPT:
            assert row.reaches is not None


def test_reopen_is_no_operation_of_the_first_version() -> None:
    """Asking for a cell that a version lacks is an error, not a guess."""
    with pytest.raises(KeyError):
        transition(ContractVersion.V2_5_1, SessionState.CLOSED, Operation.REOPEN)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("entity", list(Entity))
def test_schemas_are_schemas(version: ContractVersion, entity: Entity) -> None:
    """Each entity is a valid JSON Schema whose references resolve."""
    if entity is Entity.REOPEN_RESPONSE and version is ContractVersion.V2_5_1:
        with pytest.raises(KeyError, match="has no entity"):
            schema(version, entity)
        return
    jsonschema_rs.meta.validate(schema(version, entity))
    assert not jsonschema_rs.validator_for(schema(version, entity)).is_valid(1)


def minimal_item(version: ContractVersion) -> dict[str, object]:
    item: dict[str, object] = {"sku": "s", "quantity": 1}
    return {**item, "name": "n", "price": 1} if version is ContractVersion.V2_5_1 else item


@pytest.mark.parametrize("version", VERSIONS)
def test_schemas_and_limits_agree(version: ContractVersion) -> None:
    """What the limits allow the request schema allows, and one more it does not."""
    valid = jsonschema_rs.validator_for(schema(version, Entity.NEW_CUSTOMER_SESSION)).is_valid
    limits = limits_of(version)
    for field, filler, limit in (
        ("cartItems", minimal_item(version), limits.cart_items),
        ("identifiers", "i", limits.identifiers),
        ("loyaltyCards", "c", limits.loyalty_cards),
    ):
        assert valid({field: [filler] * (limit or 50)})
        if limit is not None:
            assert not valid({field: [filler] * (limit + 1)})
    assert valid({"referralCode": "r" * limits.referral_code})
    assert not valid({"referralCode": "r" * (limits.referral_code + 1)})


@pytest.mark.parametrize("version", VERSIONS)
def test_required_item_fields(version: ContractVersion) -> None:
    """Each required field of a cart item is required by the schema."""
    valid = jsonschema_rs.validator_for(schema(version, Entity.CART_ITEM)).is_valid
    item = minimal_item(version)
    assert valid(item)
    for field in item:
        assert not valid({name: value for name, value in item.items() if name != field})


def test_scenarios_are_values() -> None:
    """A scenario is written as JSON and read back whole."""
    scenario = Scenario(
        title="all",
        sessions=(f"a{MARK}", f"{MARK}b"),
        steps=(
            Update(body={"customerSession": {"state": "closed"}}, dry=True, aims=("DRY-01",)),
            Fetch(session=1),
            ReturnItems(body=[1, None, "x"], idempotency_key="k"),
            Reopen(),
        ),
    )
    assert msgspec.json.decode(msgspec.json.encode(scenario), type=Scenario) == scenario
    assert scenario.aims == {"DRY-01"}


@pytest.mark.parametrize("session_id", ["", "plain", MARK + MARK])
def test_sessions_need_the_mark(session_id: str) -> None:
    """An ID without the mark, or with two, would let executions meet."""
    with pytest.raises(ValueError, match="exactly once"):
        Scenario(title="x", sessions=(session_id,), steps=())


def test_steps_name_sessions_that_are_there() -> None:
    """A step cannot name a session that the scenario lacks."""
    with pytest.raises(ValueError, match="names session 1, but the scenario has 1"):
        Scenario(title="x", sessions=(MARK,), steps=(Fetch(session=1),))
