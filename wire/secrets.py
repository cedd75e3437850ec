"""What opens a target and must never be shown: one value that goes where requests are made."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TargetSecrets:
    """The secrets of one target. They go into requests and nowhere else; no `repr` shows them.

    Attributes:
        api_key: sent in the Authorization header.
        headers: further header lines whose values are secret, as name and value; sent with each
            request.
    """

    api_key: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
