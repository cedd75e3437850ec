"""The charts of a history: one figure over the runs of a target, in order of their start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import altair as alt
from markupsafe import Markup

from ...analysis.history import HistoryRun
from .svg import chart_svg

_WIDTH = 640
_HEIGHT = 170
_COLOURS = ("var(--c-1)", "var(--c-2)", "var(--c-3)", "var(--c-4)")
_DASHES = ([1, 0], [6, 3], [2, 3], [12, 2])
_MAX_TICKS = 12
SERIES = len(_COLOURS)
"""Lines of one chart at most; more could not be told apart."""
Points = Mapping[str, Sequence[float | None]]
"""By name of a line, its value for each run; None: the run has none."""


def discrepancies_chart(runs: Sequence[HistoryRun], *, key: str) -> Markup:
    """Discrepancies of each run, and those of them that are new."""
    points = {
        "found": [one.run.discrepancies for one in runs],
        "new": [one.new for one in runs],
        "known": [one.run.known for one in runs],
    }
    return _lines(points, key=key, title="discrepancies", label="Discrepancies by run", number="d")


def coverage_chart(runs: Sequence[HistoryRun], *, key: str) -> Markup:
    """Share of the testable rules that were tested, and of the sweeps that were sent."""
    points = {
        "rules tested": [
            one.rules_tested / one.rules_testable if one.rules_testable else None for one in runs
        ],
        "sweeps sent": [one.run.sweep_share for one in runs],
    }
    return _lines(
        points, key=key, title="share", label="Coverage by run", scale=[0, 1], number=".0%"
    )


def speed_chart(runs: Sequence[HistoryRun], *, key: str) -> Markup:
    """Requests a second of each run."""
    points = {"requests a second": [one.rps for one in runs]}
    return _lines(points, key=key, title="requests a second", label="Requests a second by run")


def latency_chart(runs: Sequence[HistoryRun], *, key: str) -> Markup:
    """The time within which 95 % of the responses to each operation came."""
    points = {
        name: [one.latency[name].p95_ms if name in one.latency else None for one in runs]
        for name in operations_of(runs)
    }
    return _lines(
        points, key=key, title="95 % within, ms", label="Latency by run, 95 percent, milliseconds"
    )


def operations_of(runs: Iterable[HistoryRun]) -> list[str]:
    """The operations whose latency some run has, as many as a chart can show."""
    names = dict.fromkeys(name for one in runs for name in one.latency)
    return sorted(names)[:SERIES]


def _lines(
    points: Points,
    *,
    key: str,
    title: str,
    label: str,
    scale: list[float] | None = None,
    number: str = ",~r",
) -> Markup:
    values = [
        {"run": run, "which": name, "value": value}
        for name, line in points.items()
        for run, value in enumerate(line, start=1)
        if value is not None
    ]
    names = list(points)
    count = max((len(line) for line in points.values()), default=1)
    step = -(-count // _MAX_TICKS)
    x = alt.X(
        "run:Q",
        title="run",
        scale=alt.Scale(domain=[1, max(count, 2)], nice=False),
        axis=alt.Axis(grid=False, format="d", values=list(range(1, count + 1, step))),
    )
    axis = alt.Axis(format=number, tickCount=4)
    if number == "d":
        most = max((int(value) for line in points.values() for value in line if value), default=1)
        axis = alt.Axis(format=number, values=list(range(0, most + 1, -(-most // 4))))
    domain = alt.Scale(domain=scale) if scale else alt.Scale(zero=True)
    y = alt.Y("value:Q", title=title, scale=domain, axis=axis)
    base = alt.Chart({"values": values}).encode(
        x=x,
        y=y,
        color=alt.Color(
            "which:N",
            legend=None,
            scale=alt.Scale(domain=names, range=list(_COLOURS[: len(names)])),
        ),
    )
    line = base.mark_line(strokeWidth=2, aria=False).encode(
        strokeDash=alt.StrokeDash(
            "which:N", legend=None, scale=alt.Scale(domain=names, range=list(_DASHES[: len(names)]))
        )
    )
    marks = base.mark_point(filled=True, size=40, opacity=1)
    return chart_svg((line + marks).properties(width=_WIDTH, height=_HEIGHT), key=key, label=label)
