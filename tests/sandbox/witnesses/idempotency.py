"""Witnesses of the faults of Idempotency-Keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..steps import Step, get, put, reopen

ONE: dict[str, Any] = {"identifiers": ["one"]}


def keyed(step: Step, key: str = "k") -> Step:
    """``step`` with an Idempotency-Key."""
    return replace(step, headers={**step.headers, "idempotency-key": key})


WITNESSES: Mapping[str, tuple[Step, ...]] = {
    "applies-keyed-updates-again": (keyed(put()), keyed(put())),
    "refuses-repeated-reopens": (put(state="closed"), keyed(reopen()), keyed(reopen())),
    "refuses-used-update-keys": (keyed(put()), keyed(put())),
    "answers-repetitions-afresh": (keyed(put()), put(**ONE), keyed(put())),
    "keeps-the-last-key-only": (keyed(put()), keyed(put(**ONE), "l"), keyed(put()), get()),
    "refuses-keys-past-64": (keyed(put(), "k" * 65),),
    "refuses-the-longest-key": (keyed(put(), "k" * 255),),
    "cuts-keys-at-64": (keyed(put(), "k" * 65), keyed(put(), "k" * 66)),
    "folds-the-case-of-keys": (keyed(put(), "k"), keyed(put(), "K")),
    "shares-keys-between-sessions": (keyed(put()), keyed(put("t"))),
}
