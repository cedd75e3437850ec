"""Defines the releases of the current contract: what came when.

The current API changes several times a month. `ContractVersion.CURRENT` means its newest release
that is known here; a deployment that is older names its own (`Environment.since`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from .errors import ConfigurationError


class Release(NamedTuple):
    """A release of the current API, as the official SDKs number them. Later ones are greater."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}.{self.number:02}"


class Addition(StrEnum):
    """Something that a release of the current API added, by its name on the wire."""

    UPDATE_COUNT = "updateCount"
    EXPERIMENTS = "experimentVariantAllocations"
    ADVANCED_EVENT = "advancedEvent"
    KEYED_RETURNS = "Idempotency-Key of a return"
    CAMPAIGN_ELIGIBILITY = "campaignEligibility"
    ITEM_COST_TOTAL = "cartItemAdditionalCostTotal"
    """And with it the total as the sum of three (RESP-09)."""
    ACHIEVEMENTS = "achievements"
    KEYED_WRITES = "Idempotency-Key of an update or a reopen"
    UNLOCKED_REWARDS = "unlockedRewards"


ADDED: Mapping[Addition, Release] = {
    Addition.UPDATE_COUNT: Release(26, 1),
    Addition.EXPERIMENTS: Release(26, 3),
    Addition.ADVANCED_EVENT: Release(26, 4),
    Addition.KEYED_RETURNS: Release(26, 7),
    Addition.CAMPAIGN_ELIGIBILITY: Release(26, 9),
    Addition.ITEM_COST_TOTAL: Release(26, 11),
    Addition.ACHIEVEMENTS: Release(26, 12),
    Addition.KEYED_WRITES: Release(26, 15),
    Addition.UNLOCKED_REWARDS: Release(26, 17),
}
"""The first release with each addition (history of the official Ruby SDK)."""

OLDEST_RELEASE = Release(26, 1)
"""January 2026. What came before is not known here."""
NEWEST_RELEASE = Release(26, 17)
"""August 2026: what ``current`` means where nothing else is configured."""
_FORM = re.compile(r"([0-9]{2})\.([0-9]{2})", re.ASCII)


def all_releases() -> tuple[Release, ...]:
    """All releases that are known, the oldest first: all are of one year."""
    year, first = OLDEST_RELEASE
    return tuple(Release(year, number) for number in range(first, NEWEST_RELEASE.number + 1))


def read_release(where: str, text: str) -> Release:
    """The release that ``text`` names, such as ``"26.03"``.

    Args:
        where: the key, for errors.
        text: the year, a dot, the number of the release in two digits each.

    Raises:
        ConfigurationError: it names no release that is known.
    """
    form = _FORM.fullmatch(text)
    release = Release(int(form[1]), int(form[2])) if form else None
    if release is None or not OLDEST_RELEASE <= release <= NEWEST_RELEASE:
        raise ConfigurationError(
            where,
            expected=f'a release from "{OLDEST_RELEASE}" to "{NEWEST_RELEASE}"',
            found=f'"{text}"',
        )
    return release


def lacking(release: Release) -> frozenset[str]:
    """The names of what later releases than ``release`` added."""
    return frozenset(addition.value for addition, first in ADDED.items() if first > release)
