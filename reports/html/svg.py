"""Draws charts: specifications of Vega and Vega-Lite become static SVG for a page.

Colours are the page's own variables, so that a picture follows the page from light to dark. The
texts that Vega gives to marks for screen readers stay.
"""

from __future__ import annotations

import re
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup, escape

_FONT = "system-ui, sans-serif"
_ID = re.compile(r'(\bid="|url\(#|href="#)')
_ROOT = re.compile(r"<svg [^>]{0,500}?(viewBox=\"[^\"]{0,99}\")>")
_BACKGROUND = re.compile(r'<rect width="[\d.]+" height="[\d.]+" fill="[^"]*"/>')
_AXIS = {
    "domainColor": "var(--line-strong)",
    "gridColor": "var(--line)",
    "tickColor": "var(--line-strong)",
    "labelColor": "var(--muted)",
    "titleColor": "var(--muted)",
    "labelFont": _FONT,
    "titleFont": _FONT,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
}
TEXT = {"font": _FONT, "fontSize": 12, "fill": "var(--text)"}


def chart_svg(
    chart: alt.Chart | alt.LayerChart | alt.VConcatChart, *, key: str, label: str
) -> Markup:
    """The picture of a chart; arguments as of `vega_svg`."""
    specification = chart.to_dict()
    specification["config"] = {
        "background": "transparent",
        "font": _FONT,
        "axis": _AXIS,
        "view": {"stroke": None},
    }
    return _inlined(vl_convert.vegalite_to_svg(specification), key=key, label=label)


def vega_svg(specification: dict[str, Any], *, key: str, label: str) -> Markup:
    """The picture of a Vega specification.

    Args:
        specification: without texts of a target but as data.
        key: of the picture in its page; IDs in it begin with it.
        label: what it shows, for a screen reader.
    """
    return _inlined(vl_convert.vega_to_svg(specification), key=key, label=label)


def _inlined(svg: str, *, key: str, label: str) -> Markup:
    """``svg`` for the middle of a page: no size, no background, IDs of its own."""
    root = f'<svg role="graphics-document" aria-label="{escape(label)}" class="chart" \\1>'
    svg = _ROOT.sub(root, svg, count=1)
    return Markup(_ID.sub(rf"\g<1>{key}-", _BACKGROUND.sub("", svg, count=1)))  # noqa: S704
