"""Types of option values that click does not have."""

from __future__ import annotations

import re
import sys

import click

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Duration(click.ParamType[float]):
    """A time such as ``50ms``, ``30s``, ``10m`` or ``1.5h``, as seconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|[smh])", str(value), re.ASCII)
        seconds = float(match[1]) * _UNITS[match[2]] if match else 0.0
        if not 0 < seconds < float("inf"):
            self.fail(
                f"expected a duration above zero such as 30s, 10m or 1h, found {value!r}",
                param,
                ctx,
            )
        return seconds


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
