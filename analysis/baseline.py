"""A baseline: the signatures of known failures, each with its ticket or reason.

Pure: documents and texts; `cartfuzz.harness.baseline_file` reads and writes the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from ..contract import ConfigurationError
from ..record.events import KnownFailure, StopReason
from ..record.retired import present_signature
from .bugs import Bug
from .discrepancy_change import Change
from .summary import Summary

SIGNATURE = re.compile(r"[A-Z]{1,20}-[A-Z]?\d{1,9}-[0-9a-f]{10}")
_FIELDS = ("ticket", "reason", "title")
_NOT_IN_BASELINE = (Change.NEW, Change.FIRST_SEEN, Change.DIFFERENT, Change.FIXED)
"""Of a comparison: what the older run did not show, and what the newer one does not show."""
_HEAD = (
    "# Known failures: they are listed apart and fail no run. Written by cartfuzz baseline and\n"
    "# cartfuzz triage, sorted by signature; edit it as you like.\n"
)


class EntryState(StrEnum):
    """What a run says of an entry of a baseline."""

    SEEN = "seen"
    STALE = "stale"
    """The run got through its sweeps, judged the rule, and did not show it."""
    UNDECIDED = "undecided"
    """It was not seen, but the run proves nothing."""


def known_failures(document: object) -> dict[str, KnownFailure]:
    """By signature, the entries of a baseline; one of a retired rule has the signature of today.

    Args:
        document: what a TOML or JSON file holds, one of three: a map of signatures, each with the
            text of a ticket or a table of ticket, reason and title; the summary of a run, all of
            whose discrepancies are known then; a comparison, without what is new or gone.

    Raises:
        ConfigurationError: naming the key, what was expected and what was found.
    """
    if isinstance(document, dict) and isinstance(document.get("discrepancies"), list):
        also = document.get("known")
        bugs = (*document["discrepancies"], *(also if isinstance(also, list) else ()))
        document = dict(pair for bug in bugs for pair in _titles(bug))
    elif isinstance(document, dict) and isinstance(document.get("changes"), list):
        changes = filter(_is_in_both, document["changes"])
        document = dict(pair for change in changes for pair in _titles(change))
    if not isinstance(document, dict):
        raise ConfigurationError(
            "",
            expected="a map of signatures to tickets",
            found=f"{'list' if isinstance(document, list) else 'value'} {document!r:.80}",
        )
    return {
        present_signature(signature): _entry(signature, value)
        for signature, value in document.items()
    }


def entries_for(bug: Bug, known: KnownFailure) -> dict[str, KnownFailure]:
    """The entries that make ``bug`` known: its own signature and those of its symptoms."""
    own = KnownFailure(ticket=known.ticket, reason=known.reason, title=bug.title)
    symptom = KnownFailure(
        ticket=known.ticket, reason=known.reason, title=f"symptom of {bug.signature}"
    )
    return {bug.signature: own, **{one.signature: symptom for one in bug.symptoms}}


def baseline_text(entries: Mapping[str, KnownFailure]) -> str:
    """A TOML file with ``entries``: sorted, one a line, read back by `known_failures`."""
    lines = (
        f"{_quoted(signature)} = {_value(known)}\n" for signature, known in sorted(entries.items())
    )
    return _HEAD + "".join(lines)


def states(entries: Iterable[str], summary: Summary) -> dict[str, EntryState]:
    """What a run says of each signature of a baseline.

    An entry is stale only if the run was not cut short and put the rule to the test.
    """
    seen = {name for bug in summary.found for name in bug.signatures}
    seen |= {one.signature for one in summary.muted}
    is_whole = summary.reason is StopReason.COMPLETED and summary.share_of_sweeps == 1
    return {
        signature: EntryState.SEEN
        if signature in seen
        else EntryState.STALE
        if is_whole and rule_of(signature) in summary.coverage.rules
        else EntryState.UNDECIDED
        for signature in sorted(entries)
    }


def rule_of(signature: str) -> str:
    """The ID of the rule in a signature: ``STATE-08`` of ``STATE-08-4b87c63f2c``."""
    return signature.rpartition("-")[0]


def _entry(signature: object, value: object) -> KnownFailure:
    expected = "a signature such as STATE-08-4b87c63f2c and the text of a ticket"
    found = f"{value!r:.80}"
    if not SIGNATURE.fullmatch(str(signature)):
        raise ConfigurationError(f"key {signature!r}", expected=expected, found=found)
    if isinstance(value, dict):
        unknown = [name for name in value if name not in _FIELDS]
        texts = {name: value.get(name, "") for name in _FIELDS}
        if unknown or not all(isinstance(text, str) for text in texts.values()):
            names = ", ".join(_FIELDS)
            raise ConfigurationError(
                f"key {signature!r}", expected=f"a table of the texts {names}", found=found
            )
        known = KnownFailure(**texts)
    else:
        known = KnownFailure(ticket=value if isinstance(value, str) else "")
    if not known.text:
        raise ConfigurationError(f"key {signature!r}", expected=expected, found=found)
    return known


def _is_in_both(change: object) -> bool:
    """Whether both runs of a comparison show it; True for what is not a change, which is then
    reported as malformed."""
    return not isinstance(change, dict) or change.get("change") not in _NOT_IN_BASELINE


def _titles(bug: object) -> Iterator[tuple[str, str]]:
    """The signatures of a bug and of its symptoms, each with the title of the bug."""
    if not isinstance(bug, dict):
        yield repr(bug), ""
        return
    title = str(bug.get("title") or "in the baseline")
    yield str(bug.get("signature")), title
    symptoms = bug.get("also")
    for symptom in symptoms if isinstance(symptoms, list) else ():
        if isinstance(symptom, dict):
            yield str(symptom.get("signature")), title


def _value(known: KnownFailure) -> str:
    """An entry as it is written; a ticket alone stays the plain text that it was."""
    if not known.reason and not known.title:
        return _quoted(known.ticket)
    parts = {"ticket": known.ticket, "reason": known.reason, "title": known.title}
    listed = ", ".join(f"{name} = {_quoted(text)}" for name, text in parts.items() if text)
    return f"{{ {listed} }}"


def _quoted(text: str) -> str:
    """A basic string of TOML on one line."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    code = ord(char)
    # TOML has no lone surrogates.
    return "\\uFFFD" if 0xD800 <= code <= 0xDFFF else f"\\U{code:08X}"
