"""The discrepancies of a run as cards: all that a page shows of each, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...analysis import Bug, RunReproducers, Summary
from ...analysis.bugs import Symptom
from ...analysis.importance import by_importance
from ...contract import Rule, Sureness
from ..discrepancy_text import request_line
from ..plain import plain
from ..reproduction import Artefact, build_artefacts, with_proven_claim
from ..wording import counted, standing
from .exchange_view import ExchangeView, exchange_view
from .scripts import Script, scripts_of, ticket_text
from .sequence import Sequence, sequence_of

MAX_FULL = 60
"""Further cards have neither pictures, bodies nor scripts, so that a page stays small."""
MAX_CARDS = 1_000
_MAX_EXACT = 500_000
"""Characters of the scripts that a page holds besides those that it shows."""
_MAX_SYMPTOMS = 12
_MAX_TEXT = 900
_MAX_REQUESTS = 12


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
    """None: the record holds no scenario of it, or ``requests`` are shown."""
    requests: tuple[str, ...] = ()
    """The last requests of its scenario as lines, where there is no picture."""
    requests_left: int = 0
    """Requests before them."""
    exchange: ExchangeView | None = None
    replay_line: str = ""
    """Empty: it cannot be sent again."""
    serve_line: str = ""
    scripts: tuple[Script, ...] = ()
    ticket_text: str = ""
    """For a ticket, as Markdown; empty: there is none."""
    no_script: str = ""
    """Why there is none."""
    symptoms: tuple[Symptom, ...] = ()
    """Some of those of ``bug``."""


def cards_of(
    summary: Summary, found: RunReproducers, folder: Path
) -> tuple[tuple[Card, ...], tuple[Card, ...]]:
    """The cards of the discrepancies that count, the most important first, and of the known ones.

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
    ordered = by_importance(summary.discrepancies, summary.catalogue)
    return tuple(maker.cards(ordered)), tuple(maker.cards(summary.known))


class _CardMaker:
    def __init__(
        self, summary: Summary, found: RunReproducers, artefacts: dict[str, Artefact]
    ) -> None:
        self._summary, self._found, self._artefacts = summary, found, artefacts
        self._rules = summary.catalogue
        self._full = MAX_FULL
        self._exact_left = _MAX_EXACT

    def cards(self, bugs: list[Bug]) -> Iterator[Card]:
        for bug in bugs[:MAX_CARDS]:
            yield self._card(bug, is_full=self._full > 0)
            self._full -= 1

    def _card(self, bug: Bug, *, is_full: bool) -> Card:
        artefact = self._artefacts.get(bug.signature)
        reproducer = self._found.scenarios.get(bug.signature)
        causes = reproducer.causes if reproducer is not None else ()
        known = self._summary.baseline.get(bug.signature)
        sequence = sequence_of(artefact) if is_full and artefact and artefact.requests else None
        requests = [] if sequence is not None else bug.operations[-_MAX_REQUESTS:]
        scripts = tuple(self._scripts(artefact)) if artefact is not None and is_full else ()
        return Card(
            bug=bug,
            rule=_rule_text(bug.rule, self._rules.get(bug.rule)),
            standing=standing(bug),
            expected=plain(bug.expected, longest=_MAX_TEXT),
            found=plain(bug.found, longest=_MAX_TEXT),
            confirmation=_confirmation(bug),
            ticket=known.text if known is not None else "",
            sequence=sequence,
            requests=tuple(map(request_line, requests)),
            requests_left=len(bug.operations) - len(requests) if requests else 0,
            exchange=exchange_view(artefact, causes) if artefact is not None and is_full else None,
            replay_line=artefact.replay_line if artefact and not artefact.synthetic else "",
            serve_line=artefact.serve_line if artefact is not None else "",
            scripts=scripts,
            ticket_text=self._ticket_text(artefact) if artefact and is_full else "",
            no_script="" if scripts else _no_script(artefact, is_full=is_full),
            symptoms=bug.symptoms[:_MAX_SYMPTOMS],
        )

    def _scripts(self, artefact: Artefact) -> Iterator[Script]:
        for script in scripts_of(artefact):
            if len(script.exact) <= self._exact_left:
                self._exact_left -= len(script.exact)
                yield script

    def _ticket_text(self, artefact: Artefact) -> str:
        text = ticket_text(artefact)
        self._exact_left -= len(text)
        return text if self._exact_left >= 0 else ""


def _rule_text(rule_id: str, rule: Rule | None) -> RuleText:
    if rule is None:
        return RuleText(id=rule_id, statement="", source="")
    if rule.sureness is Sureness.SILENT:
        source = f"The contract leaves it open: {rule.source}"
    else:
        source = f"{rule.source} ({rule.sureness.value})"
    return RuleText(id=rule_id, statement=rule.statement, source=source)


def _confirmation(bug: Bug) -> str:
    if bug.unconfirmed:
        return "Not confirmed: there was no time to execute it again"
    if bug.confirmation is None:
        return "Not executed again"
    shown, executions = bug.confirmation.shown, bug.confirmation.of
    if shown == executions:
        return f"Confirmed {shown} of {counted(executions, 'time')}"
    return f"Shown {shown} of {counted(executions, 'time')}: flaky"


def _no_script(artefact: Artefact | None, *, is_full: bool) -> str:
    if artefact is None:
        return "the record holds no scenario of it"
    if artefact.can_be_scripted:
        if not is_full:
            return "the page shows scripts of the first discrepancies only"
        return "it is too long for this page; cartfuzz report writes it into discrepancies/"
    return plain(artefact.no_script_reason) or "only the model can decide what is wrong here"
