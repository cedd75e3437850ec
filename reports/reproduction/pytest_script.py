"""``test_reproduce.py``: a pytest test of its own, with no dependency but requests."""

from __future__ import annotations

import json
from typing import Any

from ..plain import plain
from .artefact import Artefact, Sent
from .claim_payload import claim_of
from .send_plan import groups
from .templates import CHECKS, EXACT, EXACTLY, MANY, MANY_TIMES, TEST


def test_file(artefact: Artefact) -> str:
    """The text of the test for ``artefact``."""
    found = artefact.discrepancy
    statement = artefact.rule.statement if artefact.rule else ""
    doc = plain(f"{found.rule}: {statement} {found.title} ({found.signature})")
    exact = any(not group.ordinary for group in groups(artefact))
    many = any(one.times > 1 for one in artefact.requests)
    return TEST.format(
        doc=doc.replace("\\", "\\\\").replace('"', "'"),
        checks="\n\n\n".join((CHECKS, *([EXACT] if exact else ()), *([MANY] if many else ()))),
        url=json.dumps(artefact.target),
        marks=list(artefact.marks),
        requests=_literal(_requests(artefact)),
        order=_order(artefact),
        exactly=(EXACTLY if exact else "") + (MANY_TIMES if many else ""),
        imports="import selectors\nimport socket\nimport ssl\n" if exact else "",
        more_imports="from http.client import HTTPException, HTTPResponse\n" if exact else "",
        last_imports="from urllib.parse import urlsplit\n" if exact else "",
        claim=_literal(claim_of(artefact)),
        step=min(found.step, len(artefact.requests) - 1),
        tries=artefact.tries,
    )


def _order(artefact: Artefact) -> str:
    """The groups as a Python expression that says how each goes out."""
    lines = (f"    ({group.how!r}, {list(group.places)})," for group in groups(artefact))
    return "[\n" + "\n".join(lines) + "\n]"


def _requests(artefact: Artefact) -> list[dict[str, Any]]:
    return [
        as_data(artefact.requests[place], exact=not group.ordinary)
        for group in groups(artefact)
        for place in group.places
    ]


def as_data(sent: Sent, *, exact: bool) -> dict[str, Any]:
    """A request as the scripts take it; all of its header lines where it must be ``exact``."""
    return {
        "session": sent.session,
        "dry": sent.dry,
        "method": sent.method,
        "target": sent.target,
        "headers": sent.headers if exact else sent.said,
        "body": None if sent.body is None else sent.body.decode("latin-1"),
    }


def _literal(value: Any) -> str:
    """``value`` as a Python expression: its JSON text, in a raw string where that is readable."""
    text = json.dumps(value, indent=1) if len(json.dumps(value)) < 4000 else json.dumps(value)
    return f"json.loads({text!r})" if "'''" in text else f"json.loads(r'''{text}''')"
