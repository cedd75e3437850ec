"""The schemas of others that reports are held against; tests/data/schemas has their sources."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import xmlschema

_FOLDER = Path(__file__).parents[1] / "data" / "schemas"


@cache
def junit() -> xmlschema.XMLSchema:
    """What Jenkins takes as JUnit."""
    return xmlschema.XMLSchema(_FOLDER / "junit-10.xsd")


@cache
def sarif() -> jsonschema_rs.Validator:
    """SARIF 2.1.0, its formats of dates and addresses included."""
    schema = _json(_FOLDER / "sarif-2.1.0-rtm.5.json")
    # Its pattern has a bracket that strict readers of patterns refuse; no report has a language.
    for name in ("run", "toolComponent"):
        del schema["definitions"][name]["properties"]["language"]["pattern"]
    return jsonschema_rs.validator_for(schema, validate_formats=True)


@cache
def har() -> jsonschema_rs.Validator:
    """HAR 1.2, its formats of dates and addresses included."""
    schema = _json(_FOLDER / "har" / "har.json")
    return jsonschema_rs.validator_for(schema, validate_formats=True, retriever=_part_of_har)


def _part_of_har(address: str) -> Any:
    return _json(_FOLDER / "har" / address.rpartition("/")[2].partition("#")[0])


def _json(path: Path) -> Any:
    value = json.loads(path.read_text("utf-8"))
    # The files name themselves by a bare name, which is no address that others could refer to.
    if "$id" in value:
        value["$id"] = f"https://har.example/{value['$id'].rstrip('#')}"
    return value
