"""Links lead somewhere, and every page is in the navigation of the site."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from .blocks import DOCS, PAGES, ROOT, anchors, links


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def navigation(entries: list[object]) -> Iterator[str]:
    """The paths of the pages in the navigation, whatever their depth."""
    for entry in entries:
        match entry:
            case str():
                yield entry
            case dict():
                for value in entry.values():
                    yield from navigation(value if isinstance(value, list) else [value])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link leads to a file, and its anchor to a heading there."""
    wrong = []
    for link in links(page):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.resolve())):
            wrong.append(link)
    assert not wrong


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=name)
def test_pages_of_the_site_link_within_it(page: Path) -> None:
    """A page of the site links to no file outside of docs, which the site does not have."""
    outside = [
        link
        for link in links(page)
        if "://" not in link
        and not (page.parent / link.partition("#")[0]).resolve().is_relative_to(DOCS)
    ]
    assert not outside


def test_every_page_is_in_the_navigation() -> None:
    """Once each, and no page is there that does not exist."""
    site = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    listed = list(navigation(site["nav"]))
    assert len(listed) == len(set(listed))
    assert set(listed) == {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
