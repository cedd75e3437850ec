"""The HTML of a comparison as text: order, links, and that no text of a target is markup."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from cartfuzz.analysis import (
    Change,
    Comparison,
    RunState,
    ShownInstead,
    compare,
    reproducers_of,
    summary_of,
)
from cartfuzz.record import Event
from cartfuzz.reports.html import diff_page, write_diff_html
from cartfuzz.reports.stored_run import StoredRun

from ..comparisons import changed, everything
from ..summaries import any_text
from .pages import HOSTILE, Tags, found, run_with

BESIDE = Path("/runs")
SECTIONS = (
    "verdict",
    "new",
    "drifted",
    "fixed",
    "not_seen",
    "flaky",
    "known",
    "still_there",
    "rules",
    "states",
    "lost",
    "latency",
    "not-compared",
)


def stored(events: list[Event], folder: str) -> StoredRun:
    """A run as its folder holds it."""
    state = RunState.of(events)
    return StoredRun(summary=summary_of(state), found=reproducers_of(state), folder=BESIDE / folder)


def page(comparison: Comparison, newer: StoredRun | None = None) -> str:
    """The page of a comparison."""
    return diff_page(comparison, BESIDE, newer=newer)


def test_the_sections_are_in_order() -> None:
    """What matters comes first, and the contents lead to each section."""
    shown = Tags(page(everything()))
    headings = [one.get("id") for one in shown.of("h1", "h2")]
    assert headings == list(SECTIONS)
    links = [one.get("href") for one in shown.of("a")]
    assert links[1 : 1 + len(SECTIONS)] == [f"#{name}" for name in SECTIONS]


def test_the_head_answers_at_once() -> None:
    """Words, counts, what is new by name, both runs and the doubts are before the first section."""
    head = page(everything("T")).partition('<h2 id="new"')[0]
    for words in (
        "1 new, worse",
        "is wrong in a place where the older one was right",
        "rule with lost coverage",
        "1,200 in 10 min",
        "14%",
        "2026-01-01 00:00 UTC",
        "only 14% of the sweeps",
        "differs: T",
    ):
        assert words in head, words
    assert '<a href="#CART-02-0000000000">T</a>' in head


def test_an_empty_comparison_has_a_page() -> None:
    """Two runs without a difference, and a rerun that has but one run."""
    assert "Nothing new" in page(Comparison.build((), names=("a", "b")))
    one_run = msgspec.structs.replace(everything(), runs=everything().runs[:1])
    assert page(one_run)


def test_a_new_one_has_the_card_of_its_run() -> None:
    """Sequence picture, exchange and scripts, where the record of the newer run can be read."""
    old, new = stored(run_with(), "old"), stored(run_with(found(1)), "new")
    result = compare(old.summary, new.summary, names=("old", "new"))
    signature = found(1).signature
    whole = page(result, new)
    assert f'data-copy="{signature}-curl"' in whole
    assert 'class="sequence' in whole
    short = page(result, None)
    assert f'id="{signature}"' in short
    assert f'data-copy="{signature}-curl"' not in short


def test_links_lead_to_the_folders(tmp_path: Path) -> None:
    """Relative to the page, quoted; a folder may be called like an address."""
    for folder, expected in {
        "new/discrepancies/CART-02-ab": "./new/discrepancies/CART-02-ab/",
        "a b/%/<x>": "./a%20b/%25/%3Cx%3E/",
        "javascript:alert(1)/x": "./javascript%3Aalert%281%29/x/",
    }.items():
        one = changed(Change.NEW, folder=str(tmp_path / folder))
        write_diff_html(
            Comparison.build([one], names=("a", "b")), tmp_path / "diff.html", newer=None
        )
        links = [link.get("href") for link in Tags((tmp_path / "diff.html").read_text()).of("a")]
        assert expected in links


def test_many_entries_keep_the_page_small() -> None:
    """A thousand new ones fit; the page has a filter then."""
    shown = page(everything("x" * 2_000, new=1_500))
    assert len(shown) < 6_000_000
    assert 'id="filter-text"' in shown
    assert "are in the JSON of the comparison" in shown
    assert 'id="filter-text"' not in page(everything())


def elements(shown: str) -> list[tuple[str, list[str]]]:
    """The elements of a page with the names of their attributes."""
    return [(tag, sorted(attributes)) for tag, attributes in Tags(shown).elements]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_text_is_markup(text: str) -> None:
    """The elements of the page are those that it has with a harmless text."""
    assert elements(page(everything(text))) == elements(page(everything("x")))


@settings(deadline=None, max_examples=15)
@given(any_text)
def test_no_text_is_markup(text: str) -> None:
    """Nor is any other."""
    assert elements(page(everything(text or "x"))) == elements(page(everything("x")))


def test_the_reason_follows_a_colon() -> None:
    """A screen reader reads the heading as one sentence."""
    shown = page(Comparison.build((), names=("a", "b"), doubts=("only 1% of the sweeps",)))
    heading = shown[shown.index("<h1") : shown.index("</h1>")]
    text = re.sub("<[^>]*>", "", heading.replace("!", ""))
    assert text == "Cannot say: only 1% of the sweeps"


@pytest.mark.parametrize(
    ("changes", "heading"),
    [
        ([Change.FIRST_SEEN], "First seen"),
        ([Change.NEW, Change.FIRST_SEEN], "New and first seen"),
        ([Change.NEW, Change.DIFFERENT, Change.FIRST_SEEN], "New, different and first seen"),
    ],
)
def test_the_heading_names_what_is_there(changes: list[Change], heading: str) -> None:
    """What is first seen is not called new, neither there nor in the contents."""
    shown = page(Comparison.build(map(changed, changes), names=("a", "b")))
    assert f'<h2 id="new" tabindex="-1">{heading}</h2>' in shown
    assert f'<a href="#new">{heading} <span class="tally">{len(changes)}</span></a>' in shown


def test_what_a_scenario_shows_now_is_apart_from_what_it_showed() -> None:
    """The old answer is no answer of today."""
    instead = ShownInstead(
        signature="CART-05-ab", rule="CART-05", title="other title", expected="200", found="500"
    )
    one = changed(Change.DIFFERENT, "old answer", shows_now=(instead,))
    shown = page(Comparison.build([one], names=("a", "b")))
    assert "<dt>Found before</dt><dd>old answer</dd>" in shown
    assert "<dt>Shows now</dt><dd>CART-05: other title; found 500</dd>" in shown
