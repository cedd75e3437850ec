"""Claims against answers, and artefacts of hostile content."""

from __future__ import annotations

import ast
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import MARK, Cut, Fetch, Scenario
from cartfuzz.record import (
    AnyOf,
    AtMost,
    Claim,
    Consistent,
    Differs,
    Discrepancy,
    Distinct,
    Exchange,
    Explained,
    Fits,
    Holds,
    Near,
    NoServerError,
    OneValue,
    Present,
    Refutation,
    ShownThen,
    StatusIn,
    TypeIs,
    Unchanged,
    Without,
)
from cartfuzz.reports.reproduction import HOST, Artefact, Sent, write_artefact
from cartfuzz.reports.reproduction.claim_payload import claim_of
from cartfuzz.reports.reproduction.runtime.claim_checker import problem
from cartfuzz.reports.reproduction.send_plan import groups, sent_by_curl

from ..record.events import discrepancy

HOSTILE = (
    "'''\"\"\"\\ $(touch pwned) `touch pwned` ``` ~~~ <b> \x1b[31m \u202e \ud800 {} %s"
    "\nCARTFUZZ_END"
)


def answer(body: Any, *, status: int | None = 200, on: int = 0, dry: bool = False) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return {"session": on, "dry": dry, "status": status, "body": text}


def wrong(claim: Claim, *answers: Any) -> bool:
    return bool(problem(msgspec.to_builtins(claim), list(answers), len(answers) - 1))


@pytest.mark.parametrize(
    ("claim", "right", "false"),
    [
        (StatusIn(statuses=(400, 413)), answer("", status=413), answer("", status=200)),
        (NoServerError(), answer("", status=404), answer("", status=500)),
        (Holds(pointer="/a/0", value=1), answer({"a": [1.0, 2]}), answer({"a": [2]})),
        (Holds(pointer="/a", value={"b": 1}), answer({"a": {"b": 1, "c": 2}}), answer({"a": {}})),
        (Holds(pointer="/a", value=[1]), answer({"a": [1]}), answer({"a": [1, 1]})),
        (Holds(pointer="/a", value=None), answer({"a": []}), answer({"a": 0})),
        (Holds(pointer="/a", value=1), answer({"a": 1}), answer({"a": True})),
        (Holds(pointer="/a~1b/~0", value="x"), answer({"a/b": {"~": "x"}}), answer({"a": 1})),
        (TypeIs(pointer="/m", type="string"), answer({"m": ""}), answer({"m": 1})),
        (TypeIs(pointer="", type="object"), answer({}), answer("no JSON")),
        (Present(pointer="/m"), answer({"m": None}), answer({})),
        (
            Near(pointer="/t", values=("1.5", "3"), tolerance="0.01"),
            answer({"t": 2.995}),
            answer({"t": 2}),
        ),
        (Without(pattern="at .*:[0-9]+"), answer("fine"), answer("at x.py:3")),
        (Without(pattern=""), answer("fine"), answer("your key is [API key]")),
        (Fits(pointer="/a/0", least=0), answer({"a": [0]}), answer({"a": [-1]})),
        (Fits(pointer="/a/0", least=0), answer({"a": []}), answer({"a": [-0.5]})),
        (Fits(pointer="/a", types=("number",)), answer({"a": 1}), answer({"a": "1"})),
        (Fits(pointer="/a", types=("string", "null")), answer({"a": None}), answer({"a": 1})),
        (Fits(pointer="/a", shortest=1), answer({"a": "x"}), answer({"a": ""})),
        (
            AnyOf(claims=(StatusIn(statuses=(200,)), StatusIn(statuses=(404,)))),
            answer("", status=404),
            answer("", status=400),
        ),
    ],
)
def test_a_claim_about_one_answer(claim: Claim, right: Any, false: Any) -> None:
    """Each claim holds and fails; without an answer nothing is said."""
    assert not wrong(claim, right)
    assert wrong(claim, false)
    assert not wrong(claim, answer("", status=None)) or isinstance(claim, AnyOf | TypeIs)


