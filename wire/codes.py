"""An execution's own codes: the numbers that it puts into the code patterns of a scenario.

Everything above this room sees placeholders such as ``SALE-{n}``; everything below it codes with a
number, such as ``SALE-4711``. What one session redeems of a code is gone for all, so executions
that go on at the same time have different numbers. A run begins at a random place of the range, so
that it meets few codes that an earlier one used up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

from ..contract import NUMBER, NUMBERS_PER_EXECUTION, PLACEHOLDERS, Redeemable
from .marks import CLIENT_STRIDE, MARKS_PER_EXECUTION, MarkParts, Use, parts_of

SMALL_RANGE: Final = 10_000_000
"""Of fewer codes than these, a run may use one again while another execution still has it."""

_PLACEHOLDER_START: Final = b"{n"
_NUMBER_PARTS: Final = tuple(part.encode() for part in PLACEHOLDERS)
"""By the index of a pattern's code."""
_LANE: Final = 1 << 14
"""Executions of one attempt of triage, or of one process of a user's tests."""
_ESCAPED_DIGIT: Final = re.compile(rb"\\u003([0-9])")
_ESCAPED_DIGIT_START: Final = b"\\u003"
"""Only a body with these octets can hold a number of which a digit is escaped (RFC 8259, 7)."""
_PLAIN: Final = re.compile("[A-Za-z_-]*")
"""Letters that JSON writes as they are, and that are no part of a number."""
_LONGEST_LETTER: Final = 12
"""Octets of a letter that JSON writes as two escapes."""
_MOST_PLACES: Final = 64
"""Of a number in a body: where there are more, one search for whole codes is faster than a look at
each."""
_CODE_OCTETS: Final = rb"[0-9A-Za-z_\x80-\xff-]"
_BEFORE: Final = rb"(?:(?<!" + _CODE_OCTETS + rb")|(?<=[^\\]\\[bfnrt]))"
_AFTER: Final = rb"(?!" + _CODE_OCTETS + rb")"
"""A code that is part of a longer text of such characters is another code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCode:
    """One code of a scenario, and what an execution has in its place."""

    pattern: Redeemable
    index: int
    """Which of the pattern's codes, as of `Redeemable.written`."""
    number: int
    is_used_up: bool
    """Whether the run has made more executions than the range has codes for: an earlier one had
    this code too."""

    @property
    def placeholder(self) -> str:
        """The code as the scenario writes it: ``SALE-{n}``."""
        return self.pattern.written(self.index)

    @property
    def code(self) -> str:
        """The code as the target sees it: ``SALE-4711``."""
        return self.pattern.numbered(self.number)


class OwnCodes(tuple[OwnCode, ...]):
    """The codes of one execution: one for each placeholder that its scenario holds."""

    __slots__ = ()

    def put_into(self, body: bytes) -> bytes:
        """``body`` with the codes in place of the placeholders; letters keep their case."""
        if _PLACEHOLDER_START in body:
            for own in self:
                written = _NUMBER_PARTS[own.index]
                if written in body:
                    number = str(own.number).encode()
                    body = _placeholder(own.pattern).replaced(body, written, number)
        return body

    def taken_from(self, body: bytes) -> bytes:
        """``body`` with the placeholders in place of the codes, however JSON spells them.

        Letters keep their case, since applications may keep codes in upper or lower case.
        """
        if not self:
            return body
        has_escapes = _ESCAPED_DIGIT_START in body
        for own in self:
            number = str(own.number).encode()
            if has_escapes or number in body:
                written = _NUMBER_PARTS[own.index]
                body = _numbered(own.pattern).replaced(body, number, written)
        return body


NO_CODES: Final = OwnCodes()


