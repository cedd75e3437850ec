"""Tests how error messages describe a wrong value."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.sandbox.values import describe

DESCRIPTIONS = [
    (None, "null or nothing"),
    (True, "true"),
    (-7, "-7"),
    (1.5, "1.5"),
    (10**400, "an integer of 401 digits"),
    ("paused", '"paused"'),
    ("", "a string of 0 characters"),
    ("/etc/shop.conf", "a string of 14 characters"),
    ("\ud800", "a string of 1 characters"),
    ([1, 2], "a list of 2 elements"),
    ({"name": 1}, "an object of 1 members"),
]


@pytest.mark.parametrize(("value", "description"), DESCRIPTIONS)
def test_descriptions(value: Any, description: str) -> None:
    """Numbers, literals and single words are shown in full, other values by type and size."""
    assert describe(value) == description
