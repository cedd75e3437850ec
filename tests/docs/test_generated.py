"""Pages that are made from the code are those that the code makes."""

from __future__ import annotations

import re

import pytest

import cartfuzz
import cartfuzz.strategies

from .blocks import DOCS
from .generated import PAGES, rules


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
