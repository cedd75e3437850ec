"""The JSON Schemas of what Cartfuzz writes for programs: ``summary.json`` and run records."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from ..analysis import Comparison, Summary
from ..analysis.run_status import RunStatus
from ..record import FORMAT, Event

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Schema(StrEnum):
    """What a schema describes."""

    SUMMARY = "summary"
    """``summary.json``."""
    EVENTS = "events"
    """One line of ``events.ndjson``."""

    DIFF = "diff"
    """What ``cartfuzz diff --json`` writes."""
    STATUS = "status"
    """The file that ``cartfuzz run --status-file`` names."""

    @property
    def file_name(self) -> str:
        """Of the published schema; the version is part of it: ``summary-1.schema.json``."""
        return f"{self.value}-{FORMAT}.schema.json"


def schema_of(what: Schema) -> dict[str, Any]:
    """The schema of the present version.

    It leaves further members open: a program that keeps to it reads what a later Cartfuzz writes
    in the same version.
    """
    kinds: dict[Schema, Any] = {
        Schema.SUMMARY: Summary,
        Schema.EVENTS: Event,
        Schema.DIFF: Comparison,
        Schema.STATUS: RunStatus,
    }
    identity = f"urn:cartfuzz:{what.value}:{FORMAT}"
    return {"$schema": _DIALECT, "$id": identity, **_open(msgspec.json.schema(kinds[what]))}


def _open(schema: Any) -> Any:
    """``schema`` without the bans on further members that the reader of configuration files has."""
    if isinstance(schema, list):
        return [_open(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _open(value)
        for name, value in schema.items()
        if not (name == "additionalProperties" and value is False)
    }


def schema_text(what: Schema) -> str:
    """The schema as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(schema_of(what)), indent=2).decode() + "\n"
