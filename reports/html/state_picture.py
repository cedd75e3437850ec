"""The state machine as a picture: states on a line, moves as arcs, forward above and back below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ..state_words import state_name
from .state_view import STATES, Edge, EdgeKind
from .svg import TEXT, vega_svg

_STEP = 140
"""Pixels between two states."""
_NODE = 15


@dataclass(frozen=True, slots=True)
class Look:
    """How a move is drawn; colour is never the only difference."""

    colour: str
    dashes: tuple[int, ...]
    width: float
    sign: str = ""
    """What comes before the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One arc of a picture."""

    source: str
    """The name of a state, as that of ``target``."""
    target: str
    look: Look
    number: str
    """At the arc, after the sign."""
    text: str
    """For a screen reader."""


_LOOKS = {
    EdgeKind.WRONG: Look("var(--fail)", (1, 0), 3.5, "✕ "),
    EdgeKind.BARRED: Look("var(--fail)", (7, 4), 3.0, "⊘ "),
    EdgeKind.SEEN: Look("var(--ok)", (1, 0), 2.0),
    EdgeKind.OPEN: Look("var(--c-2)", (9, 3, 2, 3), 2.0, "? "),
    EdgeKind.REFUSED: Look("var(--muted)", (3, 4), 1.2),
    EdgeKind.DECLINED: Look("var(--c-2)", (2, 4), 1.2),
    EdgeKind.EXPECTED: Look("var(--c-3)", (1, 5), 2.0),
}


def state_picture(edges: tuple[Edge, ...]) -> Markup:
    """The picture of ``edges``."""
    label = "Moves between states: what the contract allows, and what the run saw"
    return moves_picture([_move(edge) for edge in edges], label=label)


def moves_picture(moves: list[Move], *, label: str) -> Markup:
    """The picture of ``moves``; ``label`` names it for a screen reader."""
    names = [state_name(state) for state in STATES]
    rows = [_row(move, names) for move in moves]
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
        label=label,
    )


def _move(edge: Edge) -> Move:
    look = _LOOKS[edge.kind]
    return Move(
        source=edge.source,
        target=edge.target,
        look=look,
        number=f"{edge.count:,}" if edge.count else "",
        text=f"from {edge.source} to {edge.target}: {edge.kind.value}, {edge.count:,} times",
    )


def _row(move: Move, names: list[str]) -> dict[str, Any]:
    return {
        "source": move.source,
        "target": move.target,
        "distance": names.index(move.target) - names.index(move.source),
        "colour": move.look.colour,
        "dashes": list(move.look.dashes),
        "thick": move.look.width,
        "count": f"{move.look.sign}{move.number}",
        "text": move.text,
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
