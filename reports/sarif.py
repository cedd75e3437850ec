"""``report.sarif``: the discrepancies as results of an analysis, in SARIF 2.1.0.

The file is small and of a fixed shape, and the libraries for it are object models without a
release in years; so it is built of plain dictionaries, and a test holds it against the schema.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..analysis import Bug, RunOutcome, Summary
from ..analysis.muted import Muted
from ..contract import Operation, Rule
from ..record import Kind, KnownFailure
from .clean_file import write_clean
from .discrepancy_text import request_line
from .plain import plain
from .run_folder import ARTEFACTS_FOLDER
from .wording import kind_name, target_name, verdict_reason

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Kind.VIOLATION: "error", Kind.CONTRADICTION: "warning", Kind.FLAKY: "warning"}
_UNCONFIRMED = "note"
_OBSERVED = "note"
_FAILED = frozenset((RunOutcome.BROKEN, RunOutcome.TARGET_LOST))
_MAX_TEXT = 2_000
_MAX_REQUESTS = 30
_BASE = "RUN_FOLDER"
_PATH = "/v2/customer_sessions/{customerSessionId}"
_ENDPOINTS = {
    Operation.UPDATE: f"PUT {_PATH}",
    Operation.GET: f"GET {_PATH}",
    Operation.RETURN: f"POST {_PATH}/returns",
    Operation.REOPEN: f"PUT {_PATH}/reopen",
}

Json = dict[str, Any]


def write_sarif(summary: Summary, path: Path) -> None:
    """Writes the discrepancies of ``summary``; known and only observed ones are suppressed results.

    The signature of each is a partial fingerprint, so that tools recognise it in the next run.

    Raises:
        OSError: the file cannot be written; the error names its path, and an old file stays.
    """
    write_clean(path, json.dumps(sarif_log(summary), indent=2).encode("ascii") + b"\n")


def sarif_log(summary: Summary) -> Json:
    """The content of the file."""
    rules = dict(summary.catalogue)
    seen = (*(bug.rule for bug in summary.found), *(one.rule for one in summary.muted))
    names = list(dict.fromkeys((*rules, *seen)))
    index = {name: place for place, name in enumerate(names)}
    run = {
        "tool": {
            "driver": {
                "name": "Cartfuzz",
                "version": plain(summary.cartfuzz),
                "rules": [_descriptor(name, rules.get(name)) for name in names],
            }
        },
        "automationDetails": {"id": f"cartfuzz/{summary.contract.value}/{plain(summary.run)}"},
        "invocations": [_invocation(summary)],
        "originalUriBaseIds": {_BASE: {"description": {"text": "The folder of the run."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            *(_result(bug, summary, index) for bug in summary.found),
            *(_muted(one, summary, index) for one in summary.muted),
        ],
        "properties": {
            "target": plain(
                target_name(summary.target, summary.sandbox, insecure=summary.insecure)
            ),
            "seed": summary.seed,
            "outcome": summary.outcome.value,
            "scenarios": summary.scenarios,
            "requests": summary.requests,
        },
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _descriptor(name: str, rule: Rule | None) -> Json:
    if rule is None:
        return {"id": plain(name), "shortDescription": _message("A rule that is not listed.")}
    source = f"Source: {rule.source} ({rule.sureness.value})."
    return {
        "id": rule.id,
        "shortDescription": _message(rule.statement),
        "help": _message(f"{rule.statement} {source} cartfuzz explain {rule.id} shows examples."),
        "defaultConfiguration": {"level": "error"},
        "properties": {"source": rule.source, "sureness": rule.sureness.value},
    }


def _invocation(summary: Summary) -> Json:
    is_error = summary.outcome in _FAILED
    return {
        "executionSuccessful": not is_error,
        "startTimeUtc": plain(summary.started),
        "toolExecutionNotifications": [
            {
                "level": "error" if is_error else "note",
                "message": _message(f"{summary.outcome.word}: {verdict_reason(summary)}"),
            }
        ],
    }


def _result(bug: Bug, summary: Summary, index: dict[str, int]) -> Json:
    known = summary.baseline.get(bug.signature) if bug in summary.known else None
    result = _entry(bug.rule, bug.signature, index)
    result |= {
        "level": _UNCONFIRMED if bug.unconfirmed else _LEVELS[bug.kind],
        "message": _message(f"{bug.title}. Expected: {bug.expected}. Found: {bug.found}."),
        "locations": [_location(bug)],
        "occurrenceCount": max(1, bug.count),
        "suppressions": [] if known is None else [_suppression(known)],
        "properties": _properties(bug),
    }
    if summary.baseline:
        result["baselineState"] = "new" if known is None else "unchanged"
    return result


def _muted(one: Muted, summary: Summary, index: dict[str, int]) -> Json:
    """What would have failed by a rule that is only observed."""
    level = summary.rules.get(one.rule)
    reason = level.reason if level is not None and level.reason else "no reason given"
    return _entry(one.rule, one.signature, index) | {
        "level": _OBSERVED,
        "message": _message(one.title),
        "occurrenceCount": max(1, one.count),
        "suppressions": [
            {
                "kind": "external",
                "status": "accepted",
                "justification": plain(f"the rule is only observed: {reason}", longest=_MAX_TEXT),
            }
        ],
    }


def _entry(rule: str, signature: str, index: dict[str, int]) -> Json:
    name = plain(signature)
    return {
        "ruleId": plain(rule),
        "ruleIndex": index[rule],
        "kind": "fail",
        # The second is the one that GitHub compares; the first is ours, for everybody else.
        "partialFingerprints": {
            "cartfuzzSignature/v1": name,
            "primaryLocationLineHash": f"{name}:1",
        },
    }


def _location(bug: Bug) -> Json:
    """The operation; as a file, which GitHub demands, the explanation in the folder of the run."""
    uri = f"{ARTEFACTS_FOLDER}/{plain(bug.signature)}/explain.md"
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": _BASE},
            "region": {"startLine": 1},
        },
        "logicalLocations": [
            {
                "name": bug.operation.value,
                "fullyQualifiedName": _ENDPOINTS[bug.operation],
                "kind": "resource",
            }
        ],
    }


def _suppression(known: KnownFailure) -> Json:
    return {
        "kind": "external",
        "status": "accepted",
        "justification": plain(known.text, longest=_MAX_TEXT),
    }


def _properties(bug: Bug) -> Json:
    shown = [plain(request_line(one), longest=_MAX_TEXT) for one in bug.operations]
    properties: Json = {
        "kind": kind_name(bug.kind),
        "confirmed": not bug.unconfirmed,
        "check": plain(bug.check),
        "situation": plain(bug.situation),
        "outcome": plain(bug.outcome),
        "requests": shown[-_MAX_REQUESTS:],
        "alsoSeenAs": [plain(one.signature) for one in bug.symptoms],
    }
    if bug.cause:
        properties["cause"] = plain(bug.cause)
    if bug.points_at:
        properties["targetPointsAt"] = plain(bug.points_at)
    if bug.confirmation is not None:
        properties["shown"] = bug.confirmation.shown
        properties["executions"] = bug.confirmation.of
    return properties


def _message(text: str) -> Json:
    """``text`` as a message, in which braces are doubled and brackets begin no link."""
    shown = plain(text, longest=_MAX_TEXT).replace("{", "{{").replace("}", "}}")
    if "](" in shown:
        # A backslash of the text must not take the effect from the one before the bracket.
        shown = shown.replace("\\", "\\\\").replace("[", "\\[")
    return {"text": shown}
