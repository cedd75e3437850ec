"""Defines dialects of times: resolution, offset and text of an instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any

from ...contract import Environment
from ..service import Service
from ..sessions import Session
from .dialect import Area, dialect
from .formats import attributes_with, fits

_TIMES = ("times",)
_TEXT = "RFC 3339, section 5.6"


@dialect(Area.TIMES, "RESP-07", decides=_TIMES)
class KeepsTimeInSeconds(Service):
    """Times have a resolution of one second."""

    def shown_time(self, moment: str) -> str:
        return super().shown_time(moment)[:19] + "Z"


@dialect(Area.TIMES, "RESP-07", source=_TEXT, decides=_TIMES)
class KeepsTimeInMilliseconds(Service):
    """Times have a resolution of one millisecond, as in JavaScript."""

    def shown_time(self, moment: str) -> str:
        return super().shown_time(moment)[:23] + "Z"


@dialect(Area.TIMES, "RESP-07", source=_TEXT, decides=_TIMES)
class WritesSevenDecimals(Service):
    """Seconds have seven decimals, as in .NET."""

    def shown_time(self, moment: str) -> str:
        return super().shown_time(moment).replace("Z", "0Z")


@dialect(Area.TIMES, "RESP-07", source=_TEXT, decides=_TIMES)
class WritesNineDecimals(Service):
    """Seconds have nine decimals, as in Java."""

    def shown_time(self, moment: str) -> str:
        return super().shown_time(moment).replace("Z", "000Z")


@dialect(Area.TIMES, "RESP-07", source=_TEXT, decides=_TIMES)
class CutsZeroDecimals(Service):
    """The decimals of seconds end at the last one that is not zero, as in Go."""

    def shown_time(self, moment: str) -> str:
        return _without_zeros(super().shown_time(moment))


@dialect(Area.TIMES, "RESP-07", source=_TEXT, decides=_TIMES)
class WritesNumericOffset(Service):
    """UTC is +00:00, as Python and PostgreSQL write it."""

    def shown_time(self, moment: str) -> str:
        return super().shown_time(moment).replace("Z", "+00:00")


@dialect(Area.TIMES, "RESP-07", source=_TEXT, decides=_TIMES)
class WritesSmallLetters(Service):
    """The T and the Z of a time are small letters."""

    def shown_time(self, moment: str) -> str:
        return super().shown_time(moment).lower()


@dialect(Area.TIMES, "RESP-07", source=_TEXT, decides=_TIMES)
class WritesOffsetsOfNodes(Service):
    """Times have the offset of whichever node answers: UTC or one hour more."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._answers = count()

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        if next(self._answers) % 2:
            for name in ("created", "updated"):
                shown[name] = _one_hour_east(shown[name])
        return shown


@dialect(Area.TIMES, "RESP-07", source=_TEXT, decides=_TIMES)
class ReadsWriteOtherTimes(Service):
    """An update's answer has +00:00 and six decimals, a read's Z and no zeros at the end."""

    def shown_time(self, moment: str) -> str:
        return super().shown_time(moment).replace("Z", "+00:00")

    def read_content(self, session: Session) -> dict[str, Any]:
        content = super().read_content(session)
        shown = content["customerSession"]
        for name in ("created", "updated"):
            shown[name] = _without_zeros(shown[name].replace("+00:00", "Z"))
        return content


@dialect(Area.TIMES, "RESP-07")
class MovesUpdatedOnChangesOnly(Service):
    """An update that changes nothing leaves the time of the last update as it is."""

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        result = super().apply_update(stored, session_id, data)
        if stored is not None and (result.data, result.state) == (stored.data, stored.state):
            result.updated = stored.updated
        return result


@dialect(
    Area.TIMES,
    "ATTR-01",
    source="RFC 3339: equal as times",
    session_attributes=attributes_with("date-time"),
)
class KeepsAttributeTimesInUtc(Service):
    """A time in an attribute comes back as the same instant in UTC."""

    def attributes(self, value: Any, declared: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        stored = super().attributes(value, declared, pointer)
        times = [
            name
            for name, schema in self.environment.session_attributes.items()
            if schema.get("format") == "date-time"
        ]
        return {
            name: _in_utc(part) if name in times and fits(part, "date-time") else part
            for name, part in stored.items()
        }


def _without_zeros(moment: str) -> str:
    """``moment``, a time in UTC with Z, without zeros at the end of its decimals."""
    seconds, dot, decimals = moment.removesuffix("Z").partition(".")
    decimals = decimals.rstrip("0")
    return f"{seconds}{dot}{decimals}Z" if decimals else f"{seconds}Z"


def _one_hour_east(moment: str) -> str:
    time = datetime.fromisoformat(moment).astimezone(timezone(timedelta(hours=1)))
    return time.isoformat(timespec="microseconds")


def _in_utc(moment: str) -> str:
    """``moment`` as its instant in UTC; a time that Python does not read stays as it is."""
    try:
        time = datetime.fromisoformat(moment.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return moment
    return time.isoformat().replace("+00:00", "Z")
