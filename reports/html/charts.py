"""The charts of a run: latency by operation and over time, and the discovery curve."""

from __future__ import annotations

from collections.abc import Mapping

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
    y = alt.Y("operation:N", title=None, sort=None, axis=alt.Axis(labelFontSize=13, ticks=False))
    spans = (
        alt.Chart({"values": rows})
        .mark_rule(color="var(--line-strong)", strokeWidth=2, aria=False)
        .encode(x=_x_ms("from"), x2="to:Q", y=y)
    )
    marks = (
        alt.Chart({"values": points})
        .mark_point(size=90, filled=True, opacity=1)
        .encode(
            x=_x_ms("ms"),
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
    chart = (
        alt.Chart({"values": values})
        .mark_line(strokeWidth=2, interpolate="monotone")
        .encode(
            x=alt.X("sec:Q", title="seconds since the start", axis=alt.Axis(grid=False)),
            y=alt.Y(
                "ms:Q", title=_MILLISECONDS, scale=alt.Scale(type="log"), axis=alt.Axis(tickCount=4)
            ),
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
    x = alt.X("requests:Q", title="requests", axis=alt.Axis(format=",d", grid=False, tickCount=6))
    base = alt.Chart({"values": values})
    seen = base.mark_area(
        color="var(--c-1)",
        fillOpacity=0.12,
        line={"color": "var(--c-1)", "strokeWidth": 2},
        aria=False,
    ).encode(
        x=alt.X("requests:Q", title=None, axis=alt.Axis(labels=False, ticks=False, grid=False)),
        y=alt.Y("behaviours:Q", title="different behaviours", axis=alt.Axis(tickCount=4)),
    )
    chance = base.mark_line(color="var(--c-2)", strokeWidth=2, aria=False).encode(
        x=x,
        y=alt.Y("chance:Q", title="chance of a new one", axis=alt.Axis(format=".0%", tickCount=3)),
    )
    return chart_svg(
        alt.vconcat(
            seen.properties(width=_WIDTH, height=170),
            chance.properties(width=_WIDTH, height=90),
            spacing=12,
        ),
        key="discovery",
        label="Different behaviours seen, and the chance of a new one, by requests sent",
    )


def _x_ms(field: str) -> alt.X:
    return alt.X(
        f"{field}:Q", title=_MILLISECONDS, scale=alt.Scale(type="log"), axis=alt.Axis(tickCount=5)
    )


def _by_name(by_name: Mapping[str, object]) -> alt.Scale:
    return alt.Scale(domain=list(by_name), range=list(by_name.values()))
