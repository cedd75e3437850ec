"""The discrepancies of a run as cards: all that a page shows of each, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...analysis import Bug, RunReproducers, Summary
from ...contract import Rule, Sureness, catalogue
from ...record import Kind
from ..plain import plain
from ..reproduction import Artefact, build_artefacts, with_proven_claim
from ..wording import standing, times
from .exchange_view import ExchangeView, exchange_view
from .scripts import Script, scripts_of
from .sequence import Sequence, sequence_of

MAX_FULL = 60
"""Further cards have neither bodies nor scripts, so that a page stays small."""
MAX_CARDS = 1_000
_MAX_SYMPTOMS = 12
_MAX_TEXT = 900
_ORDER = ("violation", "contradiction", "not confirmed", "flaky")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """What a page says of a rule."""

    id: str
    statement: str
    source: str
    """Where the contract has it, and how sure that is; empty: the catalogue does not know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One discrepancy."""

    bug: Bug
    rule: RuleText
    standing: str
    """``"violation"``, ``"contradiction"``, ``"flaky"`` or ``"not confirmed"``."""
    expected: str
    found: str
    confirmation: str
    ticket: str = ""
    """Of a known one: why it fails no run."""
    sequence: Sequence | None = None
    """None: the record holds no scenario of it."""
    exchange: ExchangeView | None = None
    replay_line: str = ""
    """Empty: it cannot be sent again."""
    serve_line: str = ""
    scripts: tuple[Script, ...] = ()
    no_script: str = ""
    """Why there is none."""
    symptoms_left_out: int = field(default=0)


def cards_of(
    summary: Summary, found: RunReproducers, folder: Path
) -> tuple[tuple[Card, ...], tuple[Card, ...]]:
    """The cards of the discrepancies that count, the most telling first, and of the known ones.

    Args:
        summary: of the run.
        found: its scenarios.
        folder: where its record is.
    """
    artefacts = {
        artefact.discrepancy.signature: with_proven_claim(artefact)
        for artefact in build_artefacts(found, folder)
    }
    maker = _CardMaker(summary, found, artefacts)
    counted = sorted(
        summary.discrepancies,
        key=lambda bug: (_ORDER.index(standing(bug)), -bug.count, bug.first_request),
    )
    return tuple(maker.cards(counted)), tuple(maker.cards(summary.known))


class _CardMaker:
    def __init__(
        self, summary: Summary, found: RunReproducers, artefacts: dict[str, Artefact]
    ) -> None:
        self._summary, self._found, self._artefacts = summary, found, artefacts
        self._rules = catalogue(summary.contract)
        self._full = MAX_FULL

    def cards(self, bugs: list[Bug]) -> Iterator[Card]:
        for bug in bugs[:MAX_CARDS]:
            yield self._card(bug, is_full=self._full > 0)
            self._full -= 1

    def _card(self, bug: Bug, *, is_full: bool) -> Card:
        artefact = self._artefacts.get(bug.signature)
        known = self._summary.baseline.get(bug.signature)
        if artefact is None:
            return Card(**self._common(bug), ticket=known.text if known else "")
        reproducer = self._found.scenarios.get(bug.signature)
        causes = reproducer.causes if reproducer is not None else ()
        scripts = tuple(scripts_of(artefact)) if is_full else ()
        return Card(
            **self._common(bug),
            ticket=known.text if known else "",
            sequence=sequence_of(artefact) if artefact.requests else None,
            exchange=exchange_view(artefact, causes) if is_full else None,
            replay_line="" if artefact.synthetic else artefact.replay_line,
            serve_line=artefact.serve_line,
            scripts=scripts,
            no_script="" if scripts else _no_script(artefact, is_full=is_full),
        )

    def _common(self, bug: Bug) -> dict[str, object]:
        return {}
