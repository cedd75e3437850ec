"""``test_reproduce.py``: a pytest test of one artefact that needs no package but requests."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable

from ..plain import plain
from .artefact import DEFAULT_KEY_VARIABLE, Artefact
from .artefact_codes import NUMBER_VARIABLE, ArtefactCode
from .claim_payload import claim_payload
from .own_access import python_secrets, script_access
from .runtime import claim_checker, raw_sockets
from .send_plan import SendGroup, SendMode, send_plan
from .template_files import body_of, filled, import_lines

_OWN_IMPORTS = """\
import base64, json, os, pathlib, uuid
from typing import Any
from urllib.parse import unquote"""
_RAW_DISPATCH = """\
    if mode != "one by one":
        login = with_secrets(ACCESS["proxy_authorization"], secrets)
        access = {**ACCESS, "proxy_authorization": login}
        return send_raw(mode, group, {"url": URL, "access": access}, {**marks, **secrets})
"""
_REPEATED_DISPATCH = """\
    if mode.endswith(" times"):
        return [send_repeatedly(int(mode.split()[0]), group[0], marks, secrets)]
"""
_MAX_INDENTED = 4_000
"""Characters up to which JSON is written over several lines."""


def pytest_script(artefact: Artefact) -> str:
    """The text of the test for ``artefact``, which needs a claim."""
    plan = send_plan(artefact)
    is_raw = any(group.needs_raw_sockets for group in plan)
    is_repeated = any(group.mode is SendMode.REPEATED for group in plan)
    modules = (claim_checker, raw_sockets) if is_raw else (claim_checker,)
    functions = [body_of(module) for module in modules]
    if artefact.codes:
        functions.append(filled("fresh_codes.py").strip())
    if is_repeated:
        functions.append(filled("repeated_requests.py").strip())
    own = f"{_OWN_IMPORTS}\nimport random" if artefact.codes else _OWN_IMPORTS
    return filled(
        "test_reproduce.py",
        title=_title(artefact),
        imports="\n".join(import_lines(own, *map(inspect.getsource, modules))),
        url=json.dumps(artefact.target),
        sandbox=_sandbox_note(artefact.serve_line),
        key=_key_line(artefact.key_variable),
        marks=list(artefact.marks),
        codes=_codes(artefact.codes),
        fresh_codes="        marks |= fresh_codes(number)\n" if artefact.codes else "",
        requests=_literal(_payloads(artefact, plan)),
        groups=_groups(plan),
        claim=_literal(claim_payload(artefact)),
        step=artefact.step,
        statuses=list(artefact.statuses),
        access=dict(script_access(artefact.access, artefact.target)),
        secrets=python_secrets(artefact.access),
        tries=artefact.attempts,
        dispatch=(_REPEATED_DISPATCH if is_repeated else "") + (_RAW_DISPATCH if is_raw else ""),
        functions="\n\n\n".join(functions),
    )


def runtime_texts() -> tuple[str, ...]:
    """The long parts that scripts have in common, as they are in each `pytest_script`."""
    return tuple(body_of(module) for module in (claim_checker, raw_sockets))


def _title(artefact: Artefact) -> str:
    """Rule and discrepancy, harmless inside a docstring."""
    found = artefact.discrepancy
    statement = artefact.rule.statement if artefact.rule else ""
    lines = (
        plain(f"{found.rule}: {statement}".rstrip(": ")),
        "",
        plain(f"Found: {found.title} ({found.signature})"),
    )
    return "\n".join(lines).replace("\\", "\\\\").replace('"', "'")


def _sandbox_note(serve_line: str) -> str:
    """Lines of the docstring that name the embedded sandbox; empty: there was none."""
    if not serve_line:
        return ""
    return (
        "\nThe target below was the embedded sandbox, which has ended; start one like it:\n"
        f"    {serve_line}"
    )


def _key_line(variable: str) -> str:
    """A line that reads the API key from the variable of the run, if it has another one."""
    if variable == DEFAULT_KEY_VARIABLE:
        return ""
    return f"os.environ.setdefault({DEFAULT_KEY_VARIABLE!r}, os.environ.get({variable!r}, ''))\n"


def _codes(codes: Iterable[ArtefactCode]) -> str:
    """The lines that name the codes; empty: there are none."""
    rows = [
        f"    ({code.before!a}, {code.written!a}, {code.after!a}, "
        f"{code.index}, {code.first}, {code.last}),"
        for code in codes
    ]
    if not rows:
        return ""
    lines = (
        "# Each attempt has codes of its own, from this number on.",
        f'CODE_NUMBER = int(os.environ.get("{NUMBER_VARIABLE}") or random.randrange(10**9))',
        "# What is before the number, its placeholder, and what is after it; which number of the",
        "# attempt; the first and the last number whose code exists.",
        "CODES = [",
        *rows,
        "]",
    )
    return "\n".join(lines) + "\n"


def _groups(plan: Iterable[SendGroup]) -> str:
    """The send plan as a Python expression."""
    lines = (f"    ({group.label!r}, {list(group.indices)})," for group in plan)
    return "[\n" + "\n".join(lines) + "\n]"


def _payloads(artefact: Artefact, plan: Iterable[SendGroup]) -> list[object]:
    return [
        artefact.requests[index].payload(all_headers=group.needs_raw_sockets)
        for group in plan
        for index in group.indices
    ]


def _literal(value: object) -> str:
    """``value`` as a Python expression: its JSON text, in a raw string if that can hold it."""
    text = json.dumps(value)
    if len(text) < _MAX_INDENTED:
        text = json.dumps(value, indent=1)
    return f"json.loads({text!r})" if "'''" in text else f"json.loads(r'''{text}''')"
