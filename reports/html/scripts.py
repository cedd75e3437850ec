"""The reproduction scripts of a card: what a page shows of them, and what its buttons copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..reproduction import Artefact, curl_script, explanation, pytest_script, runtime_texts
from .harmless import harmless

_MAX_SHOWN = 12_000
"""Characters of a script that are shown, without what it has in common with others."""
_MAX_COPIED = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a script: its own text, or one that many scripts have in common."""

    text: str
    """Of a common text a line that stands for it."""
    common: int | None = None
    """Index of the common text in `common_texts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One script of a discrepancy."""

    name: str
    """Of its file."""
    tool: str
    """``"curl"`` or ``"pytest"``."""
    pieces: tuple[Piece, ...]
    exact: str = ""
    """The text to copy, where a page does not show it as it is; else empty."""


def common_texts() -> tuple[str, ...]:
    """The texts that many scripts hold; a page has each once."""
    return runtime_texts()


def scripts_of(artefact: Artefact) -> Iterator[Script]:
    """The scripts for ``artefact``; none where only the model can decide, or where it is long."""
    if not artefact.can_be_scripted:
        return
    for name, tool, written in (
        ("reproduce.sh", "curl", curl_script(artefact)),
        ("test_reproduce.py", "pytest", pytest_script(artefact)),
    ):
        text = written.rstrip("\n") + "\n"
        if len(text) <= _MAX_COPIED:
            yield _script(name, tool, text)


def ticket_text(artefact: Artefact) -> str:
    """The whole of ``artefact`` as Markdown, for a ticket; empty where it is long."""
    text = explanation(artefact)
    return text if len(text) <= _MAX_COPIED else ""


def _script(name: str, tool: str, text: str) -> Script:
    pieces = tuple(_pieces(text))
    if sum(len(piece.text) for piece in pieces) > _MAX_SHOWN:
        more = f"… {len(text) - _MAX_SHOWN:,} more characters, which the copy holds"
        pieces = (Piece(text=f"{harmless(text[:_MAX_SHOWN])}\n{more}"),)
        return Script(name=name, tool=tool, pieces=pieces, exact=text)
    is_exact = all(harmless(piece.text) == piece.text for piece in pieces)
    return Script(name=name, tool=tool, pieces=pieces, exact="" if is_exact else text)


def _pieces(text: str) -> Iterator[Piece]:
    rest = text
    for index, common in enumerate(common_texts()):
        before, found, after = rest.partition(common)
        if found:
            yield Piece(text=before)
            lines = common.count("\n") + 1
            yield Piece(
                text=f"# … {lines} lines that check an answer: the copy holds them", common=index
            )
            rest = after
    yield Piece(text=rest)
