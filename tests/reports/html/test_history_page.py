"""The page of a history as text: what it shows, and that nothing in it is markup of a target."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from cartfuzz.analysis import Summary, summarise
from cartfuzz.analysis.history import History, SkippedFolder
from cartfuzz.record import RunFinished, StopReason
from cartfuzz.reports.html.history_charts import SERIES
from cartfuzz.reports.html.history_page import history_page, write_history_html

from ...record.events import discrepancy, scenario_run, started
from .pages import HOSTILE, Tags


def run(day: int, *rules: str, title: str = "", **how: Any) -> Summary:
    """A run that started on the given day of January."""
    found = tuple(discrepancy(rule, outcome=title or "accepted") for rule in rules)
    scenario = scenario_run(
        0, discrepancies=found, latency={f"{name} 40": 2 for name in ("update", "get")}
    )
    begun = {"run": f"run{day:05}", "started": f"2026-01-{day:02}T05:06:07Z", **how}
    return summarise(
        [started(**begun), scenario, RunFinished(seconds=2.0, reason=StopReason.COMPLETED)]
    )


def page_of(*runs: Summary) -> str:
    return history_page(History.build((f"night-{one.started[8:10]}", one) for one in runs))


def test_it_shows_runs_discrepancies_and_trends() -> None:
    """Each with its words, and one chart a figure."""
    page = page_of(run(1, "CART-02"), run(2, "CART-02", "STATE-08"), run(3, "STATE-08"))
    for text in ("night-01", "2026-01-03 05:06", "STATE-08", "first seen in night-02", "not seen"):
        assert text in page, text
    charts = re.findall(r"<svg .*?</svg>", page, re.DOTALL)
    assert len(charts) == 4
    for chart in charts:
        assert "aria-label" in ET.fromstring(chart).attrib  # noqa: S314 - ours
    assert "<h1 " in page


def test_one_run_has_no_trend() -> None:
    """A line through one point says nothing."""
    page = page_of(run(1))
    assert "<svg" not in page
    assert "No run shows one." in page


def test_older_records_have_no_latency() -> None:
    """The page says so, and has the other charts."""
    page = page_of(summarise([started(run="one00000")]), summarise([started(run="two00000")]))
    assert "Latency was not kept" in page
    assert page.count("<svg") == 3


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    """For several targets too."""
    page = page_of(run(1), run(2), run(3, target="http://h:1"), run(4, target="http://h:1"))
    tags = Tags(page)
    ids = [one["id"] for _, one in tags.elements if "id" in one]
    assert len(ids) == len(set(ids))
    links = {(one["href"] or "").removeprefix("#") for one in tags.of("a") if one.get("href")}
    assert links <= set(ids)
    assert len(tags.of("h1")) == 1


def hostile(text: str) -> str:
    """The page of a history with ``text`` wherever a text from outside can be."""
    summary = run(1, "CART-02", title=text, target=f"http://h/{text}")
    return history_page(History.build([(text, summary)], [SkippedFolder(name=text, reason=text)]))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_markup(text: str) -> None:
    """Names of folders, targets and titles may come from anywhere."""
    page, plain = hostile(text), hostile("x")
    assert [tag for tag, _ in Tags(page).elements] == [tag for tag, _ in Tags(plain).elements]
    assert "\ud800" not in page
    assert all(char.isprintable() or char in "\n\t" for char in page)
    assert len(page) < 200_000


def test_the_page_names_no_other_source() -> None:
    """One file, no network: nothing is loaded, and the policy forbids it."""
    tags = Tags(page_of(run(1), run(2)))
    assert not tags.of("link", "img", "iframe", "object")
    assert all("src" not in attributes for _, attributes in tags.elements)
    assert any("default-src 'none'" in (one.get("content") or "") for one in tags.of("meta"))


def test_more_operations_than_lines() -> None:
    """A chart shows as many as can be told apart."""
    page = page_of(run(1), run(2))
    assert page.count('class="line-') == 3 + 2 + 2
    assert SERIES == 4


def test_it_is_written_whole(tmp_path: Path) -> None:
    """As UTF-8."""
    history = History.build([("\u65e5", run(1))])
    write_history_html(history, tmp_path / "history.html")
    assert (tmp_path / "history.html").read_text("utf-8") == history_page(history)
