"""Checks the declared formats of string attributes, for the dialects that look at them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from ...contract import EXAMPLE_ENVIRONMENT


def attributes_with(text_format: str) -> Mapping[str, Mapping[str, Any]]:
    """The session attributes of the example and one of strings of the JSON Schema format."""
    return {
        **EXAMPLE_ENVIRONMENT.session_attributes,
        "formatted": {"type": "string", "format": text_format},
    }


def fits(value: Any, text_format: str) -> bool:
    """Whether ``value`` is a string of the JSON Schema format ``text_format``."""
    if not isinstance(value, str):
        return False
    try:
        return _validator(text_format).is_valid(value)
    except UnicodeEncodeError:
        return False  # a lone surrogate; no format has one


@cache
def _validator(text_format: str) -> jsonschema_rs.Validator:
    schema = {"type": "string", "format": text_format}
    return jsonschema_rs.validator_for(schema, validate_formats=True)
