"""The HTML report as text: what it shows, that nothing in it is markup of a target, its size."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from cartfuzz.analysis import RunState, reproducers_of, summary_of
from cartfuzz.contract import MARK, Level, RuleLevel, Scenario, Update, catalogue
from cartfuzz.contract.versions import ContractVersion
from cartfuzz.record import Exchange, Kind, KnownFailure, RunFinished, StopReason
from cartfuzz.reports.html import run_page, write_html
from cartfuzz.reports.html.cards import MAX_CARDS, MAX_FULL
from cartfuzz.reports.html.run_page import MAX_MUTED, MAX_REASONS

from ...record.events import scenario_run, started
from ..summaries import any_text
from .pages import HOSTILE, Tags, found, page_of, run_with

_DONE = RunFinished(seconds=1.0, reason=StopReason.COMPLETED)


def test_the_verdict_comes_first() -> None:
    """Word, reason, target, date and seed are in the head of the page, before any discrepancy."""
    page = page_of(run_with(found(1)))
    head, _, rest = page.partition('id="discrepancies"')
    assert "FAILED" in head
    assert "1 discrepancy" in head
    assert "http://127.0.0.1:1" in head
    assert "1 January 2026, 00:00 UTC" in head
    assert "<dt>Seed</dt><dd>1</dd>" in head
    assert "update 1: accepted" not in head
    assert "update 1: accepted" in rest


def test_the_verdict_blames_no_rule_for_what_chance_may_have_made() -> None:
    """Only what shows every time breaks a rule."""
    surely, perhaps = found(1), found(2, rule="CART-04", kind=Kind.FLAKY)
    head, _, _ = page_of(run_with(surely, perhaps)).partition('id="discrepancies"')
    assert "The target breaks 1 rule of the contract." in head
    assert "CART-04" not in head


def test_a_card_holds_all_that_is_known() -> None:
    """Rule and source, both sides, scenario, answer, and scripts to copy."""
    bug = found(1)
    page = page_of(run_with(bug))
    rule = catalogue(ContractVersion.V2_5_1)["CART-02"]
    for text in (rule.source, "a refusal", bug.signature, "cartfuzz replay /runs/one"):
        assert text in page, text
    copied = [one.get("data-copy") for one in Tags(page).of("button")]
    assert f"{bug.signature}-curl" in copied
    assert f"{bug.signature}-pytest" in copied
    assert "<mark>&#34;state&#34;: &#34;open&#34;,</mark>" in page


@cache
def harmless_page() -> str:
    """The same run with a harmless text."""
    return page_of(run_with(found(1, text="x"), text="x"))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_of_a_target_is_markup(text: str) -> None:
    """The page has the same elements as that of a harmless run, and no character that acts."""
    page = page_of(run_with(found(1, text=text), text=text))
    harmless = harmless_page()
    names = ("script", "style", "img", "a", "svg", "iframe", "meta", "link", "form")
    for name in names:
        assert len(Tags(page).of(name)) == len(Tags(harmless).of(name)), name
    page.encode("utf-8")
    assert all(char.isprintable() or char in "\n\t" for char in page)
    for _, attributes in Tags(page).elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert not (attributes.get("href") or "#").startswith("javascript")


@settings(deadline=None, max_examples=15)
@given(any_text)
def test_any_text_makes_a_page(text: str) -> None:
    """Whatever characters a target sends, UTF-8 can encode the page, and it keeps its bounds."""
    page = page_of(run_with(found(1, text=text), text=text))
    assert len(page.encode("utf-8")) < 300_000


def test_the_policy_allows_the_own_script_and_style_alone() -> None:
    """Both are named by their hashes; nothing else may run, load or be sent."""
    page = page_of(run_with(found(1)))
    (policy,) = [
        one["content"]
        for one in Tags(page).of("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for name in ("script", "style"):
        text = re.search(f"<{name}>(.*?)</{name}>", page, re.DOTALL)
        assert text is not None
        digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert not [one for _, one in Tags(page).elements if "style" in one or "src" in one]


def test_the_size_of_a_page_is_bounded() -> None:
    """Five hundred discrepancies with long texts: all are listed, and the page stays small."""
    page = page_of(run_with(*(found(number, text="long " * 2_000) for number in range(500))))
    assert len(Tags(page).of("details")) > 500
    assert len([one for one in Tags(page).of("details") if "data-card" in one]) == 500
    assert len([one for one in Tags(page).of("pre") if one.get("id")]) == 2 * MAX_FULL
    assert len(page) < 6_000_000


def test_long_scenarios_keep_the_page_small() -> None:
    """Beyond the first cards the requests are lines, the last ones, with how many are left out."""
    body = {"customerSession": {"profileId": "p" * 50, "identifiers": ["a" * 60] * 9}}
    scenario = Scenario(title="t", sessions=("s" + MARK,), steps=(Update(body=body),) * 24)
    answers = tuple(
        Exchange(step=step, method="PUT", target="/v2/customer_sessions/1", status=200, answer="{}")
        for step in range(24)
    )
    runs = [
        scenario_run(
            number,
            scenario=scenario,
            exchanges=answers,
            discrepancies=(msgspec.structs.replace(found(number), step=23),),
        )
        for number in range(500)
    ]
    page = page_of([started(), *runs, _DONE])
    assert len([one for one in Tags(page).of("details") if "data-card" in one]) == 500
    assert page.count('<ol class="sequence') == MAX_FULL
    assert page.count('<ol class="requests" start="13">') == 500 - MAX_FULL
    assert "The first 12 requests are left out." in page
    assert len(page) < 5_000_000


def test_what_is_cut_is_counted() -> None:
    """Known ones, muted ones and reasons; the contents show what the run had, not the page."""
    many = [found(number) for number in range(MAX_CARDS + 3)]
    baseline = {one.signature: KnownFailure(ticket="SHOP-77") for one in many}
    page = page_of([started(baseline=baseline), *run_with(*many)[1:]])
    assert "And 3 more, in summary.json." in page
    assert f'Known and muted <span class="tally">{MAX_CARDS + 3:,}</span>' in page
    assert f"{MAX_CARDS + 3} known discrepancies" in page
    page = page_of(run_with(*many))
    assert "And 3 more, in summary.json." in page
    assert f'Discrepancies <span class="tally">{MAX_CARDS + 3:,}</span>' in page
    levels = {"CART-04": RuleLevel(level=Level.OBSERVE, reason="raised here")}
    muted = [found(number, rule="CART-04") for number in range(MAX_MUTED + 2)]
    page = page_of([started(rule_levels=levels), *run_with(*muted)[1:]])
    assert "And 2 more, in summary.json." in page
    reasons = [
        scenario_run(number, inconclusive=(f"reason {number}",))
        for number in range(MAX_REASONS + 4)
    ]
    assert "And 4 more, in summary.json." in page_of([started(), *reasons, _DONE])


def test_an_empty_run_makes_a_page() -> None:
    """Of a run that was killed before its first scenario there is a verdict, and no picture."""
    page = page_of([started()])
    assert "INTERRUPTED" in page
    assert "There is none." in page
    assert "<svg" not in page


def test_an_older_record_says_what_it_does_not_hold() -> None:
    """Figures that it did not keep are named, not drawn empty."""
    page = page_of([started(), scenario_run(0), _DONE])
    assert page.count("Not kept by the version of Cartfuzz that made the record.") >= 2


def test_known_and_muted_ones_are_folded() -> None:
    """They have a section of their own with ticket and reason, and do not count."""
    known, muted = found(1), found(2, rule="CART-04")
    begun = started(
        baseline={known.signature: KnownFailure(ticket="SHOP-77")},
        rule_levels={"CART-04": RuleLevel(level=Level.OBSERVE, reason="raised here")},
    )
    page = page_of([begun, *run_with(known, muted)[1:]])
    assert "SHOP-77" in page
    assert "raised here" in page
    assert "1 known discrepancy" in page
    assert 'Discrepancies <span class="tally">0</span>' in page


def test_the_kinds_have_words() -> None:
    """A contradiction and a flaky one are called so, with a sign beside the colour."""
    page = page_of(run_with(found(1), found(2, kind=Kind.FLAKY)))
    assert re.search(r'is-violation"><span aria-hidden="true">✕</span> violation', page)
    assert re.search(r'is-flaky"><span aria-hidden="true">≈</span> flaky', page)


def test_the_state_machine_shows_what_was_wrong() -> None:
    """A cell with wrongly accepted requests is marked, and the move is named in the table."""
    page = page_of(run_with(found(1)))
    assert "1 wrongly accepted" in page
    assert "accepted against the contract" in page
    assert 'role="graphics-document"' in page


def test_headings_do_not_skip_a_level() -> None:
    """There is one h1, and each heading is at most one level deeper than the one before."""
    levels = [
        int(tag[1])
        for tag, _ in Tags(page_of(run_with(found(1)))).elements
        if re.match(r"h\d$", tag)
    ]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique() -> None:
    """Those within pictures too, and each reference leads to one."""
    elements = Tags(page_of(run_with(found(1), found(2)))).elements
    ids = [one["id"] for _, one in elements if "id" in one]
    assert len(ids) == len(set(ids))
    for _, one in elements:
        assert one.get("aria-labelledby", ids[0]) in ids
        link = one.get("href")
        assert link is None or link.removeprefix("#") in ids


def test_the_file_is_written_whole(tmp_path: Path) -> None:
    """The file holds the page, in UTF-8."""
    state = RunState.of(run_with(found(1)))
    summary, reproducers = summary_of(state), reproducers_of(state)
    write_html(summary, reproducers, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8") == run_page(
        summary, reproducers, tmp_path.absolute()
    )
