"""The page of a history in Chromium: it works for everybody, and no text gets executed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.analysis.history import History, SkippedFolder
from cartfuzz.reports.html.history_page import write_history_html

from .conftest import Open
from .pages import HOSTILE
from .test_history_page import run
from .test_in_browser import overflow, severe


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    """A page of two targets, with a run for each hostile text."""
    runs = [
        (text, run(day, "CART-02", "STATE-08", title=text))
        for day, text in enumerate(HOSTILE, start=1)
    ]
    other = ("other", run(29, target=f"http://h/{HOSTILE[0]}"))
    skipped = [SkippedFolder(name=text, reason=text) for text in HOSTILE]
    path = tmp_path / "history.html"
    write_history_html(History.build([*runs, other], skipped), path)
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(page_file: Path, open_page: Open, scheme: str) -> None:
    """axe-core finds no serious problem, and nothing of a text is executed."""
    page = open_page(page_file, scheme=scheme)
    assert severe(page) == []
    assert page.evaluate("window.pwned") is None


def test_a_phone_shows_it(page_file: Path, open_page: Open) -> None:
    """At 360 pixels nothing is wider than the page."""
    assert overflow(open_page(page_file, width=360)) <= 0
