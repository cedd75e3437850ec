"""Compares two answers as a whole: that they came, their statuses, their types, their bodies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ...wire import NOT_JSON, NoResponse, Response, decode_json
from .bodies import compare_bodies
from .differences import PartDifference, ShownDifference
from .forms import shown
from .ignored import NOTHING_IGNORED, Ignored
from .renaming import Renaming
from .volatile import scrubbed

_MAX_TEXT = 65_536
"""Bytes of an answer that are kept."""
_TYPES = frozenset(
    ("application/json", "application/problem+json", "text/plain", "text/html", "text/json")
)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back to one request, with the placeholder in the place of the mark."""

    status: int | None
    """None: nothing came."""
    content_type: str = ""
    body: Any = NOT_JSON
    text: str = ""
    """The body as text, shortened."""
    failure: str = ""
    """Why nothing came; empty: an answer came."""

    @property
    def accepted(self) -> bool:
        """Whether the status is one of success."""
        return self.status is not None and 200 <= self.status < 300


def answer_of(outcome: Response | NoResponse) -> Answer:
    """An outcome as it is compared."""
    if isinstance(outcome, NoResponse):
        return Answer(status=None, failure=f"{outcome.reason} ({outcome.fate.value})")
    return Answer(
        status=outcome.status,
        content_type=outcome.content_type,
        body=decode_json(outcome.body),
        text=outcome.body[:_MAX_TEXT].decode("utf-8", "replace"),
    )


def compare_answers(
    old: Answer, new: Answer, renaming: Renaming, ignored: Ignored = NOTHING_IGNORED
) -> tuple[ShownDifference, ...]:
    """In which parts two answers to the same request differ.

    Args:
        old: of the old target.
        new: of the new one.
        renaming: of the execution; takes in the pairs of own values that are met.
        ignored: what the user has left out.

    Returns:
        Each part and form once. Where the statuses differ, nothing else is compared.
    """
    if old.status is None and new.status is None:
        return ()
    if old.status is None or new.status is None:
        came = ["answered" if one.status is not None else "no answer" for one in (old, new)]
        return (_difference("answer", came, old.failure, new.failure),)
    if old.status != new.status:
        statuses = [str(old.status), str(new.status)]
        return (_difference("status", statuses, *statuses),)
    return (*_types(old, new), *_bodies(old, new, renaming, ignored))


def _types(old: Answer, new: Answer) -> Iterator[ShownDifference]:
    forms = [_type_form(old.content_type), _type_form(new.content_type)]
    if forms[0] != forms[1]:
        yield _difference("content type", forms, old.content_type, new.content_type)


def _bodies(
    old: Answer, new: Answer, renaming: Renaming, ignored: Ignored
) -> tuple[ShownDifference, ...]:
    if old.body is NOT_JSON and new.body is NOT_JSON:
        if scrubbed(old.text) == scrubbed(new.text):
            return ()
        forms = [_text_form(old.text), _text_form(new.text)]
        if forms[0] == forms[1]:
            forms[1] = "another text"
        return (_difference("body", forms, shown(old.text), shown(new.text)),)
    if old.body is NOT_JSON or new.body is NOT_JSON:
        forms = ["JSON" if one.body is not NOT_JSON else _text_form(one.text) for one in (old, new)]
        return (_difference("body", forms, shown(old.text), shown(new.text)),)
    return compare_bodies(ignored.without(old.body), ignored.without(new.body), renaming)


def _difference(part: str, forms: Sequence[str], old: str, new: str) -> ShownDifference:
    return ShownDifference(
        difference=PartDifference(part=part, old=forms[0], new=forms[1]), at=part, old=old, new=new
    )


def _text_form(text: str) -> str:
    return "a text that is no JSON" if text else "empty"


def _type_form(value: str) -> str:
    """A media type with its character set, in one spelling; ``"another type"`` for odd ones."""
    media, _, parameters = value.partition(";")
    media = media.strip().lower()
    if not media:
        return "none"
    charset = parameters.lower().replace(" ", "").replace('"', "")
    suffix = "; charset=utf-8" if charset == "charset=utf-8" else "; ..." if charset else ""
    return f"{media if media in _TYPES else 'another type'}{suffix}"
