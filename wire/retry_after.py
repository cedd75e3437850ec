"""The header line Retry-After (RFC 9110, 10.2.3): seconds, or a date."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_LENGTH = 64
"""Characters; no date is longer, and a number of more digits means for ever."""


def retry_after_sec(value: str, *, date: str = "", now: datetime) -> float | None:
    """The seconds that a Retry-After line asks for; None: it holds neither number nor date.

    Args:
        value: of the line; empty where there is none.
        date: of the Date line of the same answer, whose clock counts; empty: there is none.
        now: by the clock of this machine, where the answer has none; aware of its time zone.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= _MAX_LENGTH else float("inf")
    until = _instant(text)
    if until is None:
        return None
    return max(0.0, (until - (_instant(date.strip()) or now)).total_seconds())


def _instant(text: str) -> datetime | None:
    if not text or len(text) > _MAX_LENGTH:
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
