"""The pages, their fenced blocks and their inline code, as a Markdown parser reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    ROOT / "tests" / "README.md",
    *sorted(DOCS.rglob("*.md")),
)
_MARKER = re.compile(r"<!-- not executed: (.+?) -->", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block of a page."""

    page: Path
    line: int
    """The number of the line with the fence, from 1."""
    language: str
    text: str
    reason: str
    """Why it cannot be executed, from the comment ``<!-- not executed: … -->`` before it; empty:
    it can."""

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@cache
def blocks() -> tuple[Block, ...]:
    """All fenced blocks of all pages."""
    return tuple(block for page in PAGES for block in _blocks_of(page))


def executable(language: str) -> tuple[Block, ...]:
    """The blocks of a language that are not marked as not to be executed."""
    return tuple(block for block in blocks() if block.language == language and not block.reason)


@cache
def inline_code() -> tuple[tuple[str, str], ...]:
    """Each piece of inline code, with the name of its page."""
    return tuple(
        (str(page.relative_to(ROOT)), child.content)
        for page in PAGES
        for token in _tokens(page)
        for child in token.children or ()
        if child.type == "code_inline"
    )


@cache
def links(page: Path) -> tuple[str, ...]:
    """Where the links and pictures of a page lead, in order."""
    return tuple(
        str(child.attrs.get("href", child.attrs.get("src")))
        for token in _tokens(page)
        for child in token.children or ()
        if child.type in {"link_open", "image"}
    )


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of the headings of ``page``, as GitHub, GitLab and the site make them."""
    tokens = _tokens(page)
    return frozenset(
        re.sub(r"[^\w -]", "", content.content.lower()).replace(" ", "-")
        for token, content in pairwise(tokens)
        if token.type == "heading_open"
    )


@cache
def _tokens(page: Path) -> list[Token]:
    return MarkdownIt().enable("table").parse(page.read_text("utf-8"))


def _blocks_of(page: Path) -> Iterator[Block]:
    before: Token | None = None
    for token in _tokens(page):
        if token.type == "fence":
            marker = (
                _MARKER.search(before.content) if before and before.type == "html_block" else None
            )
            assert token.map is not None
            yield Block(
                page=page,
                line=token.map[0] + 1,
                language=token.info.strip(),
                text=token.content,
                reason=" ".join(marker[1].split()) if marker else "",
            )
        before = token
