"""The codes of patterns in an artefact: its scripts take new numbers for each attempt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...contract import Redeemable
from ...wire.codes import placeholders_in
from .artefact_request import ArtefactRequest

NUMBER_VARIABLE = "CARTFUZZ_CODE_NUMBER"
"""The environment variable from whose number on a script takes its codes."""
_SED = re.compile(r"([\\/.*\[\]^$&])")
_SHELL = re.compile(r'([\\"$`])')


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactCode:
    """One text of an artefact that stands for a code, such as ``SALE-{n}``."""

    before: str
    """What the code has before its number, as requests or claims write it."""
    written: str
    """The place of the number: ``{n}`` or ``{n+1}``."""
    after: str
    index: int
    """Added to the number of the attempt."""
    first: int
    last: int
    """The numbers whose codes exist."""

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.before}{self.written}{self.after}"

    @property
    def numbers(self) -> int:
        """How many numbers an attempt can begin with."""
        return self.last - self.first

    def sed_command(self, variable: str) -> str:
        """Puts the number in a shell variable into the code; to be quoted by ``"``."""
        before, after = (_SED.sub(r"\\\1", part) for part in (self.before, self.after))
        found = _SHELL.sub(r"\\\1", f"{before}{self.written}{after}")
        put = (_SHELL.sub(r"\\\1", part) for part in (before, after))
        return f"s/{found}/{f'${{{variable}}}'.join(put)}/g"


def codes_in(
    requests: Iterable[ArtefactRequest], declared: Iterable[Redeemable]
) -> tuple[ArtefactCode, ...]:
    """The codes of patterns that ``requests`` hold, the longest first.

    Args:
        requests: of the artefact.
        declared: coupons and referrals of the run's environment.
    """
    found: dict[str, ArtefactCode] = {}
    patterns = tuple(declared)
    for request in requests:
        for code in _codes_in(request.body or b"", patterns):
            found.setdefault(code.text, code)
    # A code may be a part of a longer one.
    return tuple(sorted(found.values(), key=lambda code: (-len(code.text), code.text)))


def _codes_in(body: bytes, patterns: tuple[Redeemable, ...]) -> Iterator[ArtefactCode]:
    for held in placeholders_in(patterns, body):
        # Scripts have other placeholders that begin with a brace.
        before, after = held.before or b'"', held.after
        for form in (_in_utf8, _in_latin1, _in_ascii, _in_payload):
            yield ArtefactCode(
                before=form(before),
                written=held.written,
                after=form(after),
                index=held.index,
                first=held.pattern.first or 0,
                last=held.pattern.last or 0,
            )


def _in_utf8(json_text: bytes) -> str:
    """As shell scripts have bodies."""
    return json_text.decode("utf-8", "replace")


def _in_latin1(json_text: bytes) -> str:
    """As `RequestPayload` has bodies."""
    return json_text.decode("latin-1")


def _in_payload(json_text: bytes) -> str:
    """As files for raw sockets have the bodies of `RequestPayload`."""
    return json.dumps(_in_latin1(json_text))[1:-1]


def _in_ascii(json_text: bytes) -> str:
    """As claims have it: with escapes for all that is not ASCII."""
    letters = _in_utf8(json_text)
    return "".join(letter if letter.isascii() else json.dumps(letter)[1:-1] for letter in letters)
