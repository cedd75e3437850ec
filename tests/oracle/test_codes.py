"""Codes that an application takes for one are one; codes that no campaign knows are alike."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import RunInvariants
from cartfuzz.contract import (
    MARK,
    CodeCase,
    ContractVersion,
    Environment,
    Fetch,
    ReturnItems,
    Step,
    UnknownCodes,
)
from cartfuzz.oracle.model import SessionModel, Verdict, expect
from cartfuzz.oracle.model.codes import class_of_invented, same_code
from cartfuzz.record import Observation
from cartfuzz.wire import NoResponse, Response

from ..record.events import scenario_run
from .histories import ENVIRONMENT, ITEM, judge, ok, read, refusal, rules, update

CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
UNDECLARED = Environment()
History = list[tuple[Step, Response | NoResponse]]


def cased(case: CodeCase) -> Environment:
    return msgspec.structs.replace(ENVIRONMENT, code_case=case)


# --- the same code ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "shown", "cases"),
    [
        ("Summer", "Summer", "sensitive upper lower unspecified"),
        ("Summer", "SUMMER", "upper unspecified"),
        ("Summer", "summer", "lower unspecified"),
        ("Summer", "sUMMER", "unspecified"),
        (" Summer\u3000", "Summer", "sensitive upper lower unspecified"),
        ("\u00a0a\u200b\ufeff", "A", "upper unspecified"),
        ("groß", "GROSS", "upper unspecified"),
        ("groß", "GROß", "upper unspecified"),
        ("ı", "I", "upper unspecified"),
        ("İ", "i\u0307", "lower unspecified"),
        ("İ", "i", "lower unspecified"),
        ("µ", "Μ", "upper unspecified"),
        ("ΟΔΟΣ", "οδος", "lower unspecified"),
        ("Sum mer", "Summer", ""),
        ("Summer", "Summe", ""),
        ("Summer", "Winter", ""),
        ("é", "e", ""),
        ("", "a", ""),
    ],
)
def test_a_code_is_the_same_as_far_as_the_application_says(
    sent: str, shown: str, cases: str
) -> None:
    """Case counts as declared, blanks around a code never, everything else always."""
    same = {case.value for case in CodeCase if same_code(sent, shown, cased(case))}
    assert same == set(cases.split())


def echo(field: str, sent: Any, shown: Any, environment: Environment) -> list[str]:
    """The rules that an answer and a read break which show ``shown``."""
    history: History = [
        (update({field: sent}), ok({field: shown})),
        (Fetch(), read({field: shown})),
    ]
    return rules(judge(history, environment=environment))


@pytest.mark.parametrize("shown", ["SALE-A", "sale-a", "Sale-A"])
def test_case_is_open_where_it_is_not_declared(shown: str) -> None:
    """Neither codes in capitals nor trimmed ones are a violation."""
    assert echo("couponCodes", ["Sale-A "], [shown], ENVIRONMENT) == []
    assert echo("referralCode", " Sale-A", shown, ENVIRONMENT) == []


@pytest.mark.parametrize(
    ("field", "sent", "shown", "case", "rule"),
    [
        ("couponCodes", ["summer"], ["SUMMER"], CodeCase.SENSITIVE, "IDENT-07"),
        ("couponCodes", ["summer"], ["Summer"], CodeCase.UPPER, "IDENT-07"),
        ("couponCodes", ["a", "b"], ["B", "A"], CodeCase.UNSPECIFIED, "IDENT-07"),
        ("couponCodes", ["a", "b"], ["A"], CodeCase.UNSPECIFIED, "IDENT-07"),
        ("couponCodes", ["a b"], ["ab"], CodeCase.UNSPECIFIED, "IDENT-07"),
        ("referralCode", "summer", "SUMMER", CodeCase.SENSITIVE, "RESP-03"),
        ("referralCode", "summer", "SUMMER1", CodeCase.UNSPECIFIED, "RESP-03"),
        ("identifiers", ["a"], ["A"], CodeCase.UNSPECIFIED, "IDENT-07"),
        ("loyaltyCards", ["a"], ["A"], CodeCase.UNSPECIFIED, "IDENT-07"),
        ("profileId", "ann", "ANN", CodeCase.UNSPECIFIED, "IDENT-09"),
    ],
)
def test_losing_and_mixing_codes_is_found(
    field: str, sent: Any, shown: Any, case: CodeCase, rule: str
) -> None:
    """Only what the application may do to codes is open, and only for codes."""
    assert rule in echo(field, sent, shown, cased(case))


@pytest.mark.parametrize(
    ("session", "environment", "verdict"),
    [
        ({"couponCodes": ["a", "A"]}, ENVIRONMENT, Verdict.UNSPECIFIED),
        ({"couponCodes": ["a", "A"]}, cased(CodeCase.SENSITIVE), Verdict.MUST_ACCEPT),
        ({"couponCodes": ["a", " a"]}, cased(CodeCase.SENSITIVE), Verdict.UNSPECIFIED),
        ({"couponCodes": ["a", "b"]}, ENVIRONMENT, Verdict.MUST_ACCEPT),
        ({"couponCodes": [" "]}, ENVIRONMENT, Verdict.UNSPECIFIED),
        ({"referralCode": "\u3000"}, ENVIRONMENT, Verdict.UNSPECIFIED),
        ({"referralCode": "a" * 100 + " "}, ENVIRONMENT, Verdict.UNSPECIFIED),
        ({"referralCode": "a" * 101}, ENVIRONMENT, Verdict.MUST_REJECT),
        ({"referralCode": "a" * 101 + " "}, ENVIRONMENT, Verdict.MUST_REJECT),
        ({"couponCodes": ["a" * 100 + " "]}, CURRENT, Verdict.UNSPECIFIED),
        ({"couponCodes": ["a" * 101]}, CURRENT, Verdict.MUST_REJECT),
    ],
)
def test_what_blanks_and_case_decide_is_open(
    session: dict[str, Any], environment: Environment, verdict: Verdict
) -> None:
    """Whether two codes are one, a code is empty, or a code is too long."""
    expectation = expect(update(session), MARK, SessionModel(), environment)
    assert expectation.verdict is verdict


# --- codes that no campaign knows ------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "named"),
    [
        (f"CODE1-{MARK}", "28 characters, capitals"),
        (f"code1-{MARK}", "28 characters, no capitals"),
        (f"CODE 1-{MARK}", ""),
        (f"CODÉ1-{MARK}", ""),
        (f"{MARK}{'r' * 19}", ""),
        ("WELCOME", ""),
        ("", ""),
    ],
)
def test_only_plain_codes_of_the_run_have_a_class(code: str, named: str) -> None:
    """A target may look at length, case and characters, and a campaign may know other codes."""
    assert class_of_invented(code) == named


def seen(*histories: History, environment: Environment = UNDECLARED) -> list[str]:
    """The contradictions between what several scenarios show."""
    invariants = RunInvariants()
    found: list[str] = []
    for number, history in enumerate(histories):
        observations: tuple[Observation, ...] = tuple(
            shown for one in judge(history, environment=environment) for shown in one.observations
        )
        event = msgspec.structs.replace(scenario_run(number), observations=observations)
        found.extend(one.rule for one in invariants.add(event).discrepancies)
    return found


def code(variant: int) -> str:
    return f"CODE{variant}-{MARK}"


def kept(variant: int, field: str = "couponCodes") -> History:
    sent = {field: code(variant) if field == "referralCode" else [code(variant)]}
    return [(update(sent), ok(sent)), (Fetch(), read(sent))]


def dropped(variant: int, field: str = "couponCodes") -> History:
    return [(kept(variant, field)[0][0], ok({})), (Fetch(), read({}))]


def refused(variant: int, field: str = "couponCodes") -> History:
    return [(kept(variant, field)[0][0], refusal())]


@pytest.mark.parametrize("field", ["couponCodes", "referralCode", "loyaltyCards"])
@pytest.mark.parametrize("first", [kept, dropped, refused])
@pytest.mark.parametrize("second", [kept, dropped, refused])
def test_codes_that_nobody_knows_are_treated_alike(first: Any, second: Any, field: str) -> None:
    """Kept, dropped or refused: any of them, but the same for all."""
    contradictions = seen(first(1, field), second(2, field))
    assert contradictions == ([] if first is second else ["IDENT-U4"])


@pytest.mark.parametrize(
    "sent",
    [
        [code(1), code(2)],
        [f"Code-1-{MARK}".lower()],
        [f"LONGER{'x' * 12}-{MARK}"],
        [f"é{MARK}"],
        [],
        [""],
        ["SALE"],
    ],
)
def test_what_a_lawful_target_may_tell_apart_is_not_compared(sent: list[str]) -> None:
    """Several codes, another case, length or character, no code, or one that may exist."""
    assert seen(kept(3), [(update({"couponCodes": sent}), refusal())]) in ([], ["MERGE-02"])


def test_a_code_that_is_held_already_is_not_compared() -> None:
    """Sent again it may be refused, or stay as it is."""
    held = kept(1)
    assert seen(kept(2), [*held, (held[0][0], refusal())]) == []


def test_what_is_open_without_a_remark_is_observed_all_the_same() -> None:
    """A used Idempotency-Key with another body: the situation says all that there is."""
    environment = msgspec.structs.replace(UNDECLARED, contract=ContractVersion.CURRENT)
    closed = {"cartItems": [ITEM], "state": "closed"}
    shown = {**closed, "state": "partially_returned"}
    history: History = [
        (update(closed), ok(closed, updateCount=1)),
        *(
            (ReturnItems(body=body, idempotency_key=f"key-{MARK}"), ok(shown, updateCount=1))
            for body in (_back(1), _back(2))
        ),
    ]
    observed = judge(history, environment=environment)[2].observations
    assert [one.rule for one in observed][-1:] == ["RET-06"]


def _back(quantity: int) -> dict[str, Any]:
    return {"return": {"returnedCartItems": [{"position": 0, "quantity": quantity}]}}


def test_where_codes_are_declared_they_are_judged_by_rules() -> None:
    """Accepted codes come back; nothing about them is left to comparison."""
    declared = Environment(unknown_codes=UnknownCodes.ACCEPTED)
    assert rules(judge(dropped(1)[:1], environment=declared)) == ["IDENT-07"]
    assert seen(kept(1), dropped(2), environment=declared) == []
