"""What a check is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...record import CheckName
from ..judged_response import Finding, JudgedResponse


@dataclass(frozen=True, slots=True)
class Check:
    """A property that every response must have."""

    name: CheckName
    """The name under which its findings are reported, unless they have one of their own."""
    run: Callable[[JudgedResponse], Iterable[Finding]]
    """Returns what is wrong with a response."""
