"""Types of option values that click does not have."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, time, timedelta
from os import PathLike
from pathlib import Path

import click

from ..harness.durations import DURATION, seconds_of
from ..harness.sizes import bytes_of, size_words


class Duration(click.ParamType[float]):
    """A time such as ``50ms``, ``30s``, ``10 min``, ``1h30m`` or ``1d``, as seconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        seconds = seconds_of(str(value))
        if seconds is None:
            self.fail(f"expected {DURATION}, found {value!r}", param, ctx)
        return seconds


class ClockTime(click.ParamType[float]):
    """A time of day such as ``06:00``, or a date and time, as seconds from now."""

    name = "time"

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        self._now = now

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        text, now = str(value).strip(), self._now().astimezone()
        try:
            if "-" in text[1:]:
                seconds = (datetime.fromisoformat(text).astimezone() - now).total_seconds()
            else:
                clock = time.fromisoformat(text)
                at = now.replace(
                    hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0
                )
                seconds = ((at if at > now else at + timedelta(days=1)) - now).total_seconds()
        except ValueError:
            seconds = 0.0
        if seconds <= 0:
            self.fail(
                "expected a time of day such as 06:00, or a date and time that is still to come "
                f"such as 2030-01-31T06:00, found {value!r}",
                param,
                ctx,
            )
        return seconds


class Size(click.ParamType[int]):
    """A number of bytes such as ``500kB``, ``200MB`` or ``1.5 GB``; kB are 1,000 bytes.

    Args:
        least: the smallest one, in bytes.
    """

    name = "size"

    def __init__(self, *, least: int) -> None:
        self._least = least

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if isinstance(value, int):
            return value
        size = bytes_of(str(value)) or 0
        if size < self._least:
            self.fail(f"expected {size_words(self._least)}, found {value!r}", param, ctx)
        return size


class NamedPath(click.Path):
    """A path of at least one character: an empty one would be the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self,
        value: str | PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | PathLike[str]:
        if isinstance(value, str) and not value.strip():
            self.fail(
                "expected a path, found an empty text; is the variable set that it comes from?",
                param,
                ctx,
            )
        return super().convert(value, param, ctx)


class NamedPlace(click.ParamType[str]):
    """A folder or a URL, as `NamedPath` of at least one character."""

    name = "place"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        place = str(value)
        if not place.strip():
            self.fail(
                "expected a folder or redis://HOST:PORT/DB, found an empty text; is the variable "
                "set that it comes from?",
                param,
                ctx,
            )
        return place


class WholeNumber(click.IntRange):
    """A whole number within bounds."""

    name = "whole number"


class OneOf(click.Choice[str]):
    """One of a few names, of an option that may be repeated."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        names = [part.strip() for part in value.split(",")]
        if len(names) > 1 and param is not None:
            option = param.opts[0]
            repeated = " ".join(f"{option} {name}" for name in names)
            self.fail(f"expected one name, found {value!r}; repeat the option: {repeated}", param)
        chosen: str = super().convert(value, param, ctx)
        return chosen


class PositiveNumber(click.ParamType[float]):
    """A finite number above 0.

    Args:
        most: the largest one; None: any.
    """

    name = "number"

    def __init__(self, most: float | None = None) -> None:
        self._most = most

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            number = float(str(value))
        except ValueError:
            number = 0.0
        if not 0 < number <= (self._most or sys.float_info.max):
            limit = "" if self._most is None else f", at most {self._most:g}"
            self.fail(f"expected a number above 0{limit}, found {value!r}", param, ctx)
        return number
