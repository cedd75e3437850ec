"""The state machine as a picture: states on a line, moves as arcs, forward above and back below."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from .state_view import STATES, Edge, EdgeKind, state_name
from .svg import TEXT, vega_svg

_STEP = 140
"""Pixels between two states."""
_NODE = 15
_LOOK: dict[EdgeKind, tuple[str, list[int], float, str]] = {
    EdgeKind.WRONG: ("var(--fail)", [1, 0], 3.5, "✕ "),
    EdgeKind.BARRED: ("var(--fail)", [7, 4], 3.0, "⊘ "),
    EdgeKind.SEEN: ("var(--ok)", [1, 0], 2.0, ""),
    EdgeKind.OPEN: ("var(--c-2)", [9, 3, 2, 3], 2.0, "? "),
    EdgeKind.REFUSED: ("var(--muted)", [3, 4], 1.2, ""),
    EdgeKind.EXPECTED: ("var(--c-3)", [1, 5], 2.0, ""),
}
"""By kind: colour, dashes, width, sign before the count. Colour is never the only difference."""


def state_picture(edges: tuple[Edge, ...]) -> Markup:
    """The picture of ``edges``."""
    names = [state_name(state) for state in STATES]
    rows = [_row(edge, names) for edge in edges]
    reach = max((abs(row["distance"]) for row in rows if row["distance"] > 0), default=1)
    back = max((abs(row["distance"]) for row in rows if row["distance"] < 0), default=0)
    above, below = reach * _STEP / 2 + 26, max(back * _STEP / 2 + 26, 44)
    return vega_svg(
        {
            "$schema": "https://vega.github.io/schema/vega/v5.json",
            "width": _STEP * (len(names) - 1),
            "height": above + below,
            "padding": {"left": 70, "right": 70, "top": 6, "bottom": 6},
            "background": "transparent",
            "autosize": "none",
            "signals": [{"name": "line", "value": above}],
            "data": [
                {"name": "states", "values": [{"name": name} for name in names]},
                {
                    "name": "moves",
                    "values": rows,
                    "transform": [
                        {"type": "formula", "as": "side", "expr": "datum.distance > 0 ? 1 : -1"},
                        {"type": "formula", "as": "far", "expr": "abs(datum.distance)"},
                        {
                            "type": "formula",
                            "as": "x1",
                            "expr": "scale('x', datum.source) + datum.side * (11 - 3 * datum.far)",
                        },
                        {
                            "type": "formula",
                            "as": "x2",
                            "expr": "scale('x', datum.target) - datum.side * (11 - 3 * datum.far)",
                        },
                        {"type": "formula", "as": "y1", "expr": f"line - datum.side * {_NODE}"},
                        {
                            "type": "linkpath",
                            "shape": "arc",
                            "orient": "vertical",
                            "sourceX": "x1",
                            "targetX": "x2",
                            "sourceY": "y1",
                            "targetY": "y1",
                        },
                    ],
                },
            ],
            "scales": [{"name": "x", "type": "point", "domain": names, "range": "width"}],
            "marks": [_arcs(), _arrows(), _states(), _state_names(), _counts()],
        },
        key="states",
        label="Moves between states: what the contract allows, and what the run saw",
    )


def _row(edge: Edge, names: list[str]) -> dict[str, Any]:
    colour, dashes, width, sign = _LOOK[edge.kind]
    shown = edge.refused if edge.kind in (EdgeKind.REFUSED, EdgeKind.BARRED) else edge.accepted
    return {
        "source": edge.source,
        "target": edge.target,
        "distance": names.index(edge.target) - names.index(edge.source),
        "colour": colour,
        "dashes": dashes,
        "thick": width,
        "count": f"{sign}{shown:,}" if shown or sign else "",
        "text": f"from {edge.source} to {edge.target}: {edge.kind.value}, {shown:,} times",
    }


def _arcs() -> dict[str, Any]:
    return {
        "type": "path",
        "from": {"data": "moves"},
        "encode": {
            "enter": {
                "path": {"field": "path"},
                "stroke": {"field": "colour"},
                "strokeWidth": {"field": "thick"},
                "strokeDash": {"field": "dashes"},
                "fill": {"value": "none"},
                "description": {"field": "text"},
            }
        },
    }


def _arrows() -> dict[str, Any]:
    return {
        "type": "symbol",
        "from": {"data": "moves"},
        "aria": False,
        "encode": {
            "enter": {
                "x": {"field": "x2"},
                "y": {"signal": "datum.y1 - datum.side * 3"},
                "shape": {"signal": "datum.side > 0 ? 'triangle-down' : 'triangle-up'"},
                "size": {"signal": "36 + 14 * datum.thick"},
                "fill": {"field": "colour"},
            }
        },
    }


def _states() -> dict[str, Any]:
    return {
        "type": "rect",
        "from": {"data": "states"},
        "aria": False,
        "encode": {
            "enter": {
                "xc": {"scale": "x", "field": "name"},
                "yc": {"signal": "line"},
                "width": {"value": 130},
                "height": {"value": 2 * _NODE - 4},
                "cornerRadius": {"value": _NODE - 2},
                "fill": {"value": "var(--surface)"},
                "stroke": {"value": "var(--line-strong)"},
                "strokeWidth": {"value": 1.5},
            }
        },
    }


def _state_names() -> dict[str, Any]:
    return {
        "type": "text",
        "from": {"data": "states"},
        "encode": {
            "enter": {
                **{name: {"value": value} for name, value in TEXT.items()},
                "x": {"scale": "x", "field": "name"},
                "y": {"signal": "line"},
                "align": {"value": "center"},
                "baseline": {"value": "middle"},
                "text": {"field": "name"},
                "fontWeight": {"value": 600},
            }
        },
    }


def _counts() -> dict[str, Any]:
    return {
        "type": "text",
        "from": {"data": "moves"},
        "aria": False,
        "encode": {
            "enter": {
                **{name: {"value": value} for name, value in TEXT.items()},
                "x": {"signal": "(datum.x1 + datum.x2) / 2"},
                "y": {"signal": "datum.y1 - datum.side * (abs(datum.x2 - datum.x1) / 2 + 9)"},
                "align": {"value": "center"},
                "baseline": {"value": "middle"},
                "fill": {"field": "colour"},
                "fontWeight": {"value": 600},
                "text": {"field": "count"},
            }
        },
    }
