"""Plugins in runs on a served sandbox: what they find, send and raise."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from cartfuzz.analysis import Summary, read_reproducers, summarise
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Level, RuleLevel, Traffic
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.errors import PluginFailedError, TargetUnreachableError
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.target import transport_for
from cartfuzz.record import Event, Phase, RunStarted, ScenarioRun, signature_of
from cartfuzz.reports.reproduction.builder import build_artefacts
from cartfuzz.reports.reproduction.curl_lines import curl_lines
from cartfuzz.wire import Request, Response
from cartfuzz.wire.secrets import TargetSecrets
from tests.served import KEY, Served, served

MODULE = "tests.harness.plugins.acme"


def plan_of(sandbox: Served, *names: str) -> Plan:
    """A run of the first two scenarios of the edges: the smoke test, then the plugin's."""
    return Plan(
        url=sandbox.url,
        environment=EXAMPLE_ENVIRONMENT,
        phases=(Phase.EDGES,),
        scenarios=2,
        plugins=tuple(f"{MODULE}:{name}" for name in names),
    )


def events_of(sandbox: Served, *names: str, **changes: object) -> list[Event]:
    """The events of such a run."""
    plan = msgspec.structs.replace(plan_of(sandbox, *names), **changes)
    return list(run_campaign(plan, KEY))


def summary_of(events: Sequence[Event]) -> Summary:
    return summarise(events)


def test_an_own_rule_appears_as_others_do() -> None:
    """It is broken, covered and in the record, which readers without the plugin understand."""
    with served() as sandbox:
        events = events_of(sandbox, "PLUGIN")
    summary = summary_of(events)
    assert [bug.rule for bug in summary.discrepancies] == ["TEST-01"]
    assert summary.discrepancies[0].operations[-1]["operation"] == "update"
    assert "TEST-01" in summary.coverage.rules
    assert summary.catalogue["TEST-01"].source == "the test"
    started = events[0]
    assert isinstance(started, RunStarted)
    assert [one.name for one in started.plugins] == ["test"]


def test_workers_load_plugins_themselves() -> None:
    """Processes find what a thread finds, under the same signature."""
    with served() as sandbox:
        summary = summary_of(events_of(sandbox, "PLUGIN", workers=2))
    expected = signature_of(
        rule="TEST-01",
        check="plugin test",
        operation="update",
        situation="session shown",
        outcome="profile is Known",
    )
    assert [bug.signature for bug in summary.discrepancies] == [expected]


def test_a_level_holds_for_own_rules() -> None:
    """What breaks a rule that is only observed is an observation."""
    levels = {"TEST-01": RuleLevel(level=Level.OBSERVE, reason="the test")}
    with served() as sandbox:
        summary = summary_of(events_of(sandbox, "PLUGIN", rule_levels=levels))
    assert not summary.discrepancies
    assert [muted.rule for muted in summary.muted] == ["TEST-01"]


def test_own_operations_are_sent_and_not_judged_by_the_contract() -> None:
    """Their session ID, query and body arrive; a 404 of theirs breaks no rule of the contract."""
    with served() as sandbox:
        events = events_of(sandbox, "OPERATIONS")
    calls = [call for call in sandbox.calls if call.path.startswith((b"/health/", b"/touch/"))]
    assert [call.method for call in calls] == ["GET", "POST"]
    assert calls[0].path.startswith(b"/health/edge-cf-")
    assert calls[0].query == {"deep": "1"}
    assert calls[1].body == b'{"a": [1]}'
    assert not summary_of(events).discrepancies
    runs = {event.title: event for event in events if isinstance(event, ScenarioRun)}
    sent = runs["own operations"].sent
    assert sent["health"] == sent["touch"] == 1


def test_a_check_that_raises_ends_no_run() -> None:
    """The record names plugin and rule, the rest is judged, and the run does not pass."""
    with served() as sandbox:
        events: list[Event] = []
        with pytest.raises(PluginFailedError, match="plugin raising, TEST-02: LookupError"):
            events.extend(run_campaign(plan_of(sandbox, "RAISING", "PLUGIN"), KEY))
    summary = summary_of(events)
    assert summary.scenarios == 2
    assert [bug.rule for bug in summary.discrepancies] == ["TEST-01"]
    assert {one.plugin for one in summary.failed_judgements} == {"raising"}
    errors = [one.error for one in summary.failed_judgements]
    assert any("expected Broken, KEPT or None" in error for error in errors)
    assert any("SystemExit" in error for error in errors)


def test_each_request_gets_the_header_lines() -> None:
    """Those of the check before the run as well; the record holds none of them."""
    with served() as sandbox:
        events = events_of(sandbox, "SIGNING")
    assert sandbox.calls
    assert all(call.headers["x-signed"].startswith(call.method) for call in sandbox.calls)
    assert "signed" not in repr(events).lower()


def test_what_raises_for_a_request_sends_nothing() -> None:
    """The message names the plugin, and shows nothing of what it signs with."""
    with (
        served() as sandbox,
        pytest.raises(TargetUnreachableError, match="plugin failing") as caught,
    ):
        events_of(sandbox, "FAILING")
    assert "s3cret" not in str(caught.value)
    assert not sandbox.calls


READ = Request(method="GET", target="/v2/customer_sessions/a")
DRY = Request(method="PUT", target="/v2/customer_sessions/a?dry=true", body=b"{}")
WRITE = Request(method="PUT", target="/v2/customer_sessions/a", body=b"{}")


@pytest.mark.parametrize(
    ("name", "traffic", "allowed"),
    [
        ("AS_WRITES", Traffic.READS, []),
        ("AS_WRITES", Traffic.DRY, []),
        ("OVERRIDE", Traffic.READS, []),
        ("OVERRIDE", Traffic.DRY, []),
        ("AS_READS", Traffic.READS, [READ]),
        ("AS_READS", Traffic.DRY, [READ, DRY]),
        ("WITH_PREVIEW", Traffic.READS, [READ]),
        ("WITH_PREVIEW", Traffic.DRY, [READ, DRY]),
    ],
)
def test_a_restriction_holds_for_what_plugins_make(
    name: str, traffic: Traffic, allowed: list[Request]
) -> None:
    """Neither a read that becomes a write goes out, nor a write that is passed off as a read."""
    with served() as sandbox:
        plan = msgspec.structs.replace(plan_of(sandbox, name), traffic=traffic)
        with closing(transport_for(plan, TargetSecrets(api_key=KEY))) as transport:
            passed = [
                one for one in (READ, DRY, WRITE) if isinstance(transport.send(one), Response)
            ]
    assert passed == allowed
    assert len(sandbox.calls) == len(allowed)


def test_a_check_before_the_run_that_is_held_back_names_the_cause() -> None:
    """The message does not blame the target."""
    with (
        served() as sandbox,
        pytest.raises(TargetUnreachableError, match="only reads may be sent, and as plugins"),
    ):
        events_of(sandbox, "AS_WRITES", traffic=Traffic.READS)
    assert not sandbox.calls


def test_what_plugins_change_has_no_curl_lines(tmp_path: Path) -> None:
    """They could not sign, or would speak the words of another engine."""
    with served() as sandbox:
        plain, signed = (
            events_of(sandbox, *names) for names in (("PLUGIN",), ("PLUGIN", "SIGNING"))
        )
    (artefact,) = build_artefacts(read_reproducers(plain), tmp_path)
    assert curl_lines(artefact)
    (artefact,) = build_artefacts(read_reproducers(signed), tmp_path)
    assert curl_lines(artefact) is None
