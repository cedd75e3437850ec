"""Pages that are made from the code are those that the code makes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

import cartfuzz
import cartfuzz.strategies

from .blocks import DOCS
from .generated import PAGES, rules
from .picture import COMMAND, FILE, picture


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_up_to_date(page: str) -> None:
    """``make pages`` would not change it."""
    assert (DOCS / page).read_text("utf-8") == PAGES[page]()


def test_statements_are_the_same_in_all_versions() -> None:
    """Only certainty and release differ between versions, so one row is enough for a rule."""
    for versions in rules():
        assert len({(rule.statement, rule.demands, rule.source) for rule in versions.values()}) == 1


def test_the_reference_has_every_public_name() -> None:
    """The page on the Python API has each name that the package and its strategies offer."""
    named = set(re.findall(r"^::: (\S+)$", (DOCS / "api.md").read_text("utf-8"), re.MULTILINE))
    public = {f"cartfuzz.{name}" for name in cartfuzz.__all__ if name != "__version__"}
    assert named == public | {f"cartfuzz.strategies.{n}" for n in cartfuzz.strategies.__all__}


def test_the_picture_shows_the_finding() -> None:
    """It is the one of its command; it is XML and loads nothing from elsewhere."""
    texts = " ".join(ElementTree.fromstring(FILE.read_text("utf-8")).itertext())  # noqa: S314
    shown = texts.replace("\N{NO-BREAK SPACE}", " ")
    assert COMMAND in shown
    assert "STATE-08-5dce403e15" in shown
    assert not re.search("url\\((?!#)|@import|href", FILE.read_text("utf-8"))


def test_a_picture_keeps_what_a_terminal_shows() -> None:
    """Colours become styles, and lines about what a short run lacks are left out."""
    drawn = picture("\x1b[1;31mFAILED\x1b[0m one\nnot tested: CART-04\n")
    assert "FAILED" in drawn
    assert "CART-04" not in drawn