def test_claims_about_several_answers() -> None:
    """As before on the same session, in real answers; other than on other sessions; one value."""
    same = Unchanged(pointer="/v")
    assert not wrong(same, answer({"v": 1}), answer({"v": 1}))
    assert wrong(same, answer({"v": 1}), answer({"v": 2}))
    assert not wrong(same, answer({"v": 1}, on=1), answer({"v": 2}))
    assert not wrong(same, answer({"v": 2}), answer({"v": 1}, dry=True), answer({"v": 2}))
    assert not wrong(Unchanged(pointer="/v", tolerance=0.1), answer({"v": 10}), answer({"v": 10.5}))
    later = Unchanged(pointer="/v", may_grow=True)
    assert not wrong(later, answer({"v": "2026-01"}), answer({"v": "2026-02"}))
    assert wrong(later, answer({"v": "2026-02"}), answer({"v": "2026-01"}))
    assert wrong(Differs(pointer="/v"), answer({"v": 1}, on=1), answer({"v": 1}))
    assert not wrong(Differs(pointer="/v"), answer({"v": 1}), answer({"v": 1}))
    assert wrong(OneValue(pointer="/v"), answer({"v": 1}), answer({"v": 2}))
    assert not wrong(OneValue(pointer="/v"), answer({"v": 1}), answer({}), answer({"v": 1}))


def test_a_claim_about_possibilities() -> None:
    """Broken where each was refuted; silent where another status came than was refuted."""
    same = Refutation(step=2, claim=Unchanged(pointer="/v"))
    claim = Explained(
        answered=((0, 200), (1, 200)),
        refuted=(Refutation(step=1, claim=StatusIn(statuses=(400,))), same),
    )
    before, write = answer({"v": 1}), answer({"v": 5})
    assert wrong(claim, before, write, answer({"v": 2}))
    assert not wrong(claim, before, write, answer({"v": 5}))
    assert not wrong(claim, before, answer({}, status=400), answer({"v": 2}))
    # Of concurrent answers none came last for sure: the value is that from before them.
    raced = msgspec.structs.replace(claim, burst=(1, 2))
    assert wrong(raced, before, write, answer({"v": 5}))
    assert not wrong(raced, before, write, answer({"v": 1}))


def test_claims_about_a_whole_run() -> None:
    """Both answers of a contradiction come again; one id twice; a coupon held too often."""
    then = (
        ShownThen(step=0, status=200, view={"state": "open"}),
        ShownThen(step=1, status=400, view=None),
    )
    open_one = answer({"customerSession": {"state": "open", "id": 1}})
    refused = answer({}, status=400)
    assert wrong(Consistent(then=then), open_one, refused)
    assert not wrong(Consistent(then=then), open_one, open_one)
    assert not wrong(Consistent(then=then), answer({"customerSession": {"state": 1}}), refused)
    distinct = Distinct(pointer="/id")
    assert wrong(distinct, answer([{"id": 1}, {"id": 2}, {"id": 1}]))
    assert not wrong(distinct, answer([{"id": 1}, {"id": 2}, {}, {}]))
    held = answer({"customerSession": {"state": "closed", "couponCodes": ["C"]}})
    at_most = AtMost(limit=1, coupon="C", steps=(0, 1))
    assert wrong(at_most, held, held)
    assert not wrong(at_most, held, open_one)


def test_explains_why_there_is_no_script(tmp_path: Path) -> None:
    """What a script cannot show is said in words."""
    shown = artefact(StatusIn(statuses=(400,)), unscripted="it took 9,000 sessions", made=True)
    write_artefact(shown, tmp_path)
    own = tmp_path / shown.discrepancy.signature
    assert not (own / "reproduce.sh").exists()
    assert "There is no script: it took 9,000 sessions." in (own / "explain.md").read_text("utf-8")


