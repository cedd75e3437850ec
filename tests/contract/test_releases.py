"""The releases of the current contract, and what each knows."""

from __future__ import annotations

import jsonschema_rs
import msgspec
import pytest

from cartfuzz.contract import (
    ADDED,
    EXAMPLE_ENVIRONMENT,
    NEWEST_RELEASE,
    OLDEST_RELEASE,
    Addition,
    ConfigurationError,
    ContractVersion,
    Entity,
    Environment,
    Release,
    catalogue,
    schema,
)

CURRENT = ContractVersion.CURRENT


def view(**members: object) -> dict[str, object]:
    """A session with the members that the oldest release requires, and ``members``."""
    return {
        "id": 4,
        "created": "2026-03-01T10:00:00Z",
        "updated": "2026-03-01T10:00:00Z",
        "integrationId": "s",
        "applicationId": 2,
        "state": "open",
        "firstSession": True,
        "total": 0,
        "cartItemTotal": 0,
        "additionalCostTotal": 0,
        "updateCount": 1,
        **members,
    }


def is_valid(since: str, entity: Entity, value: object) -> bool:
    release = Environment(contract=CURRENT, since=since).release
    return jsonschema_rs.validator_for(schema(CURRENT, entity, release)).is_valid(value)


def test_current_is_its_newest_release() -> None:
    """Without a release a deployment has everything that is known."""
    environment = Environment(contract=CURRENT)
    assert environment.release == NEWEST_RELEASE == Release(26, 17)
    assert all(map(environment.has, Addition))
    assert not any(map(Environment().has, Addition))


@pytest.mark.parametrize("addition", Addition)
def test_an_addition_is_there_from_its_release_on(addition: Addition) -> None:
    """The release before does not have it."""
    first = ADDED[addition]
    assert Environment(contract=CURRENT, since=str(first)).has(addition)
    if first > OLDEST_RELEASE:
        before = Release(first.year, first.number - 1)
        assert not Environment(contract=CURRENT, since=str(before)).has(addition)


@pytest.mark.parametrize("since", ["26.18", "25.12", "26.00", "26.3", "26", "newest", "26.03 "])
def test_unknown_releases_are_errors(since: str) -> None:
    """The error names the key, the releases that are known and what was found."""
    with pytest.raises(ConfigurationError, match=r'since: expected a release from "26\.01" to'):
        Environment(contract=CURRENT, since=since)


def test_the_first_version_has_no_releases() -> None:
    """2.5.1 with a release is a mistake in the configuration."""
    with pytest.raises(ConfigurationError, match=r"only .current. has releases"):
        msgspec.structs.replace(EXAMPLE_ENVIRONMENT, since="26.03")


def test_the_total_of_item_costs_is_required_from_its_release_on() -> None:
    """An answer without it conforms before 26.11; with a wrong type it conforms as little later."""
    for since, conforms in (("26.10", True), ("26.11", False), ("26.17", False)):
        answer = {"customerSession": view()}
        assert is_valid(since, Entity.SESSION_RESPONSE, answer) is conforms
    whole = {"customerSession": view(cartItemAdditionalCostTotal=1.5)}
    assert is_valid("26.11", Entity.SESSION_RESPONSE, whole)
    wrong = {"customerSession": view(cartItemAdditionalCostTotal="1.5")}
    assert not is_valid("26.11", Entity.SESSION_RESPONSE, wrong)


def test_requests_know_what_their_release_knows() -> None:
    """What may be asked for, and which members have a type."""
    for since, name, conforms in (
        ("26.08", "campaignEligibility", False),
        ("26.09", "campaignEligibility", True),
        ("26.16", "unlockedRewards", False),
        ("26.17", "unlockedRewards", True),
    ):
        body = {"customerSession": {}, "responseContent": [name]}
        assert is_valid(since, Entity.INTEGRATION_REQUEST, body) is conforms
    session = {"experimentVariantAllocations": "1"}
    assert is_valid("26.02", Entity.NEW_CUSTOMER_SESSION, session)
    assert not is_valid("26.03", Entity.NEW_CUSTOMER_SESSION, session)


def test_rules_name_their_release() -> None:
    """Only rules of the current contract have one, and it is a known release."""
    for rule in catalogue(CURRENT).values():
        if rule.since:
            assert Environment(contract=CURRENT, since=rule.since).release
    assert catalogue(CURRENT)["RESP-09"].since == "26.11"
    assert not any(rule.since for rule in catalogue(ContractVersion.V2_5_1).values())
