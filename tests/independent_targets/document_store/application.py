"""What the application of this target has configured, and which values an attribute takes."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field

_NUMBER = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))", re.ASCII
)


@dataclass(frozen=True)
class Code:
    """A coupon or a referral, or many alike: ``{n}`` in its text is a number.

    ``number`` is its campaign's in effects. Limits of 0 are none. ``base`` is the name of the
    total that a rate applies to.
    """

    kind: str
    text: str
    number: int
    campaign: str = ""
    first: int = 0
    last: int = 0
    limit: int = 0
    per_profile: int = 0
    rate: float = 0
    base: str = "total"
    amount: float = 0
    item_rate: float = 0

    def key(self, text: str, folds: bool) -> str | None:
        """The code as it is kept where the text names it, else None."""
        mine, its = (self.text.lower(), text.lower()) if folds else (self.text, text)
        before, pattern, after = mine.partition("{n}")
        if not pattern:
            return self.text if mine == its else None
        number = its.removeprefix(before).removesuffix(after)
        if its != before + number + after or not _NUMBER.fullmatch(number):
            return None
        is_there = self.first <= int(number) <= self.last
        return self.text.replace("{n}", number) if is_there else None


@dataclass(frozen=True)
class Budget:
    """The most that a campaign may give; per ``campaign``, ``profile`` or ``identifier``.

    ``counts`` is ``redemptions`` or ``discount``.
    """

    campaign: str
    per: str
    counts: str
    limit: float


@dataclass(frozen=True)
class Points:
    """Points for each unit of the total."""

    each: float
    name: str


@dataclass(frozen=True)
class Application:
    """The declarations of one application.

    An attribute's kind is ``string number integer boolean time``, one of these in
    ``(list ...)``, or the tuple of the texts that it takes. A cost is declared for ``session``,
    ``item`` or ``both``.
    """

    api_key: str
    contract: str = "2.5.1"
    flattening: bool = False
    session_attributes: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    item_attributes: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    costs: dict[str, str] = field(default_factory=dict)
    codes: tuple[Code, ...] = ()
    folds: bool = False
    budgets: tuple[Budget, ...] = ()
    points: tuple[Points, ...] = ()

    @property
    def current(self) -> bool:
        """Whether it speaks the newest version."""
        return self.contract == "current"

    @property
    def flattens(self) -> bool:
        """Whether each unit of an item is one of its own."""
        return self.current or self.flattening


def is_number(value: object) -> bool:
    """Whether it is a JSON number; ``true`` and ``false`` are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_time(value: object) -> bool:
    """Whether it is a date and time as RFC 3339 writes it, a leap second included."""
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    offset_hour, offset_minute = (int(part or 0) for part in found.groups()[6:])
    # The calendar module knows no year 0; year 4 is a leap year as well.
    return (
        1 <= month <= 12
        and 1 <= day <= calendar.monthrange(year or 4, month)[1]
        and hour <= 23
        and minute <= 59
        and second <= 60
        and offset_hour <= 23
        and offset_minute <= 59
    )


def fits(value: object, kind: str | tuple[str, ...]) -> bool:
    """Whether an attribute of this kind takes the value."""
    if isinstance(kind, tuple):
        return isinstance(value, str) and value in kind
    if kind.startswith("(list "):
        inner = kind.removeprefix("(list ").removesuffix(")")
        return isinstance(value, list) and all(fits(member, inner) for member in value)
    if kind == "number":
        return is_number(value)
    if kind == "integer":
        return is_number(value) and (not isinstance(value, float) or value.is_integer())
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "time":
        return is_time(value)
    return isinstance(value, str)
