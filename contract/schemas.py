"""Reads the JSON Schemas of the request and response entities, which are package data."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from .releases import NEWEST_RELEASE, Release, lacking
from .versions import ContractVersion


class Entity(StrEnum):
    """An entity of the contract that requests or responses are validated against.

    The values are the documented names.
    """

    INTEGRATION_REQUEST = "IntegrationRequest"
    NEW_CUSTOMER_SESSION = "NewCustomerSessionV2"
    CART_ITEM = "CartItem"

    RETURN_REQUEST = "ReturnIntegrationRequest"

    INTEGRATION_STATE = "IntegrationStateV2"
    SESSION_RESPONSE = "IntegrationCustomerSessionResponse"
    REOPEN_RESPONSE = "ReopenSessionResponse"
    ERROR_RESPONSE = "ErrorResponse"
    """Of a 400."""
    ERROR_WITH_STATUS = "ErrorResponseWithStatus"
    """Of any other refusal; it requires no member."""


@cache
def _entities(version: ContractVersion, release: Release) -> dict[str, Any]:
    text = files(__package__).joinpath("data", f"entities-{version.value}.json").read_text("utf-8")
    entities: dict[str, Any] = json.loads(text)["$defs"]
    unknown = lacking(release)
    return _without(entities, unknown) if unknown else entities


def _without(part: Any, names: frozenset[str]) -> Any:
    """``part`` of a schema without the members and values that have one of ``names``."""
    if isinstance(part, dict):
        return {name: _without(value, names) for name, value in part.items() if name not in names}
    if isinstance(part, list):
        return [
            _without(value, names)
            for value in part
            if not (isinstance(value, str) and value in names)
        ]
    return part


def schema(
    version: ContractVersion, entity: Entity, release: Release = NEWEST_RELEASE
) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ``entity``, with everything that it refers to.

    Args:
        version: the version of the contract.
        entity: the entity.
        release: of `current`, the release; 2.5.1 has none.

    Raises:
        KeyError: ``version`` has no such entity (ReopenSessionResponse in 2.5.1).
    """
    entities = _entities(version, release)
    if entity.value not in entities:
        raise KeyError(f"contract {version.value} has no entity {entity.value}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{entity.value}",
        "$defs": entities,
    }
