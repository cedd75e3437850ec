"""``test_reproduce.py``: a pytest test of its own, with no dependency but requests."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from ..plain import plain
from .artefact import Artefact, Sent
from .claim_payload import claim_of
from .runtime import claim_checker, raw_sockets
from .send_plan import groups
from .template_files import body_of, filled, import_lines

_OWN_IMPORTS = frozenset(("import json", "import os", "import uuid", "from typing import Any"))
_DISPATCH_RAW = """\
    if how != "one by one":
        return send_exactly(how, group, URL, {**fresh, "{key}": key})
"""
_DISPATCH_REPEATED = """\
    if how.endswith(" times"):
        return [many(int(how.split()[0]), group[0], fresh, key)]
"""


def test_file(artefact: Artefact) -> str:
    """The text of the test for ``artefact``."""
    found = artefact.discrepancy
    statement = artefact.rule.statement if artefact.rule else ""
    doc = plain(f"{found.rule}: {statement} {found.title} ({found.signature})")
    exact = any(not group.ordinary for group in groups(artefact))
    many = any(one.times > 1 for one in artefact.requests)
    modules = (claim_checker, raw_sockets) if exact else (claim_checker,)
    functions = [body_of(module) for module in modules]
    if many:
        functions.append(filled("repeated_requests.py").strip())
    return filled(
        "test_reproduce.py",
        title=doc.replace("\\", "\\\\").replace('"', "'"),
        imports=_imports(modules),
        url=json.dumps(artefact.target),
        marks=list(artefact.marks),
        requests=_literal(_requests(artefact)),
        groups=_order(artefact),
        claim=_literal(claim_of(artefact)),
        step=min(found.step, len(artefact.requests) - 1),
        tries=artefact.tries,
        dispatch=(_DISPATCH_RAW if exact else "") + (_DISPATCH_REPEATED if many else ""),
        functions="\n\n\n".join(functions),
    )


def _imports(modules: Iterable[ModuleType]) -> str:
    """What the script and the ``modules`` copied into it import, sorted."""
    lines = _OWN_IMPORTS.union(*(import_lines(inspect.getsource(module)) for module in modules))
    return "\n".join(sorted(lines, key=lambda line: (line.startswith("from"), line)))


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
