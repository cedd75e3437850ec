"""What `cartfuzz check` finds out about a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    CodeCase,
    ContractVersion,
    Environment,
    UnknownCodes,
)
from cartfuzz.contract.campaigns import Coupon
from cartfuzz.harness.declarations import declared_by
from cartfuzz.harness.declared_codes import codes_of
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.survey import Sign, Survey, SurveyLine
from cartfuzz.harness.target import preflight, survey
from cartfuzz.sandbox import start
from cartfuzz.wire.secrets import TargetSecrets

from ..independent_targets.targets import API_KEY, INDEPENDENT

PLAIN = msgspec.structs.replace(
    EXAMPLE_ENVIRONMENT, unknown_codes=UnknownCodes.ACCEPTED, code_case=CodeCase.SENSITIVE
)


def surveyed(
    url: str, key: str, environment: Environment, *, one_by_one: bool = False
) -> tuple[Survey, dict[str, SurveyLine]]:
    """The survey of a target with a configuration, and its lines by topic."""
    plan = Plan(url=url, environment=environment)
    secrets = TargetSecrets(key)
    run_id, seen = preflight(Plan(url=url, environment=Environment()), secrets)
    found = survey(
        plan,
        secrets,
        run_id=run_id,
        declared=declared_by(environment) if one_by_one else (),
        codes=codes_of(environment) if one_by_one else (),
        made=seen.made,
    )
    return found, {line.topic: line for line in found.lines}


def changed(environment: Environment, **changes: Any) -> Environment:
    return msgspec.structs.replace(environment, **changes)


@pytest.mark.parametrize("contract", ContractVersion)
@pytest.mark.parametrize("flattening", [False, True])
def test_a_configuration_that_fits(contract: ContractVersion, *, flattening: bool) -> None:
    """Nothing has to be changed; the sessions that were made are cancelled."""
    environment = changed(PLAIN, contract=contract, flattening=flattening)
    with start(environment) as sandbox:
        found, lines = surveyed(sandbox.url, sandbox.api_key, environment, one_by_one=True)
    signs = {line.sign for line in found.lines}
    assert signs == {Sign.OK, Sign.NOTE}
    assert [topic for topic, line in lines.items() if line.sign is Sign.NOTE] == ["parallel"]
    assert ("flattening" in lines) == (contract is ContractVersion.V2_5_1)
    assert len(found.cancelled) == 2
    assert found.left == ()


@pytest.mark.parametrize(
    ("is_so", "says", "topic", "key", "value"),
    [
        ({"contract": ContractVersion.CURRENT}, {}, "contract", "contract", "current"),
        ({}, {"contract": ContractVersion.CURRENT}, "contract", "contract", "2.5.1"),
        ({"flattening": True}, {}, "flattening", "flattening", True),
        ({}, {"flattening": True}, "flattening", "flattening", False),
        (
            {"unknown_codes": UnknownCodes.REFUSED},
            {},
            "unknown codes",
            "unknown_codes",
            "unspecified",
        ),
        (
            {},
            {"unknown_codes": UnknownCodes.UNSPECIFIED},
            "unknown codes",
            "unknown_codes",
            "accepted",
        ),
        ({}, {"code_case": CodeCase.UPPER}, "code case", "code_case", "sensitive"),
        ({}, {"code_case": CodeCase.UNSPECIFIED}, "code case", "code_case", "sensitive"),
    ],
)
def test_a_configuration_that_does_not_fit(
    is_so: Mapping[str, Any], says: Mapping[str, Any], topic: str, key: str, value: str | bool
) -> None:
    """The line says what was seen, and the key that fits."""
    with start(changed(PLAIN, **is_so)) as sandbox:
        found, lines = surveyed(sandbox.url, sandbox.api_key, changed(PLAIN, **says))
    line = lines[topic]
    assert line.sign in (Sign.CHANGE, Sign.PROBLEM)
    assert line.suggestion is not None
    assert (line.suggestion.table, line.suggestion.key) == ("environment", key)
    assert line.suggestion.value == value
    others = [one.topic for one in found.lines if one.suggestion is not None and one is not line]
    assert others == []


def test_case_that_does_not_matter_is_found() -> None:
    """Which of the two cases the application keeps, only its owner knows."""
    with start(changed(PLAIN, code_case=CodeCase.LOWER)) as sandbox:
        _, lines = surveyed(sandbox.url, sandbox.api_key, PLAIN)
    assert lines["code case"].sign is Sign.PROBLEM
    assert 'set code_case to "upper" or "lower"' in lines["code case"].advice
    assert lines["code case"].suggestion is None


def test_of_a_pattern_a_code_that_exists_shows_the_case() -> None:
    """The pattern itself is a code that no campaign knows."""
    pattern = Coupon(code="SALE-{n}", first=7, last=9, limit=2)
    environment = changed(PLAIN, coupon_limits={}, coupons=(pattern,), budgets=())
    with start(environment) as sandbox:
        _, lines = surveyed(sandbox.url, sandbox.api_key, environment)
    assert lines["code case"].sign is Sign.OK
    assert "SALE-7 is accepted" in lines["code case"].text


def test_each_refused_declaration_is_named() -> None:
    """With the target's own words, and the key to correct; the others are listed as taken."""
    attributes = {**PLAIN.session_attributes, "giftScore": {"type": "number"}, "nope": "string"}
    says = changed(PLAIN, session_attributes=attributes)
    with start(PLAIN) as sandbox:
        found, _ = surveyed(sandbox.url, sandbox.api_key, says, one_by_one=True)
    lines = [line for line in found.lines if line.topic == "declared"]
    refused = [line for line in lines if line.sign is Sign.PROBLEM]
    assert {line.text.partition(" is refused: 400 ")[0] for line in refused} == {
        "the session attribute giftScore",
        "the session attribute nope",
    }
    assert "environment.session_attributes.nope" in refused[-1].advice
    (taken,) = (line for line in lines if line.sign is Sign.OK)
    assert "channel" in taken.text


@pytest.mark.parametrize("name", INDEPENDENT)
@pytest.mark.parametrize("contract", ContractVersion)
@pytest.mark.parametrize("flattening", [False, True])
def test_a_target_of_another_hand_is_understood(
    name: str, contract: ContractVersion, *, flattening: bool
) -> None:
    """It shares no code with the sandbox: its version and its flattening are found out."""
    environment = Environment(contract=contract, flattening=flattening)
    with INDEPENDENT[name](environment) as url:
        _, lines = surveyed(url, API_KEY, environment)
    assert lines["contract"].sign is Sign.OK
    if contract is ContractVersion.V2_5_1:
        assert lines["flattening"].sign is Sign.OK
