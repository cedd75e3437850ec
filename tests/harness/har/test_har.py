"""Recorded traffic becomes scenarios: the session API only, in order, without what is personal."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartfuzz.contract import (
    MARK,
    ConfigurationError,
    ContractVersion,
    Fetch,
    Reopen,
    ReturnItems,
    Scenario,
    Update,
)
from cartfuzz.harness.har.container import MAX_FILE_BYTES
from cartfuzz.harness.har.scenarios import MAX_SESSIONS, MAX_STEPS, Imported, import_har
from cartfuzz.record import encode_value

SHOP = Path(__file__).with_name("shop.har")
OLD, NEW = ContractVersion.V2_5_1, ContractVersion.CURRENT
SESSIONS = "https://api.example.com/v2/customer_sessions/"
OTHER, METHOD = "another address", "a method that the session API does not have"


def entry(method: str, url: str, body: Any = None, **more: Any) -> dict[str, Any]:
    request: dict[str, Any] = {"method": method, "url": url}
    if body is not None:
        text = body if isinstance(body, str) else json.dumps(body)
        request["postData"] = {"mimeType": "application/json", "text": text}
    return {"request": request, "response": {"status": 200}, **more}


def update(name: str, **session: Any) -> dict[str, Any]:
    return entry("PUT", SESSIONS + name, {"customerSession": session})


def imported(folder: Path, *entries: Any, version: ContractVersion = OLD, **how: Any) -> Imported:
    path = folder / "traffic.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), "utf-8")
    return import_har(path, version, **how)


def sessions(scenario: Scenario) -> list[Any]:
    return [step.body["customerSession"] for step in scenario.steps if isinstance(step, Update)]


def test_a_shop() -> None:
    """Two baskets of one customer are one scenario, in the order of time; others have one each."""
    found = import_har(SHOP, OLD)
    jane, john, unanswered = found.scenarios
    assert found.exchange_count == 10
    assert found.unanswered_count == 1
    assert dict(found.skipped) == {OTHER: 1, METHOD: 1, "contract 2.5.1 has no reopen": 1}
    assert found.names == {"item attributes": ["color"], "session attributes": ["channel"]}
    assert jane.sessions == (f"recorded0-{MARK}", f"recorded1-{MARK}")
    assert [(type(step), step.session) for step in jane.steps] == [
        (Update, 0),
        (Update, 1),
        (Update, 0),
        (Update, 0),
        (Update, 0),
        (Fetch, 1),
        (ReturnItems, 0),
        (Update, 1),
        (Fetch, 0),
        (Fetch, 1),
    ]
    assert [getattr(step, "dry", False) for step in jane.steps].index(True) == 3
    first, second, *_ = sessions(jane)
    assert first["profileId"] == second["profileId"] == f"profile0-{MARK}"
    assert first["cartItems"][0]["name"] == "Mug"
    assert [type(step) for step in john.steps] == [Update, Fetch]
    assert [type(step) for step in unanswered.steps] == [Update, Fetch]


def test_reopen_belongs_to_the_current_contract() -> None:
    """A recorded reopen is imported for `current`."""
    steps = [step for scenario in import_har(SHOP, NEW).scenarios for step in scenario.steps]
    assert sum(isinstance(step, Reopen) for step in steps) == 1


def test_nothing_personal_is_left() -> None:
    """No header, cookie, response, ID, code or unknown field is in the scenarios."""
    kept = b"".join(encode_value(scenario) for scenario in import_har(SHOP, NEW).scenarios)
    for text in ("secret", "4711", "customer-12", "jane", "JANE", "basket", "shoeSize", "example"):
        assert text.encode() not in kept, text
    assert b"Green tea" in kept


def test_attribute_values(tmp_path: Path) -> None:
    """Texts that look like addresses or numbers, and texts of masked attributes, are replaced."""
    session = {
        "attributes": {
            "mail": "jane@example.com",
            "phones": ["+49 (30) 123-4567", "none"],
            "channel": "web",
            "name": "Jane",
        },
        "cartItems": [{"attributes": {"engraving": "for jane@example.com", "name": "Jane"}}],
    }
    found = imported(tmp_path, update("a", **session), masked=frozenset(("name",)))
    ((first,),) = map(sessions, found.scenarios)
    assert first["attributes"] == {
        "mail": f"text0-{MARK}",
        "phones": [f"text1-{MARK}", "none"],
        "channel": "web",
        "name": f"text2-{MARK}",
    }
    assert first["cartItems"][0]["attributes"] == {
        "engraving": f"text3-{MARK}",
        "name": f"text2-{MARK}",
    }


def test_codes_are_kept_on_request(tmp_path: Path) -> None:
    """``keep_codes`` keeps coupon and referral codes, but no loyalty cards."""
    session = update("a", couponCodes=["SPRING", "MAY"], referralCode="JO", loyaltyCards=["C1"])
    ((codes,),) = map(sessions, imported(tmp_path, session, keep_codes=True).scenarios)
    assert codes["couponCodes"] == ["SPRING", "MAY"]
    assert codes["referralCode"] == "JO"
    assert codes["loyaltyCards"] == [f"card0-{MARK}"]
    ((names,),) = map(sessions, imported(tmp_path, session).scenarios)
    assert names["couponCodes"] == [f"coupon0-{MARK}", f"coupon1-{MARK}"]


def test_the_same_traffic_makes_the_same_scenarios(tmp_path: Path) -> None:
    """IDs and the order of the file make no difference, so that a second import adds nothing."""
    one = update("a", profileId="p1") | {"startedDateTime": "2026-01-01T10:00:00Z"}
    two = update("a", profileId="p1", state="closed") | {
        "startedDateTime": "2026-01-01T12:00:00+01:00"
    }
    other = [
        update("b", profileId="p2", state="closed") | {"startedDateTime": "2026-02-02T10:00:01Z"},
        update("b", profileId="p2") | {"startedDateTime": "2026-02-02T10:00:00.999Z"},
    ]
    assert imported(tmp_path, one, two).scenarios == imported(tmp_path, *other).scenarios


def test_without_all_times_the_file_decides(tmp_path: Path) -> None:
    """If one request has no time, the order of the file counts."""
    late = update("a", state="open") | {"startedDateTime": "2026-01-01T10:00:00Z"}
    (scenario,) = imported(tmp_path, late, update("a", state="closed")).scenarios
    assert [session["state"] for session in sessions(scenario)] == ["open", "closed"]


DEEP = '{"a":' * 70 + "1" + "}" * 70


@pytest.mark.parametrize(
    ("taken", "given"),
    [
        (True, entry("get", "http://127.0.0.1:8080/a/b/v2/customer_sessions/x%2Fy?responseContent=1")),
        (True, entry("PUT", SESSIONS + "x?dry=false", {})),
        (True, entry("PUT", "/v2/customer_sessions/x", {})),
        ("another address", entry("GET", SESSIONS)),
        ("another address", entry("GET", SESSIONS + "x/")),
        ("another address", entry("GET", SESSIONS + "x/entities")),
        ("another address", entry("GET", "https://api.example.com/v1/customer_sessions/x")),
        ("another address", entry("GET", "")),
        ("another address", entry("GET", "data:text/plain,/v3/")),
        ("the URL cannot be read", entry("GET", "http://[/v2/customer_sessions/x")),
        ("the session ID is no UTF-8", entry("GET", SESSIONS + "%ff")),
        (METHOD, entry("DELETE", SESSIONS + "x")),
        (METHOD, entry("POST", SESSIONS + "x", {})),
        ("dry is neither true nor false", entry("PUT", SESSIONS + "x?dry=2", {})),
        ("dry is neither true nor false", entry("PUT", SESSIONS + "x?dry=", {})),
        ("dry is neither true nor false", entry("PUT", SESSIONS + "x?dry=yes", {})),
        ("contract 2.5.1 has no parameter now", entry("PUT", SESSIONS + "x?now=soon", {})),
        (
            "a query parameter that the session API does not have",
            entry("PUT", SESSIONS + "x?token=abc", {}),
        ),
        ("no body was recorded", entry("PUT", SESSIONS + "x")),
        ("no body was recorded", entry("PUT", SESSIONS + "x", "")),
        ("the body is no JSON", entry("PUT", SESSIONS + "x", '{"customerSession":')),
        ("the body is no JSON", entry("PUT", SESSIONS + "x", "[" * 5_000)),
        ("the body is no JSON object", entry("PUT", SESSIONS + "x", "[]")),
        ("a body nested deeper than 64 levels", entry("PUT", SESSIONS + "x", DEEP)),
        ("a body of more than 262,144 bytes", entry("PUT", SESSIONS + "x", {"a": "x" * 300_000})),
    ],
)  # fmt: skip
def test_what_is_taken(tmp_path: Path, taken: str | bool, given: dict[str, Any]) -> None:
    """Each request that is left has a reason, and the place of the first."""
    found = imported(tmp_path, update("other"), given)
    if taken is True:
        assert found.exchange_count == 2
        assert not found.skipped
    else:
        assert found.skipped == {taken: 1}
        assert found.first_locations == {taken: "log.entries[1]"}
        assert found.exchange_count == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (5, "Expected `object`, got `int`"),
        (None, "Expected `object`, got `null`"),
        ({}, "missing required field `request`"),
        ({"request": {"url": "/"}}, "missing required field `method` - at `$.request`"),
        ({"request": {"method": 5, "url": "/"}}, "got `int` - at `$.request.method`"),
    ],
)  # fmt: skip
def test_entries_of_wrong_types(tmp_path: Path, given: Any, reason: str) -> None:
    """It is skipped with a reason, and the other entries are imported."""
    found = imported(tmp_path, given, update("a"))
    assert found.exchange_count == 1
    ((skipped, count),) = found.skipped.items()
    assert count == 1
    assert reason in skipped
    assert list(found.first_locations.values()) == ["log.entries[0]"]


def test_base64(tmp_path: Path) -> None:
    """A base64 body is decoded; one that is not valid base64 is skipped with a reason."""
    good = entry("PUT", SESSIONS + "a")
    text = base64.b64encode(b'{"customerSession":{"state":"open"}}').decode()
    good["request"]["postData"] = {"text": text, "encoding": "base64"}
    bad = entry("PUT", SESSIONS + "a")
    bad["request"]["postData"] = {"text": "%%%", "encoding": "base64"}
    found = imported(tmp_path, good, bad)
    assert [sessions(scenario) for scenario in found.scenarios] == [[{"state": "open"}]]
    assert found.skipped == {"the body cannot be decoded": 1}


def test_scenarios_are_bounded(tmp_path: Path) -> None:
    """Many sessions of one profile make several scenarios; a very long session is cut."""
    many = [update(f"s{number}", profileId="p") for number in range(MAX_SESSIONS + 1)]
    assert [len(one.sessions) for one in imported(tmp_path, *many).scenarios] == [MAX_SESSIONS, 1]
    found = imported(tmp_path, *[update("s")] * (MAX_STEPS + 3))
    assert [len(one.steps) for one in found.scenarios] == [MAX_STEPS + 1]
    assert found.skipped == {f"more than {MAX_STEPS} requests on one session": 3}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "Input data was truncated"),
        (SHOP.read_bytes()[:2_000], "Input data was truncated"),
        (b"<html>", "JSON is malformed"),
        (b"\xff\xfe", "Input data was truncated"),
        (gzip.compress(b"<html>", mtime=0), "JSON is malformed"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"log":{}}', "missing required field `entries` - at `$.log`"),
        (b'{"log":{"entries":{}}}', "Expected `array`, got `object` - at `$.log.entries`"),
        (b'{"log":{"entries":' + b"[" * 100_000, "expected a HAR 1.2 file"),
    ],
)
def test_files_that_are_no_har(tmp_path: Path, text: bytes, reason: str) -> None:
    """The error names the file, and the place in it where there is one."""
    path = tmp_path / "bad.har"
    path.write_bytes(text)
    with pytest.raises(ConfigurationError) as raised:
        import_har(path, OLD)
    assert str(raised.value).startswith(f"{path}: expected a HAR 1.2 file")
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("true", "false"),
        ("True", "False"),
        ("TRUE", "FALSE"),
        ("t", "f"),
        ("T", "F"),
        ("1", "0"),
    ],
)
def test_a_dry_run_in_other_spellings(tmp_path: Path, true: str, false: str) -> None:
    """What a typical server reads as true or false means that."""
    found = imported(
        tmp_path,
        entry("PUT", f"{SESSIONS}a?dry={true}", {"customerSession": {}}),
        entry("PUT", f"{SESSIONS}a?dry={false}", {"customerSession": {}}),
    )
    (scenario,) = found.scenarios
    updates = [step.dry for step in scenario.steps if isinstance(step, Update)]
    assert updates == [True, False]


@pytest.mark.parametrize(
    ("response", "answered"),
    [
        ({"status": 200}, True),
        ({"status": "200"}, True),
        ({"status": 200.0}, True),
        ({"status": 0}, False),
        ({"status": -1}, False),
        ({"status": None}, False),
        ({"status": "none"}, False),
        ({"status": []}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_requests_without_answers_are_taken(tmp_path: Path, response: Any, answered: bool) -> None:
    """The recorded answers are not used; how many are missing is counted."""
    found = imported(tmp_path, entry("GET", SESSIONS + "x", response=response))
    assert found.exchange_count == 1
    assert found.unanswered_count == (0 if answered else 1)
    assert not found.skipped


def test_an_entry_without_a_response_is_taken(tmp_path: Path) -> None:
    """Collections of requests have no member ``response`` at all."""
    found = imported(tmp_path, {"request": {"method": "GET", "url": SESSIONS + "x"}})
    assert (found.exchange_count, found.unanswered_count) == (1, 1)


@pytest.mark.parametrize("data", [None, {"text": None}, {"text": 5}, "text", [], {"mimeType": ""}])
def test_a_read_needs_no_body(tmp_path: Path, data: Any) -> None:
    """Whatever a recorder writes in the place of the body of a read, the read is taken."""
    read = entry("GET", SESSIONS + "x")
    read["request"]["postData"] = data
    found = imported(tmp_path, read)
    assert found.exchange_count == 1
    assert not found.skipped


@pytest.mark.parametrize("time", [5, None, {}, "yesterday"])
def test_times_of_any_type(tmp_path: Path, time: Any) -> None:
    """A time that cannot be read is none: the order of the file counts."""
    late = update("a", state="open") | {"startedDateTime": "2026-01-01T10:00:00Z"}
    (scenario,) = imported(
        tmp_path, late, update("a", state="closed") | {"startedDateTime": time}
    ).scenarios
    assert [session["state"] for session in sessions(scenario)] == ["open", "closed"]


def zipped(*names: str, content: bytes | None = None) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, SHOP.read_bytes() if content is None else content)
    return packed.getvalue()


def in_utf16(data: bytes) -> bytes:
    return data.decode("utf-8").encode("utf-16")


@pytest.mark.parametrize(
    "wrap",
    [
        gzip.compress,
        zlib.compress,
        lambda data: zlib.compress(data, 9),
        lambda data: zipped("har.har", content=data),
        lambda data: zipped("a/one.HAR", content=data),
        in_utf16,
        lambda data: b"\xfe\xff" + data.decode("utf-8").encode("utf-16-be"),
        lambda data: gzip.compress(in_utf16(data)),
        lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]),
    ],
)
def test_wrapped_files(tmp_path: Path, wrap: Callable[[bytes], bytes]) -> None:
    """Compressed and in UTF-16: recognised by the bytes, whatever the name of the file."""
    path = tmp_path / "traffic"
    path.write_bytes(wrap(SHOP.read_bytes()))
    assert import_har(path, OLD).scenarios == import_har(SHOP, OLD).scenarios


def test_bodies_beside_the_document_of_an_archive(tmp_path: Path) -> None:
    """A recorder may put each body into a file of the archive; one that is missing is no body."""
    there, missing = entry("PUT", SESSIONS + "a"), entry("PUT", SESSIONS + "a")
    there["request"]["postData"] = {"mimeType": "application/json", "_file": "body.json"}
    missing["request"]["postData"] = {"mimeType": "application/json", "_file": "other.json"}
    path = tmp_path / "traffic.har.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("har.har", json.dumps({"log": {"entries": [there, missing]}}))
        archive.writestr("body.json", '{"customerSession":{"state":"open"}}')
    found = import_har(path, OLD)
    assert [sessions(scenario) for scenario in found.scenarios] == [[{"state": "open"}]]
    assert found.skipped == {"the body cannot be decoded": 1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(SHOP.read_bytes())[:-20], "expected a HAR file in valid gzip data"),
        (b"\x78\x9c\xff\xff\xff\xff", "expected a HAR file in valid zlib data"),
        (zipped("har.har")[:-30], "expected a HAR file in a valid zip archive"),
        (zipped("a.har", "b.har"), "expected a zip archive with one .har file, found 2"),
        (zipped("readme.txt"), "expected a zip archive with one .har file, found 0"),
        (b"\xff\xfe\x00", "expected a HAR file in valid UTF-16 or in UTF-8"),
        (b"\x28\xb5\x2f\xfd\x00", "found Zstandard; decompress it first"),
    ],
)
def test_wrappings_that_cannot_be_read(tmp_path: Path, data: bytes, reason: str) -> None:
    """The error names what the bytes are."""
    path = tmp_path / "traffic.har"
    path.write_bytes(data)
    with pytest.raises(ConfigurationError) as raised:
        import_har(path, OLD)
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    "wrap", [gzip.compress, zlib.compress, lambda d: zipped("a.har", content=d)]
)
def test_decompression_is_bounded(
    tmp_path: Path, wrap: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file that decompresses to more than the limit is a configuration error."""
    monkeypatch.setattr("cartfuzz.harness.har.container.MAX_FILE_BYTES", 10_000)
    path = tmp_path / "bomb"
    for size, fits in ((10_000, True), (10_001, False)):
        path.write_bytes(wrap(b" " * size))
        reason = "truncated" if fits else "expected a HAR file of at most 10,000 bytes"
        with pytest.raises(ConfigurationError, match=reason):
            import_har(path, OLD)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and a file that is too large are configuration errors."""
    with pytest.raises(ConfigurationError, match="no such file"):
        import_har(tmp_path / "none.har", OLD)
    huge = tmp_path / "huge.har"
    with huge.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(ConfigurationError, match="expected a HAR file of at most 268,435,456"):
        import_har(huge, OLD)


def test_a_byte_order_mark(tmp_path: Path) -> None:
    """A byte order mark at the start of the file makes no difference."""
    path = tmp_path / "bom.har"
    path.write_bytes(b"\xef\xbb\xbf" + SHOP.read_bytes())
    assert import_har(path, OLD).scenarios == import_har(SHOP, OLD).scenarios


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("profileId", "couponCodes", "identifiers", "attributes", "cartItems", "state", "other")
BODIES = st.fixed_dictionaries({"customerSession": st.dictionaries(st.sampled_from(FIELDS), JSON)})
PATHS = st.text(max_size=8).map(lambda text: SESSIONS + text) | st.text(max_size=20)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        JSON
        | st.builds(
            entry, st.sampled_from(["PUT", "GET", "POST"]), PATHS, BODIES | JSON | st.text()
        ),
        max_size=6,
    )
)
def test_every_entry_is_imported_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Any]
) -> None:
    """Every entry is either imported or skipped with a reason, whatever it holds."""
    found = imported(tmp_path_factory.mktemp("har"), *entries)
    assert found.exchange_count + sum(found.skipped.values()) == len(entries)
    assert bool(found.exchange_count) == bool(found.scenarios)


def test_an_idempotency_key_is_kept_as_a_pseudonym(tmp_path: Path) -> None:
    """A request that is sent again with its key is that request; 2.5.1 knows no such key."""

    def keyed(key: Any) -> Any:
        sent = update("basket", state="open")
        sent["request"]["headers"] = [{"name": "Accept", "value": "*/*"}, key]
        return sent

    first = {"name": "idempotency-key", "value": "b1946ac9"}
    second = {"name": "Idempotency-Key", "value": "591785b7"}
    entries = [keyed(one) for one in (first, second, first, {"name": 1}, {"name": "X-Other"})]
    (scenario,) = imported(tmp_path, *entries, version=NEW).scenarios
    keys = [step.idempotency_key for step in scenario.steps if isinstance(step, Update)]
    assert keys == [f"key0-{MARK}", f"key1-{MARK}", f"key0-{MARK}", None, None]
    (scenario,) = imported(tmp_path, *entries, version=OLD).scenarios
    assert {step.idempotency_key for step in scenario.steps if isinstance(step, Update)} == {None}


def test_returns_and_reopens_keep_key_and_parameters(tmp_path: Path) -> None:
    """``runRuleEngine`` decides on effects."""
    items = {"return": {"returnedCartItems": [{"position": 0}]}}
    returned = entry("POST", f"{SESSIONS}basket/returns?runRuleEngine=False&dry=true", items)
    reopened = entry("PUT", f"{SESSIONS}basket/reopen")
    wrong = entry("POST", f"{SESSIONS}basket/returns?runRuleEngine=maybe", items)
    for one in (returned, reopened):
        one["request"]["headers"] = [{"name": "Idempotency-Key", "value": "591785b7"}]
    found = imported(tmp_path, returned, reopened, wrong, version=NEW)
    key = f"key0-{MARK}"
    assert found.scenarios[0].steps[:2] == (
        ReturnItems(body=items, dry=True, idempotency_key=key, run_rule_engine=False),
        Reopen(idempotency_key=key),
    )
    assert dict(found.skipped) == {"runRuleEngine is neither true nor false": 1}