def own_codes(patterns: Iterable[Redeemable], bodies: Iterable[bytes], mark: str) -> OwnCodes:
    """The codes of the execution that has ``mark``, for the placeholders in ``bodies``.

    Args:
        patterns: coupons and referrals of the environment; those that are no pattern have no
            placeholder.
        bodies: of the requests, with placeholders.
        mark: of the execution.
    """
    held = [body for body in bodies if _PLACEHOLDER_START in body]
    if not held:
        return NO_CODES
    execution = parts_of(mark)
    holding = [[body for body in held if written in body] for written in _NUMBER_PARTS]
    return OwnCodes(
        _own_code(pattern, index, execution)
        for pattern in patterns
        if pattern.is_pattern
        for index in range(NUMBERS_PER_EXECUTION)
        if any(_holds(body, pattern, index) for body in holding[index])
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """A placeholder in a body, as it is written there."""

    pattern: Redeemable
    index: int
    """Which of the pattern's codes, as of `Redeemable.written`."""
    before: bytes
    """What the code has before its number."""
    written: str
    """``{n}`` or ``{n+1}``."""
    after: bytes


def placeholders_in(patterns: Iterable[Redeemable], body: bytes) -> Iterator[Placeholder]:
    """All placeholders of ``patterns`` in the body of a request."""
    if _PLACEHOLDER_START not in body:
        return
    for pattern in patterns:
        for index in range(NUMBERS_PER_EXECUTION if pattern.is_pattern else 0):
            written = _NUMBER_PARTS[index]
            for found in _placeholder(pattern).found_in(body, written):
                yield Placeholder(
                    pattern=pattern,
                    index=index,
                    before=found[_Finder.BEFORE],
                    written=written.decode(),
                    after=found[_Finder.AFTER],
                )


def _own_code(pattern: Redeemable, index: int, execution: MarkParts) -> OwnCode:
    sets = pattern.size // NUMBERS_PER_EXECUTION
    start, length, place = _place(execution, sets)
    own_set = (int(execution.run_id, 36) + start + place % max(length, 1)) % sets
    return OwnCode(
        pattern=pattern,
        index=index,
        number=(pattern.first or 0) + own_set * NUMBERS_PER_EXECUTION + index,
        is_used_up=place >= length,
    )


def _place(execution: MarkParts, sets: int) -> tuple[int, int, int]:
    """Where the numbers of an execution are among ``sets`` sets of numbers.

    Returns:
        Start and length of the part of the range for what the execution is for, and the place of
        the execution in it. It is beyond the part where that has too few numbers.
    """
    if sets * NUMBERS_PER_EXECUTION < SMALL_RANGE:
        # Shared in any case: so let each execution begin with one that was not used for long.
        return 0, sets, execution.index + execution.control * (sets // MARKS_PER_EXECUTION)
    quarter = sets // 4
    if execution.use is Use.PHASE:
        # Not the attempt: whoever began the same shard before is dead.
        place = execution.index * MARKS_PER_EXECUTION + execution.control
        return 0, 2 * quarter, place
    if execution.use is Use.TRIAGE:
        start, lane, index = 2 * quarter, execution.attempt, execution.index
        # Attempts are random: several processes may look into findings at the same time.
        lane %= max(1, quarter // (_LANE * MARKS_PER_EXECUTION))
    else:
        start, (lane, index) = 3 * quarter, divmod(execution.index, CLIENT_STRIDE)
    if index >= _LANE:
        return start, quarter, quarter
    return start, quarter, (lane * _LANE + index) * MARKS_PER_EXECUTION + execution.control


def _holds(body: bytes, pattern: Redeemable, index: int) -> bool:
    return _placeholder(pattern).is_in(body, _NUMBER_PARTS[index])


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the codes of one pattern in JSON.

    Args:
        regex: a whole code with what must be around it; groups as below.
        reach: most octets of the code on either side of its number.
    """

    ESCAPED: ClassVar = 1
    """Backslashes before the code: they escape each other, and so no letter of it."""
    BEFORE: ClassVar = 2
    NUMBER: ClassVar = 3
    AFTER: ClassVar = 4

    regex: re.Pattern[bytes]
    reach: int
    plain: tuple[bytes, bytes] | None
    """What a code has before and after its number where all of it is plain: most bodies hold it
    just so, between quotes, which is found much faster."""

    def is_in(self, body: bytes, number: bytes) -> bool:
        """Whether the body has the code that has ``number``."""
        if self.plain is not None and b'"%b%b%b"' % (self.plain[0], number, self.plain[1]) in body:
            return True
        return next(self.found_in(body, number), None) is not None

    def found_in(self, body: bytes, number: bytes) -> Iterator[re.Match[bytes]]:
        """The places of the code that has ``number``, in order."""
        for found in self._candidates(body, number):
            if _ESCAPED_DIGIT.sub(rb"\1", found[self.NUMBER]) == number:
                yield found

    def _candidates(self, body: bytes, number: bytes) -> Iterator[re.Match[bytes]]:
        if _ESCAPED_DIGIT_START in body or body.count(number) > _MOST_PLACES:
            yield from self.regex.finditer(body)
            return
        # Bytes are found much faster than a pattern, and most bodies do not hold the number.
        at, done = body.find(number), 0
        while at >= 0:
            start, end = max(done, at - self.reach), at + len(number) + self.reach
            for found in self.regex.finditer(body, start, end):
                if found.start(self.NUMBER) == at:
                    yield found
                    done = found.end()
            at = body.find(number, max(at + 1, done))

    def replaced(self, body: bytes, number: bytes, other: bytes) -> bytes:
        """``body`` with ``other`` in the place of ``number`` in each such code."""
        if self.plain is not None:
            before, after = self.plain
            plain = b'"%b%b%b"' % (before, number, after)
            body = body.replace(plain, b'"%b%b%b"' % (before, other, after))
            if number not in body and _ESCAPED_DIGIT_START not in body:
                return body
        parts, done = [], 0
        for found in self.found_in(body, number):
            kept = (found[self.ESCAPED], found[self.BEFORE], other, found[self.AFTER])
            parts += [body[done : found.start()], *kept]
            done = found.end()
        return b"".join((*parts, body[done:])) if parts else body


@lru_cache(maxsize=64)
def _placeholder(pattern: Redeemable) -> _Finder:
    return _finder(pattern, rb"\{n(?:\+1)?\}")


@lru_cache(maxsize=64)
def _numbered(pattern: Redeemable) -> _Finder:
    return _finder(pattern, rb"(?:[0-9]|\\u003[0-9])+")


def _finder(pattern: Redeemable, number: bytes) -> _Finder:
    before, _, after = pattern.code.partition(NUMBER)
    left, right = _bounds(pattern)
    groups = (rb"(?<!\\)((?:\\\\)*)", left, b"(" + _letters(before) + b")", b"(" + number + b")")
    regex = re.compile(b"".join((*groups, b"(" + _letters(after) + b")", right)))
    is_plain = _PLAIN.fullmatch(before) and _PLAIN.fullmatch(after)
    plain = (before.encode(), after.encode()) if is_plain else None
    return _Finder(regex, _LONGEST_LETTER * (len(pattern.code) + 1), plain)


def _bounds(pattern: Redeemable) -> tuple[bytes, bytes]:
    """What must be around a code: a whole JSON text where the pattern has no letter of its own."""
    if any(letter.isalpha() for letter in pattern.code.replace(NUMBER, "")):
        return _BEFORE, _AFTER
    return rb'(?<=")', rb'(?=")'


def _letters(text: str) -> bytes:
    return b"".join(b"(?:" + b"|".join(_ways_to_write(letter)) + b")" for letter in text)


def _ways_to_write(letter: str) -> Iterator[bytes]:
    """All that JSON has for ``letter``, in either case."""
    for form in dict.fromkeys((letter, letter.lower(), letter.upper())):
        yield re.escape(form.encode("utf-8", "surrogatepass"))
        if form in '"\\/':
            yield re.escape(b"\\" + form.encode())
        units = form.encode("utf-16-be", "surrogatepass")
        yield b"".join(
            rb"\\u(?i:%s)" % units[at : at + 2].hex().encode() for at in range(0, len(units), 2)
        )
