"""Names the versions of the contract that Cartfuzz knows."""

from __future__ import annotations

from enum import StrEnum


class ContractVersion(StrEnum):
    """One published version of the Integration API.

    The values are the names in the configuration and on the command line.
    """

    V2_5_1 = "2.5.1"
    """The API as the Ruby SDK talon_one.rb 2.5.1 describes it (June 2022). The default."""

    CURRENT = "current"
    """The API as the official SDKs of 2026 describe it, in release 26.17 (August 2026) unless
    `Environment.since` names an older one."""
