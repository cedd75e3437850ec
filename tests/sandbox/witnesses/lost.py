"""Lists the witnesses of faults that show when the client disconnects."""

from __future__ import annotations

from collections.abc import Mapping

from ..steps import (
    Step,
    disconnect_after,
    disconnect_within,
    get,
    item,
    put,
    return_items,
    return_line,
)

WITNESSES: Mapping[str, tuple[Step, ...]] = {
    "returns-again-when-nobody-listens": (
        put(state="closed", cartItems=[item("a", 4)]),
        disconnect_after(return_items(return_line(0, 1))),
        get(),
    ),
    "stores-half-when-nobody-listens": (
        disconnect_after(put(identifiers=["i"], referralCode="r")),
        get(),
    ),
    "applies-bodies-that-break-off": (disconnect_within(put(identifiers=["i"])), get()),
    "keeps-keys-of-heard-answers-only": (
        put(state="closed", cartItems=[item("a", 4)]),
        disconnect_after(return_items(return_line(0, 1), idempotency_key="key")),
        return_items(return_line(0, 1), idempotency_key="key"),
    ),
}
