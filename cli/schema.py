"""``cartfuzz schema``: prints the JSON Schema of what Cartfuzz writes for programs, or reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import click

from ..analysis import Comparison, Summary
from ..analysis.history import History
from ..analysis.run_status import RunStatus
from ..harness import configuration_schema
from ..harness.effective import EffectiveConfiguration
from ..record import Event
from ..reports.schemas import file_name, schema_text
from ..reports.side_by_side import SideBySideDocument
from .baseline import BaselineResult
from .check import CheckResult
from .ci import CiResult
from .clean import CleanResult
from .explain import Explanation
from .listing import Listed, print_list
from .replay import ReplayResult
from .rules import RuleList
from .serve import FaultList


@dataclass(frozen=True, slots=True)
class Published:
    """One JSON document, or line, for programs."""

    described: str
    """What holds it, for people."""
    text: Callable[[], str]
    """Makes its schema."""
    file_name: str
    """Of its schema in ``docs/schemas``."""


def _written(name: str, kind: Any, described: str) -> tuple[str, Published]:
    return name, Published(described, partial(schema_text, name, kind), file_name(name))


PUBLISHED: Mapping[str, Published] = dict(
    (
        _written("summary", Summary, "summary.json, cartfuzz run --json"),
        _written("events", Event, "one line of events.ndjson"),
        _written("status", RunStatus, "the file of cartfuzz run --status-file"),
        _written("diff", Comparison, "diff.json, cartfuzz diff --json"),
        _written("compare", SideBySideDocument, "compare.json, cartfuzz compare --json"),
        _written("ci", CiResult, "cartfuzz ci --json"),
        _written("check", CheckResult, "cartfuzz check --json"),
        _written("replay", ReplayResult, "cartfuzz replay --json"),
        _written("clean", CleanResult, "cartfuzz clean --json"),
        _written("baseline", BaselineResult, "cartfuzz baseline accept, check and prune --json"),
        _written("history", History, "cartfuzz history --json"),
        _written("rules", RuleList, "cartfuzz rules --json"),
        _written("explain", Explanation, "cartfuzz explain --json"),
        _written("faults", FaultList, "cartfuzz serve --list-faults --json"),
        _written("effective", EffectiveConfiguration, "cartfuzz config show --json"),
        (
            "configuration",
            Published(
                "cartfuzz.toml, which is read",
                configuration_schema.schema_text,
                configuration_schema.FILE_NAME,
            ),
        ),
    )
)
"""By name, all that programs read of Cartfuzz, and the configuration, which it reads itself."""


@click.command("schema")
@click.argument("name", required=False, type=click.Choice(list(PUBLISHED)))
def command(name: str | None) -> None:
    """Print the JSON Schema NAME, or list all of them.

    In a pipe each of the list is one line, with tabs between name, file and what it describes.
    """
    if name is not None:
        click.echo(PUBLISHED[name].text(), nl=False)
        return
    listed = (Listed(one, found.described, (found.file_name,)) for one, found in PUBLISHED.items())
    print_list(listed, "The JSON Schemas")
