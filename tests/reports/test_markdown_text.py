"""Text in Markdown: shown as it is, whatever it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cartfuzz.reports.markdown_text import cell, code, code_block

from .summaries import any_text

PAGE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HARMLESS = {"paragraph_open", "paragraph_close", "text", "text_special", "code_inline", "inline"}
MARKUP = [
    "<script>alert(1)</script>",
    "**bold** _it_ ~~gone~~ `code` [a](http://x) ![a](x)",
    "</details>",
    "<!-- ",
    "a | b",
    "&lt;b&gt;",
    "$x$",
    "``` ` ``",
    "a\n# b\n```\n",
    "\\",
    "x\\|y",
]


def kinds_of(page: str) -> set[str]:
    """The kinds of the parts of a page."""
    return {one.type for token in PAGE.parse(page) for one in (token, *(token.children or ()))}


def tokens_of(page: str) -> list[Token]:
    """The parts of the only line of a page."""
    (line,) = (token.children or [] for token in PAGE.parse(page) if token.type == "inline")
    return line


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_shown_as_it_is(text: str) -> None:
    """In a line, in a table and as code."""
    assert kinds_of(f"x {cell(text)} y") <= HARMLESS
    assert kinds_of(f"x {code(text)} y") <= HARMLESS


@given(any_text)
def test_no_text_is_markup(text: str) -> None:
    """Nor does it leave its cell or its code."""
    assert kinds_of(f"x {cell(text)} y") <= HARMLESS
    assert kinds_of(f"x {code(text)} y") <= HARMLESS
    table = PAGE.parse(f"| a | b |\n| --- | --- |\n| {cell(text)} | y |")
    assert sum(token.type == "td_open" for token in table) == 2


@given(any_text)
def test_code_is_one_piece(text: str) -> None:
    """What is between the backticks is all of it."""
    pieces = [one for one in tokens_of(f"x {code(text)} y") if one.type == "code_inline"]
    assert len(pieces) == (0 if code(text) == "(empty)" else 1)
    if text.isprintable() and text.strip() and len(text) <= 600:
        assert pieces[0].content.strip() == text.strip()


@given(any_text)
def test_no_line_ends_a_block_of_code(text: str) -> None:
    """All that follows the block is outside of it, and nothing of the block is."""
    tokens = PAGE.parse(f"{code_block([text, '```', text], 'sh')}\n\nafter\n")
    assert [token.type for token in tokens] == [
        "fence",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    assert tokens[0].content.count("\n") == 3


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("thanks @octocat", "@o"),
        ("see #12", "#12"),
        ("see GH-12", "GH-12"),
        ("at https://evil.example", "://"),
        ("at www.evil.example", "www."),
        ("a@b.example", "@b"),
        ("fixed in !7", "!7"),
        ("group&12", "&1"),
        ("in %12", "%1"),
        ('in %"the next one"', '%"'),
        ("a ~bug", "~b"),
        ('a ~"known bug"', '~"'),
        ("see $12", "$1"),
        ("see ^alert#1", "^a"),
        ("in *iteration:12", "*i"),
        ("see [vulnerability:12]", "[v"),
        ("&lt;", "&l"),
    ],
)
def test_nobody_is_mentioned(text: str, gone: str) -> None:
    """The finished page holds nothing in which a site would find a mention, a reference or an
    address."""
    (shown,) = ("".join(one.content for one in tokens_of(f"x {cell(text)}")),)
    assert gone not in shown
    assert shown.replace("\u200b", "") == f"x {text}"
