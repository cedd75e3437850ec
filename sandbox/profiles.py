"""Two whole targets that decide every point the contract leaves open in opposite ways.

Both are lawful. What an oracle reports on either is a false alarm; what it cannot tell apart it
does not see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from ..contract import Environment, UnknownCodes
from .dialects import DIALECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A fixed combination of lawful dialects."""

    name: str
    summary: str
    names: tuple[str, ...]
    """Its dialects, over all contract versions."""

    def environment(self, base: Environment) -> Environment:
        """``base`` without the one promise that a profile may not keep: that codes are taken."""
        return msgspec.structs.replace(base, unknown_codes=UnknownCodes.UNSPECIFIED)

    def dialects(self, environment: Environment) -> tuple[str, ...]:
        """The dialects that can be spoken in ``environment``."""
        return tuple(
            name
            for name in self.names
            if environment.contract in DIALECTS[name].versions
            and DIALECTS[name].changes.get("flattening", environment.flattening)
            == environment.flattening
        )


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="strict",
            summary="Refuses what it may refuse, keeps and shows no more than it must.",
            names=(
                "RefusesNulls",
                "RefusesUnknownProperties",
                "RefusesOddPrices",
                "RefusesComputedFields",
                "RefusesOddLists",
                "RefusesUnknownCodes",
                "RefusesOddIds",
                "RefusesOddReturns",
                "ReplacesAttributes",
                "ReplacesSurrogates",
                "CancelsWhenAllIsReturned",
                "CancelsWithoutStoring",
                "CountsUpdatesOnly",
                "DryAnswersShowThePayload",
                "KeepsTimeInSeconds",
                "Answers400ForUnknownSessions",
                "WritesTheErrorVariant",
            ),
        ),
        Profile(
            name="lenient",
            summary="Takes what it may take, and shows all it has.",
            names=(
                "ClearsOnNull",
                "IgnoresUpdatesOfFrozenSessions",
                "ReopensPartlyReturned",
                "ReturnsItemsWhole",
                "AcceptsIntegralFloats",
                "ChecksTypesOfAttributesOnly",
                "MergesCosts",
                "CountsItemCostsInside",
                "SumsInBinary",
                "TotalsShrinkAfterReturns",
                "HasBuiltInAttributes",
                "ShowsEverything",
            ),
        ),
    )
}
"""Each profile by its name."""
