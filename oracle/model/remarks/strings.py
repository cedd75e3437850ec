"""What the contract leaves open about single strings: session IDs, and characters in bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from ....contract import Environment
from ..input_classes import shape_of
from .remark import Remark, Topic, silent

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def has_surrogate(text: str) -> bool:
    """Whether ``text`` holds a lone surrogate, which UTF-8 cannot write."""
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)


def session_id_remarks(session_id: str, environment: Environment) -> Iterator[Remark]:
    """Why the status of any request to this session ID is open (IDENT-U1, IDENT-U3)."""
    if len(session_id) > environment.limits.integration_id:
        length = f"{len(session_id)} characters, {len(quote(session_id, errors='replace'))} as sent"
        yield _odd_id("IDENT-U1", "session ID over 1000 characters", length)
    if session_id in ("", ".", ".."):
        yield _odd_id("IDENT-U3", "session ID that is empty or a dot segment")
    elif "/" in session_id:
        yield _odd_id("IDENT-U3", "session ID with a slash", shape_of(session_id))
    elif has_surrogate(session_id):
        yield _odd_id("IDENT-U3", "session ID with a lone surrogate", shape_of(session_id))
    elif _has_control(session_id):
        yield _odd_id("IDENT-U3", "session ID with control characters", shape_of(session_id))


def _odd_id(rule: str, subject: str, detail: str = "") -> Remark:
    return silent(rule, subject, topic=Topic.SESSION_ID, detail=detail)


def text_remarks(text: str, field: str) -> Iterator[Remark]:
    """Why the status of a body with this string in ``field`` is open, and what becomes of it.

    Databases refuse NUL, XML and form libraries other control characters, and JSON libraries lone
    surrogates; none is ever a promise that the API broke. What is accepted may come back without
    them, or with others in their place.
    """
    if "\x00" in text:
        yield silent("IDENT-U3", "NUL in a string", field, detail=f"{field}: {shape_of(text)}")
    elif _has_control(text):
        subject = "control characters in a string"
        yield silent("IDENT-U3", subject, field, detail=f"{field}: {shape_of(text)}")
    if has_surrogate(text):
        shape = f"{field}: {shape_of(text)}"
        yield silent("IDENT-U3", "lone surrogate in a string", field, detail=shape)


def _has_control(text: str) -> bool:
    # Most texts are printable, which `isprintable` finds out at once.
    return not text.isprintable() and _CONTROL.search(text) is not None