ODD = Sent(odd=True, method="PUT", target="/x", session=0, headers=(), body=b"{")
LINES = (("Host", HOST), ("Content-Length", "1"), ("Content-Type", "application/json"))


@pytest.mark.parametrize(
    ("changes", "by_curl"),
    [
        ({"headers": LINES}, True),
        ({"headers": LINES[1:]}, False),
        ({"headers": LINES[:1]}, False),
        ({"headers": (*LINES, ("X", "é"))}, False),
        ({"headers": (*LINES, ("X", "1"), ("x", "2"))}, False),
        ({"headers": (*LINES, ("Expect", "?"))}, False),
        ({"headers": LINES, "target": "/a b"}, False),
        ({"headers": LINES, "method": "P T"}, False),
        ({"headers": LINES, "odd": False, "cut": Cut.SENT}, False),
    ],
)
def test_what_curl_cannot_send_python_sends(changes: Any, by_curl: bool) -> None:
    """Header lines that curl would change, no Host, a cut: byte by byte."""
    shown = artefact(None, requests=(replace(ODD, **changes),))
    (group,) = groups(shown)
    assert sent_by_curl(shown, group) is by_curl


def artefact(claim: Claim | None, **changes: Any) -> Artefact:
    found: Discrepancy = msgspec.structs.replace(
        discrepancy("CART-02", step=0), claim=claim, title=HOSTILE, expected=HOSTILE, found=HOSTILE
    )
    sent = Sent(
        session=0,
        method="PUT",
        target=f"/v2/customer_sessions/{MARK}?now='$(touch pwned)",
        headers=(("X-Odd", HOSTILE.replace("\n", " ").replace("\ud800", "")),),
        body=HOSTILE.encode("utf-8", "surrogatepass"),
    )
    values: dict[str, Any] = {
        "discrepancy": found,
        "rule": None,
        "scenario": Scenario(title=HOSTILE, sessions=(MARK,), steps=(Fetch(),)),
        "requests": (sent,),
        "exchanges": (Exchange(step=0, method="PUT", target="/", status=200, answer=HOSTILE),),
        "confirmed": "",
        "target": "http://127.0.0.1:1/$(touch pwned)'}",
    }
    return Artefact(**{**values, **changes})


GONE = StatusIn(statuses=(404, 400))
STEPS = (None, 400, 200)
"""A cut update, a refused one, and a read that finds the session: it was not to be there."""


def test_a_claim_rests_on_the_answers_before(tmp_path: Path) -> None:
    """Where a request is accepted that was refused when it was found, nothing is claimed."""
    sent = Sent(session=0, method="PUT", target="/", headers=())
    exchanges = tuple(
        Exchange(step=step, method="PUT", target="/", status=status)
        for step, status in enumerate(STEPS)
    )
    found = msgspec.structs.replace(discrepancy("ERR-06", step=2), claim=GONE)
    shown = artefact(
        GONE,
        discrepancy=found,
        exchanges=exchanges,
        requests=(replace(sent, cut=Cut.BODY), *[sent] * 2),
    )
    claim = claim_of(shown)

    def told(*statuses: int | None) -> bool:
        return bool(problem(claim, [answer({}, status=status) for status in statuses], 2))

    assert told(*STEPS)
    assert told(200, 404, 200)
    assert not told(None, 200, 200)
    # An answer that says nothing about the request does not hide the bug.
    assert all(told(None, status, 200) for status in (None, 401, 403, 429, 500))
    write_artefact(shown, tmp_path)
    for name in ("reproduce.sh", "test_reproduce.py"):
        assert '"accepted": [' in (tmp_path / found.signature / name).read_text("utf-8")


RACE = Scenario(title="race", sessions=(MARK,), steps=(Fetch(),) * 3, burst=(0, 2))


