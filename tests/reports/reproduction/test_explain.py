"""``explain.md``: every kind of discrepancy is explained, and no text in it is markup."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import MARK, ContractVersion, Cut, Fetch, Scenario, catalogue
from cartfuzz.record import Consistent, Holds, Kind, ShownThen, StatusIn
from cartfuzz.reports.reproduction.explain import explanation

from .examples import artefact, exchange, found, request

REFUSED = StatusIn(statuses=(400,))


def text_of(claim: Any = REFUSED, **changes: Any) -> str:
    """The explanation of an artefact with harmless texts."""
    values = {
        "discrepancy": found(claim, title="a title", expected="a refusal", found="200"),
        "requests": (request(),),
        "exchanges": (exchange(answer='{"a": 1}'),),
    }
    return explanation(artefact(claim, **{**values, **changes}))


def test_an_explanation_is_complete() -> None:
    """Title, rule, source, signature, confirmation, request, answer, difference, what to do."""
    rule = catalogue(ContractVersion.V2_5_1)["CART-02"]
    text = text_of(
        rule=rule,
        confirmation="Shown 5 times out of 5.",
        replay_line="cartfuzz replay RUN_DIR",
    )
    signature = found(None).signature
    expected = (
        "# a title\n",
        f"**CART-02**: {rule.statement}\n",
        f"Source of the rule: {rule.source} (implied).\n",
        f"Signature: `{signature}`. Shown 5 times out of 5.\n",
        "1. `PUT /`\n",
        "   Answered **200**:\n",
        '```json\n{\n  "a": 1\n}\n```\n',
        "The answer to request 1 showed it.\n",
        "-a refusal\n+200\n",
        "`reproduce.sh` (curl) and `test_reproduce.py` (pytest) fail while the target has the\n",
        "This line sends them again, to the target of the run, and judges the answers:\n",
        "```console\n$ cartfuzz replay RUN_DIR\n```",
        "It reads the API key from the variable `CARTFUZZ_API_KEY`.",
    )
    places = [text.find(part) for part in expected]
    assert -1 not in places
    assert places == sorted(places)
    assert "flaky" not in text


def test_a_flaky_discrepancy_is_called_so() -> None:
    """Whoever gets the folder must not take one green run for a fix."""
    text = text_of(flaky=True, confirmation="Shown 2 times out of 5.")
    assert "It is flaky: the same requests do not show it every time." in text


def test_a_race_names_its_concurrent_requests() -> None:
    """And how often the scripts try."""
    race = Scenario(title="", sessions=(MARK,), steps=(Fetch(),) * 3, burst=(0, 2))
    text = text_of(scenario=race, requests=(request(),) * 3)
    assert "Requests 1 and 2 are sent at the same moment." in text
    assert "both make up to 20 attempts" in text


def test_a_contradiction_names_both_answers() -> None:
    """And that the contract leaves open which is right."""
    then = (ShownThen(step=0, status=200, view=None), ShownThen(step=3, status=400, view=None))
    claim = Consistent(then=then)
    shown = found(claim, kind=Kind.CONTRADICTION, step=3, expected="kept", found="replaced")
    second = Scenario(title="", sessions=(MARK,), steps=(Fetch(),) * 3)
    text = text_of(claim, discrepancy=shown, requests=(request(),) * 4, second_scenario=second)
    assert "Requests 2 to 4 belong to a second scenario, which has its own sessions." in text
    assert "The contract leaves the behaviour open, but a target must keep to one.\n" in text
    assert "The answers to requests 1 and 4 show two.\n" in text
    assert "--- first scenario\n+++ second scenario\n" in text
    assert "drift" not in text


def test_a_finding_of_the_whole_run_says_that_its_requests_are_made() -> None:
    """No answers are shown, and replay is not offered."""
    text = text_of(synthetic=True, requests=(request(target="/s-{n}", repetitions=9),))
    assert "no single scenario shows it" in text
    assert "1. `PUT /s-{n}` (9 times, with `{n}` from 1 to 9)" in text
    assert "Answered" not in text
    assert "`cartfuzz replay` cannot show it" in text
    assert "RUN_DIR" not in text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"no_script_reason": "it takes 9,000 sessions"}, "it takes 9,000 sessions"),
        ({"claim": None}, "only the model can decide what is wrong here"),
    ],
)
def test_a_missing_script_has_a_reason(changes: Any, reason: str) -> None:
    """In words."""
    text = text_of(**changes)
    assert f"There is no script: {reason}." in text
    assert "reproduce.sh" not in text


def test_missing_answers_are_explained() -> None:
    """A cut, and a step that the record holds no exchange for."""
    cut = exchange(status=None)
    text = text_of(requests=(request(cut=Cut.BODY), request()), exchanges=(cut,))
    assert "1. `PUT /` (the connection is cut in the body)" in text
    assert "No answer: " in text
    assert "The record holds no answer." in text


def test_values_are_compared_as_json() -> None:
    """If the claim is about one: the lines that differ are marked."""
    claim = Holds(pointer="/a", value={"b": 1})
    text = text_of(claim, exchanges=(exchange(answer='{"a": {"b": 2}}'),))
    assert '-  "b": 1\n+  "b": 2\n' in text
    text = text_of(claim, exchanges=(exchange(answer="no JSON"),))
    assert '+/a: "(nothing)"' in text


def test_hostile_text_is_shown_as_it_is() -> None:
    """No escape sequence, no override, and no code block that a text could close."""
    text = explanation(artefact(REFUSED))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "````" in text


def test_a_title_is_no_markup() -> None:
    """A target has a part in titles: no HTML, no picture, no link."""
    shown = found(REFUSED, title="<img src=http://x> ![a](http://x)")
    text = text_of(discrepancy=shown)
    assert text.startswith("# &lt;img src=http://x&gt; !\\[a\\](http://x)\n")


def test_a_long_body_is_cut() -> None:
    """With its length."""
    text = text_of(exchanges=(exchange(answer="x" * 600 + ("\n" + "x" * 99) * 44),))
    assert "(5,000 characters in all)" in text


def test_the_target_is_quoted_where_its_error_points() -> None:
    """As code, and nothing in it can end that."""
    answer = '{"errors": [{"title": "`<b>`", "source": {"pointer": "/customerSession"}}]}'
    text = text_of(exchanges=(exchange(status=400, answer=answer),))
    assert "The target points at `/customerSession: '<b>'`.\n" in text
    assert "points at" not in text_of()
