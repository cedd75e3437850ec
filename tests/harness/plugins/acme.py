"""Plugins for the tests: right ones, and what is wrong with others."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec
from hypothesis import strategies as st

from cartfuzz.plugin import (
    KEPT,
    Answer,
    Broken,
    Check,
    Demand,
    Environment,
    OwnOperation,
    Plugin,
    Request,
    Response,
    Rule,
    Scenario,
    ScenarioBuilder,
    StatusIn,
    Sureness,
    Verdict,
)


def rule(rule_id: str) -> Rule:
    return Rule(
        id=rule_id,
        statement="A session of the test has no name with a capital.",
        demands=(Demand.SHOW,),
        sureness=Sureness.IMPLIED,
        source="the test",
    )


def judge(answer: Answer) -> Verdict:
    """Each session that an answer shows breaks the rule where its profile is Known."""
    if answer.session is None:
        return None
    if answer.session.get("profileId") != "Known":
        return KEPT
    return Broken(
        situation="session shown",
        outcome="profile is Known",
        expected="another profile",
        found="Known",
        claim=StatusIn(statuses=(400,)),
    )


def raising(answer: Answer) -> Verdict:
    raise LookupError(f"no shelf for {answer.operation}")


def leaving(_answer: Answer) -> Verdict:
    raise SystemExit(3)


def careless(_answer: Answer) -> Verdict:
    return True  # type: ignore[return-value]


def scenarios(_environment: Environment) -> Iterator[Scenario]:
    builder = ScenarioBuilder("a known profile").update({"profileId": "Known"}, "TEST-01")
    yield builder.build()


HEALTH = OwnOperation(name="health", method="GET", path="/health/{session}?deep=1")
TOUCH = OwnOperation(name="touch", method="POST", path="/touch/{session}")


def with_operations(_environment: Environment) -> Iterator[Scenario]:
    builder = ScenarioBuilder("own operations").update({"profileId": "a"})
    builder.step(HEALTH.step("TEST-01")).step(TOUCH.step("TEST-01", body={"a": [1]})).get()
    yield builder.build()


def in_a_burst(_environment: Environment) -> Iterator[Scenario]:
    builder = ScenarioBuilder("burst").update({"profileId": "a"})
    yield builder.step(HEALTH.step()).together(2).build()


def signature(request: Request) -> Sequence[tuple[str, str]]:
    return [("X-Signed", f"{request.method} {len(request.target)}")]


def no_signature(_request: Request) -> Sequence[tuple[str, str]]:
    raise KeyError("s3cret")


CHECK = Check(rule=rule("TEST-01"), judge=judge)
PLUGIN = Plugin(name="test", checks=(CHECK,), scenarios=scenarios)
OPERATIONS = Plugin(name="operations", checks=(CHECK,), scenarios=with_operations)
RAISING = Plugin(
    name="raising",
    checks=(
        Check(rule=rule("TEST-02"), judge=raising),
        Check(rule=rule("TEST-03"), judge=careless),
        Check(rule=rule("TEST-04"), judge=leaving),
    ),
    scenarios=scenarios,
)
SIGNING = Plugin(name="signing", header_lines=signature)
FAILING = Plugin(name="failing", header_lines=no_signature)


class AsWrites:
    """Translates each request into an update."""

    def request(self, request: Request, /) -> Request:
        return replace(request, method="PUT", target=request.target.partition("?")[0])

    def response(self, _request: Request, response: Response, /) -> Response:
        return response


class AsReads(AsWrites):
    """Sends each request as a read that an engine could take for a write."""

    def request(self, request: Request, /) -> Request:
        return replace(request, method="GET", body=None)


class WithPreview(AsWrites):
    """Another name of the parameter that makes a request dry."""

    dry_parameter = "preview"

    def request(self, request: Request, /) -> Request:
        return replace(request, target=request.target.replace("dry=", "preview="))


def override(_request: Request) -> Sequence[tuple[str, str]]:
    return [("X-HTTP-Method-Override", "PUT")]


AS_WRITES = Plugin(name="writes", translation=AsWrites())
AS_READS = Plugin(name="reads", translation=AsReads())
WITH_PREVIEW = Plugin(name="preview", translation=WithPreview())
OVERRIDE = Plugin(name="override", header_lines=override)

NAMESAKE = Plugin(name="test")
SAME_RULE = Plugin(name="other", checks=(CHECK,))
OF_CONTRACT = Plugin(name="a", checks=(Check(rule=rule("CART-02"), judge=judge),))
TWO_RULES = Plugin(
    name="a",
    checks=(CHECK, Check(rule=msgspec.structs.replace(CHECK.rule, source="another"), judge=judge)),
)
NO_ID = Plugin(name="a", checks=(Check(rule=rule("my rule"), judge=judge),))
A_LIST = Plugin(name="a", checks=[CHECK])  # type: ignore[arg-type]
NO_CHECK = Plugin(name="a", checks=(judge,))  # type: ignore[arg-type]
NO_NAME = Plugin(name="a b")
NO_SCENARIOS = Plugin(name="a", scenarios=lambda _: [1])  # type: ignore[list-item]
BROKEN_SCENARIOS = Plugin(name="a", scenarios=lambda _: 1 / 0)  # type: ignore[return-value,arg-type]
BURST = Plugin(name="a", scenarios=in_a_burst)
NO_TRANSLATION = Plugin(name="a", translation=7)  # type: ignore[arg-type]
NUMBER = 7


def looping(_answer: Answer) -> Verdict:
    while True:
        pass


def waiting(_answer: Answer) -> Verdict:
    threading.Event().wait()
    return KEPT


def backtracking(_answer: Answer) -> Verdict:
    """Holds the interpreter lock for longer than anybody waits."""
    return KEPT if re.match(r"(a+)+$", "a" * 60 + "b") else None


def no_end(_environment: Environment) -> Iterator[Scenario]:
    threading.Event().wait()
    yield from ()


def never_drawn(_environment: Environment) -> st.SearchStrategy[Scenario]:
    def wait(_value: int) -> Scenario:
        threading.Event().wait()
        raise AssertionError

    return st.integers().map(wait)


def late_signature(_request: Request) -> Sequence[tuple[str, str]]:
    threading.Event().wait()
    return ()


SHORT_SEC = 0.1
HANGING = Plugin(
    name="hanging",
    checks=(
        Check(rule=rule("TEST-06"), judge=looping, seconds=SHORT_SEC),
        Check(rule=rule("TEST-07"), judge=waiting, seconds=SHORT_SEC),
        Check(rule=rule("TEST-08"), judge=judge, seconds=60),
    ),
    scenarios=scenarios,
)
BACKTRACKING = Plugin(name="lock", checks=(Check(rule=rule("TEST-09"), judge=backtracking),))
NO_END = Plugin(name="endless", scenarios=no_end)
NEVER_DRAWN = Plugin(name="drawing", drawn=never_drawn)
LATE = Plugin(name="late", header_lines=late_signature)
UNBOUNDED = Plugin(name="unbounded", checks=(Check(rule=rule("TEST-01"), judge=judge, seconds=0),))