@pytest.mark.parametrize("changes", [{"made": True}, {"scenario": RACE}])
def test_what_chance_decides_is_no_condition(changes: Any) -> None:
    """Requests that are sent together, and those that nobody sent in the run."""
    exchanges = tuple(Exchange(step=n, method="PUT", target="/", status=200) for n in range(3))
    found = msgspec.structs.replace(discrepancy("CART-02", step=2), claim=GONE)
    sent = Sent(session=0, method="PUT", target="/", headers=())
    shown = artefact(GONE, discrepancy=found, exchanges=exchanges, requests=(sent,) * 3)
    assert claim_of(shown)["accepted"] == [[0, True], [1, True]]
    assert "accepted" not in claim_of(replace(shown, **changes))


@pytest.mark.parametrize("value", ["", "x\nCARTFUZZ_END\n)\ntouch pwned\n( cat <<CARTFUZZ_END\nx"])
def test_hostile_content_stays_content(value: str, tmp_path: Path) -> None:
    """Whatever a scenario or a target says: the script runs nothing of it, the test is a test."""
    shown = artefact(StatusIn(statuses=(400,)))
    if value:
        (sent,) = shown.requests
        shown = replace(shown, requests=(replace(sent, headers=(("Idempotency-Key", value),)),))
    write_artefact(shown, tmp_path)
    own = tmp_path / shown.discrepancy.signature
    ast.parse((own / "test_reproduce.py").read_text("utf-8"))
    done = subprocess.run(
        ["sh", "reproduce.sh"],  # noqa: S607 - the shell of the system
        cwd=own,
        env={"PATH": "/usr/bin:/bin", "CARTFUZZ_API_KEY": "x"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert not list(tmp_path.rglob("pwned"))
    explanation = (own / "explain.md").read_text("utf-8")
    assert "\x1b" not in explanation
    assert "\u202e" not in explanation


@pytest.mark.parametrize(
    "changes",
    [
        {"discrepancy": discrepancy("CART-02", step=0)},
        {"exchanges": (Exchange(step=0, method="PUT", target="/", status=400),)},
    ],
)
def test_no_script_that_cannot_tell(changes: Any, tmp_path: Path) -> None:
    """No claim, or a claim that does not fail on the record."""
    shown = artefact(StatusIn(statuses=(400,)), **changes)
    write_artefact(shown, tmp_path)
    own = tmp_path / shown.discrepancy.signature
    assert sorted(path.name for path in own.iterdir()) == ["explain.md", "scenario.json"]


def test_only_signatures_name_folders(tmp_path: Path) -> None:
    """No path out of the folder."""
    found = msgspec.structs.replace(discrepancy("CART-02"), signature="../../CART-02-ab")
    with pytest.raises(ValueError, match="expected a signature"):
        write_artefact(artefact(None, discrepancy=found), tmp_path)


def test_a_title_is_no_markup(tmp_path: Path) -> None:
    """A heading that a target had a part in shows no picture of its choice."""
    found = msgspec.structs.replace(
        discrepancy("CART-02"), title="<img src=http://x> ![a](http://x)"
    )
    write_artefact(artefact(None, discrepancy=found), tmp_path)
    explanation = (tmp_path / found.signature / "explain.md").read_text("utf-8")
    assert explanation.startswith("# &lt;img src=http://x&gt; !\\[a\\](http://x)\n")


@pytest.mark.parametrize("body", ["[" * 2_000 + "]" * 2_000, "[" * 65_536])
def test_answers_too_deep_to_read_are_written_down(body: str, tmp_path: Path) -> None:
    """They are no JSON to a script either."""
    answer = Exchange(step=0, method="PUT", target="/", status=400, answer=body)
    shown = artefact(TypeIs(pointer="", type="object"), exchanges=(answer,))
    write_artefact(shown, tmp_path)
    assert (tmp_path / shown.discrepancy.signature / "reproduce.sh").exists()
