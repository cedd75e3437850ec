"""The chart of how the times of two runs compare."""

from __future__ import annotations

from collections.abc import Iterable

import altair as alt
from markupsafe import Markup

from ...analysis import LatencyChange
from .svg import chart_svg

_WIDTH = 560
_SHAPES = {"median": "circle", "95 %": "square"}
_COLOURS = {"median": "var(--c-1)", "95 %": "var(--c-2)"}


def latency_chart(changes: Iterable[LatencyChange]) -> Markup:
    """The ratio of median and 95th percentile of each operation, with its interval."""
    shown = [
        (one.operation, which, change)
        for one in changes
        for which, change in (("median", one.median), ("95 %", one.p95))
        if change is not None
    ]
    if not shown:
        return Markup("")
    rows = [
        {
            "operation": operation,
            "which": which,
            "low": change.low,
            "ratio": change.ratio,
            "high": change.high,
        }
        for operation, which, change in shown
    ]
    most = max(2.0, *(max(change.high, 1 / change.low) for _, _, change in shown))
    scale = alt.Scale(type="log", domain=[1 / most, most])
    title = "times as long as before (logarithmic): left of 1 is faster, right is slower"
    y = alt.Y("operation:N", title=None, sort=None, axis=alt.Axis(labelFontSize=13, ticks=False))
    base = alt.Chart({"values": rows}).encode(
        y=y,
        yOffset=alt.YOffset("which:N", sort=list(_SHAPES)),
        color=alt.Color(
            "which:N",
            legend=None,
            scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
        ),
    )
    x = alt.X("low:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5, format=".2~f"))
    spans = base.mark_rule(strokeWidth=3, aria=False).encode(x=x, x2="high:Q")
    shapes = alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values()))
    points = base.mark_point(size=70, filled=True, opacity=1).encode(
        x=alt.X("ratio:Q", scale=scale),
        shape=alt.Shape("which:N", legend=None, scale=shapes),
    )
    one = (
        alt.Chart({"values": [{"one": 1}]})
        .mark_rule(strokeDash=[4, 3], color="var(--line-strong)", aria=False)
        .encode(x=alt.X("one:Q", scale=scale))
    )
    height = 44 * len({operation for operation, _, _ in shown})
    return chart_svg(
        (one + spans + points).properties(width=_WIDTH, height=height),
        key="latency-ratio",
        label="How many times as long responses took as before, by operation",
    )
