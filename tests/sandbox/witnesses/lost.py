"""Faults that show to those only whose connection breaks."""

from __future__ import annotations

from collections.abc import Mapping

from ..steps import Step, at, broken_off, get, give, item, lost, put

WITNESSES: Mapping[str, tuple[Step, ...]] = {
    "returns-again-when-nobody-listens": (
        put(state="closed", cartItems=[item("a", 4)]),
        lost(give(at(0, 1))),
        get(),
    ),
    "stores-half-when-nobody-listens": (lost(put(identifiers=["i"], referralCode="r")), get()),
    "applies-bodies-that-break-off": (broken_off(put(identifiers=["i"])), get()),
    "keeps-keys-of-heard-answers-only": (
        put(state="closed", cartItems=[item("a", 4)]),
        lost(give(at(0, 1), once="key")),
        give(at(0, 1), once="key"),
    ),
}
