"""``test_reproduce.py``: a pytest test of its own, with no dependency but requests."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from ...contract import MARK
from ..plain import plain
from .texts import CHECKS, TEST
from .values import Artefact, Sent


def test_file(artefact: Artefact) -> str:
    """The text of the test for ``artefact``."""
    found = artefact.discrepancy
    statement = artefact.rule.statement if artefact.rule else ""
    doc = plain(f"{found.rule}: {statement} {found.title} ({found.signature})")
    return TEST.format(
        doc=doc.replace("\\", "\\\\").replace('"', "'"),
        checks=CHECKS,
        url=json.dumps(artefact.target),
        mark=json.dumps(MARK),
        requests=_literal([_request(one) for one in artefact.requests]),
        claim=_literal(msgspec.to_builtins(found.claim)),
        step=min(found.step, len(artefact.requests) - 1),
        burst=repr(artefact.scenario.burst),
    )


def _request(sent: Sent) -> dict[str, Any]:
    body = None if sent.body is None else sent.body.decode("latin-1")
    return {
        "session": sent.session,
        "dry": sent.dry,
        "method": sent.method,
        "target": sent.target,
        "headers": dict(sent.headers),
        "body": body,
    }


def _literal(value: Any) -> str:
    """``value`` as a Python expression: its JSON text, in a raw string where that is readable."""
    text = json.dumps(value, indent=1) if len(json.dumps(value)) < 4000 else json.dumps(value)
    return f"json.loads({text!r})" if "'''" in text else f"json.loads(r'''{text}''')"
