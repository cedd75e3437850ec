"""Renders a page: one template with the shared style and script, under a strict policy.

A page holds text of a hostile target. Three things keep it text: each expression is escaped, no
control character or lone surrogate gets through, and the Content-Security-Policy names the only
script and the only style sheet by their hashes, and no source of anything else.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from ..plain import plain
from .harmless import harmless


def rendered(template: str, **values: object) -> str:
    """The page that ``template`` makes of ``values``.

    A template extends ``base.html.jinja``, which brings style, script and policy.

    Args:
        template: the name of a file in ``templates``.
        values: by name what the template shows; a text is escaped unless it is a `Markup`.
    """
    style, script = _text("style.css"), _text("script.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template(template)
        .render(style=Markup(style), script=Markup(script), policy=policy, **values)  # noqa: S704
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: _text("templates", name)),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clipped"] = _clipped
    environment.filters["times"] = _times
    return environment


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _clipped(text: str, longest: int) -> str:
    return plain(text, longest=longest)


def _digest(text: str) -> str:
    """The source expression of Content-Security-Policy that allows ``text`` inline."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


def _text(*path: str) -> str:
    return files(__name__.rpartition(".")[0]).joinpath(*path).read_text("utf-8")
