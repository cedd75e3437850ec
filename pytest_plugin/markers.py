"""Reads the marker ``@pytest.mark.cartfuzz(rule=RULE-ID)`` of a test."""

from __future__ import annotations

import pytest

_NAME = "cartfuzz"


def check_markers(item: pytest.Item) -> None:
    """Fails ``item`` if its marker is not well-formed; hands the rule to pytest's JUnit file."""
    for marker in item.iter_markers(_NAME):
        rule = marker.kwargs.get("rule")
        if not isinstance(rule, str) or marker.args or len(marker.kwargs) != 1:
            pytest.fail(
                f"{item.nodeid}: expected @pytest.mark.cartfuzz(rule=RULE-ID), "
                f"found the arguments {marker.args!r} and {marker.kwargs!r}",
                pytrace=False,
            )
        item.user_properties.append(("cartfuzz_rule", rule))


def rules_of(item: pytest.Item) -> frozenset[str]:
    """The IDs of the rules that ``item`` is marked with."""
    rules = (marker.kwargs.get("rule") for marker in item.iter_markers(_NAME))
    return frozenset(rule for rule in rules if isinstance(rule, str))
