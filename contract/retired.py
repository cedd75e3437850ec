"""The rules that earlier versions had, and what took their place.

Records, baselines and configurations may name them.
"""

from __future__ import annotations

from collections.abc import Mapping

RETIRED_RULES: Mapping[str, str] = {"LIMIT-01": "COUP-02"}
"""To the rule that speaks of the same."""


def present_rule(rule_id: str) -> str:
    """The ID of the rule that ``rule_id`` names today; other IDs stay as they are."""
    return RETIRED_RULES.get(rule_id, rule_id)
