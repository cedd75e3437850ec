"""The charts of a run: latency by operation and over time, and the discovery curve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil, floor, log10
from typing import TypeVar

import altair as alt
from markupsafe import Markup

from ...analysis import DiscoveryPoint, Latency
from .svg import chart_svg

_WIDTH = 640
_PERCENTILES = {"median": 50.0, "95 %": 95.0, "99 %": 99.0}
_SHAPES = {"median": "circle", "95 %": "square", "99 %": "diamond", "slowest": "triangle-right"}
_DASHES = {"median": [1, 0], "95 %": [6, 3], "slowest": [2, 3]}
_COLOURS = {
    "median": "var(--c-1)",
    "95 %": "var(--c-2)",
    "99 %": "var(--c-4)",
    "slowest": "var(--c-3)",
}
_Range = TypeVar("_Range", str, list[int])
_MILLISECONDS = "milliseconds (logarithmic)"


def latency_by_operation(latency: Latency) -> Markup:
    """Median, 95 %, 99 % and the slowest of each operation on one axis."""
    rows = [
        {"operation": name, "from": histogram.percentile(50), "to": histogram.max_ms}
        for name, histogram in latency.operations.items()
    ]
    points = [
        {"operation": name, "which": which, "ms": histogram.percentile(percent)}
        for name, histogram in latency.operations.items()
        for which, percent in {**_PERCENTILES, "slowest": 100.0}.items()
    ]
    scale, axis = _log_axis(
        ms for one in latency.operations.values() for ms in (one.percentile(50), one.max_ms)
    )
    y = alt.Y("operation:N", title=None, sort=None, axis=alt.Axis(labelFontSize=13, ticks=False))
    spans = (
        alt.Chart({"values": rows})
        .mark_rule(color="var(--line-strong)", strokeWidth=2, aria=False)
        .encode(x=alt.X("from:Q", title=_MILLISECONDS, scale=scale, axis=axis), x2="to:Q", y=y)
    )
    marks = (
        alt.Chart({"values": points})
        .mark_point(size=90, filled=True, opacity=1)
        .encode(
            x=alt.X("ms:Q", title=_MILLISECONDS, scale=scale, axis=axis),
            y=y,
            shape=alt.Shape("which:N", legend=None, scale=_by_name(_SHAPES)),
            color=alt.Color("which:N", legend=None, scale=_by_name(_COLOURS)),
        )
    )
    height = 46 * max(1, len(rows))
    return chart_svg(
        (spans + marks).properties(width=_WIDTH - 60, height=height),
        key="by-operation",
        label="How long responses took, by operation, in milliseconds",
    )


def latency_over_time(latency: Latency) -> Markup:
    """Median, 95 % and the slowest response of each slice of the run."""
    values = [
        {"sec": one.start_sec, "which": which, "ms": ms}
        for one in latency.timeline
        for which, ms in (("median", one.p50_ms), ("95 %", one.p95_ms), ("slowest", one.max_ms))
    ]
    scale, axis = _log_axis(ms for one in latency.timeline for ms in (one.p50_ms, one.max_ms))
    chart = (
        alt.Chart({"values": values})
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X(
                "sec:Q",
                title="seconds since the start",
                axis=alt.Axis(grid=False, tickCount=8),
                scale=alt.Scale(nice=False),
            ),
            y=alt.Y("ms:Q", title=_MILLISECONDS, scale=scale, axis=axis),
            color=alt.Color("which:N", legend=None, scale=_by_name(_COLOURS)),
            strokeDash=alt.StrokeDash("which:N", legend=None, scale=_by_name(_DASHES)),
        )
        .properties(width=_WIDTH, height=200)
    )
    return chart_svg(chart, key="over-time", label="How long responses took, over the run")


def discovery_chart(curve: list[DiscoveryPoint]) -> Markup:
    """Different behaviours by requests, and below it the chance that one more scenario adds one."""
    values = [
        {"requests": one.requests, "behaviours": one.behaviours, "chance": one.chance_of_new}
        for one in curve
    ]
    exact = alt.Scale(nice=False)
    x = alt.X(
        "requests:Q",
        title="requests",
        scale=exact,
        axis=alt.Axis(format=",d", grid=False, tickCount=6),
    )
    base = alt.Chart({"values": values})
    seen = base.mark_area(
        color="var(--c-1)",
        fillOpacity=0.12,
        line={"color": "var(--c-1)", "strokeWidth": 2},
        aria=False,
    ).encode(
        x=alt.X(
            "requests:Q",
            title=None,
            scale=exact,
            axis=alt.Axis(labels=False, ticks=False, grid=False),
        ),
        y=alt.Y("behaviours:Q", title="different behaviours", axis=alt.Axis(tickCount=4)),
    )
    chance = base.mark_line(color="var(--c-2)", strokeWidth=2, aria=False).encode(
        x=x,
        y=alt.Y("chance:Q", title="chance of new", axis=alt.Axis(format=".0%", tickCount=3)),
    )
    return chart_svg(
        alt.vconcat(
            seen.properties(width=_WIDTH, height=170),
            chance.properties(width=_WIDTH, height=110),
            spacing=12,
        ),
        key="discovery",
        label="Different behaviours seen, and the chance of a new one, by requests sent",
    )


def _log_axis(values: Iterable[float | None]) -> tuple[alt.Scale, alt.Axis]:
    """A logarithmic scale around ``values``, with a line for each power of ten and its halves."""
    known = [value for value in values if value] or [1.0]
    low, high = floor(log10(min(known))), max(ceil(log10(max(known))), floor(log10(min(known))) + 1)
    ticks = [step * 10.0**power for power in range(low, high + 1) for step in (1, 3)][:-1]
    shown = [tick for tick in ticks if 0.7 * min(known) <= tick <= 1.5 * max(known)]
    domain = [min([*known, *shown]) * 0.9, max([*known, *shown]) * 1.1]
    scale = alt.Scale(type="log", domain=domain, nice=False)
    return scale, alt.Axis(values=shown, format="~g")


def _by_name(by_name: Mapping[str, _Range]) -> alt.Scale:
    return alt.Scale(domain=list(by_name), range=list(by_name.values()))
