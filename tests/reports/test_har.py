"""``report.har``: valid HAR 1.2 without the API key, and Cartfuzz itself imports it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartfuzz.analysis import read_reproducers
from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    ContractVersion,
    Coupon,
    Fetch,
    Raw,
    Scenario,
    Update,
)
from cartfuzz.harness.har.scenarios import import_har
from cartfuzz.record import Event, Exchange, RecordWriter
from cartfuzz.reports import har as module
from cartfuzz.reports.har import REDACTED, write_har
from cartfuzz.wire.codes import own_codes

from ..record.events import scenario_run, started
from .schemas_of_others import har
from .summaries import any_text
from .test_markdown_report import events_with

PATH = f"/v2/customer_sessions/{MARK}"


def archive_of(events: list[Event], folder: Path) -> dict[str, Any]:
    """The log of the archive of a record, which is valid."""
    with RecordWriter(folder / "events.ndjson") as record:
        for event in events:
            record.write(event)
    write_har(read_reproducers(events), folder / "events.ndjson", folder / "report.har")
    document = json.loads((folder / "report.har").read_text("ascii"))
    har().validate(document)
    log = document["log"]
    assert isinstance(log, dict)
    return log


def exchange(step: int, method: str, **changes: Any) -> Exchange:
    """An exchange of one session, answered with an empty object."""
    values: dict[str, Any] = {"status": 200, "answer": "{}", "elapsed_ms": 2.0, "target": PATH}
    return Exchange(step=step, method=method, **{**values, **changes})


def sent(*exchanges: Exchange, scenario: Scenario | None = None) -> list[Event]:
    """A record of one scenario that updates and reads a session."""
    scenario = scenario or Scenario(
        title="t", sessions=(MARK,), steps=(Update(body={"customerSession": {}}), Fetch())
    )
    return [started(), scenario_run(0, scenario=scenario, exchanges=exchanges)]


def test_exchanges_are_those_of_the_record(tmp_path: Path) -> None:
    """The real mark, the body, the answer, the time that it took, one after another."""
    first, second = archive_of(sent(exchange(0, "PUT"), exchange(1, "GET")), tmp_path)["entries"]
    assert first["request"]["url"] == (
        "http://127.0.0.1:1/v2/customer_sessions/cf-abcdefgh-0000000000"
    )
    assert json.loads(first["request"]["postData"]["text"]) == {"customerSession": {}}
    assert (first["response"]["status"], first["response"]["statusText"]) == (200, "OK")
    assert first["response"]["content"]["text"] == "{}"
    assert (first["startedDateTime"], second["startedDateTime"]) == (
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:00:00.002000+00:00",
    )
    assert "postData" not in second["request"]
    assert second["comment"] == "scenario edges/0/0, request 2"


def test_the_api_key_is_redacted(tmp_path: Path) -> None:
    """Its header is there, so that a reader knows of it."""
    (entry,) = archive_of(sent(exchange(0, "PUT")), tmp_path)["entries"]
    headers = {one["name"]: one["value"] for one in entry["request"]["headers"]}
    assert headers["Authorization"] == f"ApiKey-v1 {REDACTED}"
    assert headers["Host"] == "127.0.0.1:1"


def test_a_read_that_the_run_added_is_a_read(tmp_path: Path) -> None:
    """The second exchange of a step has no body, although the step has one."""
    entries = archive_of(sent(exchange(0, "PUT"), exchange(0, "GET")), tmp_path)["entries"]
    assert ["postData" in one["request"] for one in entries] == [True, False]


def test_no_answer_has_the_status_0(tmp_path: Path) -> None:
    """With the reason as its comment."""
    lost = exchange(0, "PUT", status=None, answer="", failure="connection reset")
    (entry,) = archive_of(sent(lost), tmp_path)["entries"]
    assert (entry["response"]["status"], entry["response"]["comment"]) == (0, "connection reset")


@settings(deadline=None)
@given(body=st.binary(max_size=60))
def test_bodies_that_are_no_text_are_base64(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    """Every body comes back as the bytes that were sent."""
    step = Raw(oddity="bytes", headers=(("Content-Type", "a/b"),), body=body)
    scenario = Scenario(title="t", sessions=(MARK,), steps=(step,))
    events = sent(exchange(0, "PUT"), scenario=scenario)
    (entry,) = archive_of(events, tmp_path_factory.mktemp("har"))["entries"]
    data = entry["request"]["postData"]
    text = data["text"]
    assert data["mimeType"] == "a/b"
    assert (base64.b64decode(text) if "_encoding" in data else text.encode()) == body


@settings(deadline=None)
@given(text=any_text, target=any_text)
def test_it_is_always_valid(
    tmp_path_factory: pytest.TempPathFactory, text: str, target: str
) -> None:
    """Whatever was answered, and to whatever target a request was sent."""
    odd = exchange(0, text, answer=text, failure=text, target=f"/{target}", status=len(text))
    archive_of(
        sent(odd, exchange(0, "GET", target=target), exchange(9, "GET", elapsed_ms=1e300)),
        tmp_path_factory.mktemp("har"),
    )


def test_codes_of_patterns_are_those_that_were_sent(tmp_path: Path) -> None:
    """The number of the execution is in the request, its length and the answer."""
    pattern = Coupon(code="SALE-{n}", first=1, last=90_000_000)
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, coupons=(pattern,), budgets=())
    step = Update(body={"customerSession": {"couponCodes": ["SALE-{n}"]}})
    scenario = Scenario(title="t", sessions=(MARK,), steps=(step,))
    run = scenario_run(
        0, scenario=scenario, exchanges=(exchange(0, "PUT", answer='{"value":"SALE-{n}"}'),)
    )
    (own,) = own_codes([pattern], [b'"SALE-{n}"'], run.mark)
    (entry,) = archive_of([started(environment=environment), run], tmp_path)["entries"]
    text = entry["request"]["postData"]["text"]
    assert json.loads(text) == {"customerSession": {"couponCodes": [own.code]}}
    headers = {one["name"]: one["value"] for one in entry["request"]["headers"]}
    assert headers["Content-Length"] == str(len(text))
    assert json.loads(entry["response"]["content"]["text"]) == {"value": own.code}


@pytest.mark.parametrize("mark", ["", "cf-abcdefgh-!!!!!!!!!!", "other"])
def test_a_mark_of_another_version_leaves_the_placeholders(mark: str, tmp_path: Path) -> None:
    """Its numbers are not known."""
    pattern = Coupon(code="SALE-{n}", first=1, last=90_000_000)
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, coupons=(pattern,), budgets=())
    step = Update(body={"customerSession": {"couponCodes": ["SALE-{n}"]}})
    scenario = Scenario(title="t", sessions=(MARK,), steps=(step,))
    run = scenario_run(0, scenario=scenario, exchanges=(exchange(0, "PUT"),), mark=mark)
    (entry,) = archive_of([started(environment=environment), run], tmp_path)["entries"]
    assert "SALE-{n}" in entry["request"]["postData"]["text"]


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59.999Z",
        "no time",
    ],
)
def test_a_start_at_the_edges_of_time_is_no_error(moment: str, tmp_path: Path) -> None:
    """A record may have been edited."""
    events = [started(started=moment), *sent(exchange(0, "PUT"), exchange(1, "GET"))[1:]]
    assert len(archive_of(events, tmp_path)["entries"]) == 2


def test_smallest_scenarios_come_first(tmp_path: Path) -> None:
    """Each with a mark of its own, so that no two share a session."""
    entries = archive_of(events_with("CART-02", "STATE-01"), tmp_path)["entries"]
    names = [entry["comment"].partition(",")[0] for entry in entries]
    assert [name.startswith("smallest scenario of ") for name in names[:3]] == [True, True, False]


def test_cartfuzz_imports_it(tmp_path: Path) -> None:
    """The scenarios come back with their steps: they can be sent to another target."""
    body = {"customerSession": {"cartItems": [{"name": "a", "price": 1.5, "quantity": 2}]}}
    scenario = Scenario(
        title="t", sessions=(MARK,), steps=(Update(body=body), Update(body={}), Fetch())
    )
    exchanges = (exchange(0, "PUT"), exchange(1, "PUT", status=400), exchange(2, "GET"))
    archive_of(sent(*exchanges, scenario=scenario), tmp_path)
    imported = import_har(tmp_path / "report.har", ContractVersion.V2_5_1)
    (read,) = imported.scenarios
    assert read.steps == scenario.steps
    assert (imported.exchange_count, imported.skipped) == (3, {})


def test_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes late in a long record is left out, and the file is whole."""
    monkeypatch.setattr(module, "MAX_BYTES", 10_000)
    events = [*sent(exchange(0, "PUT")), *(scenario_run(n) for n in range(1, 99))]
    assert 2 < len(archive_of(events, tmp_path)["entries"]) < 50
