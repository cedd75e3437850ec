"""The HTML report of one run: its content is a function of summary and reproducers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import msgspec

from ...analysis import RunReproducers, Summary
from ...record import RunStarted
from ...record.events import Observed
from ..clean_file import write_clean
from ..plain import plain
from ..unknown_codes import unknown_codes_text
from ..wording import counted, duration, marks, parts_line
from .access_facts import access_facts
from .cards import Card, cards_of
from .charts import discovery_chart, latency_by_operation, latency_over_time
from .coverage import SIDES, boundaries_of, families_of, untested_by_remedy
from .harmless import block
from .page import rendered
from .scripts import common_texts
from .state_picture import state_picture
from .state_view import EdgeKind, edges_of, heat_map_of
from .verdict import Fact, verdict_of

MAX_OBSERVATIONS = 2_000
_MAX_ENVIRONMENT = 20_000
MAX_REASONS = 100
MAX_MUTED = 500


def write_html(summary: Summary, found: RunReproducers, path: Path) -> None:
    """Writes the report of a run to ``path``, a file in its folder.

    A reader finds the old file or the new one, never a part.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    page = run_page(summary, found, path.parent.absolute())
    write_clean(path, page.encode())


def run_page(summary: Summary, found: RunReproducers, folder: Path) -> str:
    """The report of a run as one HTML document that needs nothing else.

    Args:
        summary: of the run.
        found: its scenarios.
        folder: where its record is, for command lines.
    """
    cards, known = cards_of(summary, found, folder)
    edges = edges_of(summary)
    return rendered(
        "run.html.jinja",
        summary=summary,
        verdict=verdict_of(summary, cards),
        cards=cards,
        known=known,
        not_seen=_entries_not_seen(summary),
        kinds=tuple(dict.fromkeys(card.standing for card in cards)),
        card_rules=sorted({card.rule.id for card in cards}),
        heat_map=heat_map_of(summary),
        edges=edges,
        edge_kinds=[kind for kind in EdgeKind if any(edge.kind is kind for edge in edges)],
        state_picture=state_picture(edges) if summary.transitions else "",
        families=families_of(summary),
        sides=SIDES,
        boundaries=boundaries_of(summary),
        reasons=[(plain(reason), count) for reason, count in _reasons(summary)],
        unknown_codes=unknown_codes_text(summary),
        remedies=tuple(untested_by_remedy(summary)),
        by_operation=latency_by_operation(summary.latency) if summary.latency.operations else "",
        over_time=latency_over_time(summary.latency) if len(summary.latency.timeline) > 1 else "",
        discovery=discovery_chart(summary.discovery_curve, summary.found)
        if len(summary.discovery_curve) > 1
        else "",
        observed=tuple(_observed(summary)),
        max_observed=MAX_OBSERVATIONS,
        max_muted=MAX_MUTED,
        observed_total=len(summary.observations),
        settings=tuple(_settings(summary, found.started)),
        environment=_environment(summary),
        common=common_texts(),
        exact=exact_scripts((*cards, *known)),
        counted=counted,
        duration=duration,
    )


def exact_scripts(cards: Iterable[Card]) -> dict[str, str]:
    """By the name that its button has, each text to copy that the page does not show as it is."""
    exact: dict[str, str] = {}
    for card in cards:
        texts = {script.tool: script.exact for script in card.scripts}
        lines = {"replay": card.replay_line, "serve": card.serve_line}
        for name, text in {**texts, **lines, "ticket": card.ticket_text}.items():
            if text:
                exact[f"{card.bug.signature}-{name}"] = text
    return exact


def _entries_not_seen(summary: Summary) -> int:
    """Entries of the baseline that the run did not show."""
    seen = {name for bug in summary.found for name in bug.signatures}
    seen |= {one.signature for one in summary.muted}
    return len(summary.baseline.keys() - seen)


def _reasons(summary: Summary) -> list[tuple[str, int]]:
    return sorted(summary.inconclusive.items(), key=lambda item: -item[1])[:MAX_REASONS]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedRule:
    """What the target did where one rule leaves it open, or is only observed."""

    id: str
    statement: str
    rows: tuple[Observed, ...]


def _observed(summary: Summary) -> Iterator[ObservedRule]:
    rules = summary.catalogue
    shown = sorted(summary.observations, key=lambda one: (one.rule, -one.count, one.situation))
    for rule_id, rows in groupby(shown[:MAX_OBSERVATIONS], key=lambda one: one.rule):
        rule = rules.get(rule_id)
        statement = rule.statement if rule is not None else ""
        yield ObservedRule(id=plain(rule_id), statement=statement, rows=tuple(rows))


def _settings(summary: Summary, started: RunStarted) -> Iterator[Fact]:
    for name, totals in summary.phases.items():
        of = summary.sweeps.get(name)
        swept = f" of {of:,} in its sweep" if of else ""
        yield Fact(
            label=f"Phase {plain(name)}",
            value=f"{totals.scenarios:,} scenarios{swept}, {totals.requests:,} requests",
        )
    minimised = summary.minimisation
    yield Fact(
        label="Minimisation",
        value=f"{minimised.scenarios:,} more executions, {minimised.requests:,} more requests",
    )
    yield Fact(label="Workers", value=str(started.workers))
    rate = "no bound" if started.rps is None else f"{started.rps:g} requests a second at most"
    yield Fact(label="Rate", value=rate)
    if started.timeout_sec is not None:
        yield Fact(label="Timeout of a request", value=f"{started.timeout_sec:g} s")
    if started.allow_hosts:
        yield Fact(label="Allowed hosts", value=plain(", ".join(started.allow_hosts)))
    yield from access_facts(started.access)
    if started.api_key_file:
        yield Fact(label="API key", value=f"from the file {plain(started.api_key_file)}")
    elif started.api_key_keyring:
        yield Fact(label="API key", value=f"from the keyring, {plain(started.api_key_keyring)}")
    elif started.api_key_env:
        yield Fact(label="API key", value=f"from the variable {plain(started.api_key_env)}")
    yield Fact(label="Marks of its sessions", value=f"begin with {marks(summary)}")
    if parts := parts_line(summary):
        yield Fact(label="Parts of the run", value=parts)
    if summary.sandbox is not None:
        faults = ", ".join(summary.sandbox.faults) or "none"
        yield Fact(label="Faults of the sandbox", value=plain(faults, longest=4_000))
    if summary.baseline:
        yield Fact(label="Baseline", value=counted(len(summary.baseline), "entry", "entries"))


def _environment(summary: Summary) -> str:
    values = msgspec.to_builtins(summary.environment)
    return block(json.dumps(values, indent=2, ensure_ascii=False), longest=_MAX_ENVIRONMENT)
