"""Defines two lawful targets that decide every open point of the contract in opposite ways.

Every discrepancy that an oracle reports on either is a false alarm. An open point on which an
oracle observes the same outcome of both is one that it does not observe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from ..contract import Environment, UnknownCodes
from .dialects import DIALECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A combination of lawful dialects."""

    name: str
    summary: str
    names: tuple[str, ...]
    """The names of its dialects, for all contract versions."""

    def environment(self, base: Environment) -> Environment:
        """``base`` with unknown codes unspecified, because the strict profile refuses them."""
        return msgspec.structs.replace(base, unknown_codes=UnknownCodes.UNSPECIFIED)

    def dialects(self, environment: Environment) -> tuple[str, ...]:
        """The names of the dialects that exist in ``environment``."""
        return tuple(name for name in self.names if DIALECTS[name].exists_in(environment))


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="strict",
            summary="Refuses what it may refuse; stores and shows only what it must.",
            names=(
                "RefusesNulls",
                "RefusesUnknownProperties",
                "RefusesOddPrices",
                "RefusesComputedFields",
                "RefusesOddLists",
                "RefusesUnknownCodes",
                "RefusesUnknownExperiments",
                "RefusesLongProfiles",
                "RefusesKeysOfOtherBodies",
                "RefusesKeysPast255",
                "KnowsDeclaredAttributesOnly",
                "RefusesOddIds",
                "RefusesOddReturns",
                "ReplacesAttributes",
                "ReplacesSurrogates",
                "CancelsWhenAllIsReturned",
                "CancelsWithoutStoring",
                "GivesConditionsAsReasons",
                "RejectsWithoutHolders",
                "RefusesParallelUpdates",
                "CountsUpdatesOnly",
                "DryAnswersShowThePayload",
                "RefusesUnknownCampaigns",
                "KeepsTimeInSeconds",
                "Answers400ForUnknownSessions",
                "WritesTheErrorVariant",
            ),
        ),
        Profile(
            name="lenient",
            summary="Accepts what it may accept, and shows every field.",
            names=(
                "ClearsOnNull",
                "IgnoresUpdatesOfFrozenSessions",
                "ReopensPartlyReturned",
                "CountsTheFirstIdentifierOnly",
                "GivesCodesBackWithAnyReturn",
                "OpenSessionsIgnoreLimits",
                "OpenSessionsListPoints",
                "TrimsCodesForCampaigns",
                "ReturnsItemsWhole",
                "AcceptsIntegralFloats",
                "ChecksTypesOfAttributesOnly",
                "DryUpdatesIgnoreTheState",
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
"""The profiles by name."""
