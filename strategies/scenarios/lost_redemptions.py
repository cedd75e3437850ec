"""Lost answers to writes that redeem a scarce code, or give it back."""

from __future__ import annotations

import msgspec

from ...contract import (
    MARK,
    ContractVersion,
    Cut,
    Environment,
    Fetch,
    Reopen,
    Scenario,
    Step,
    Update,
)
from ..values.decisions import Decisions
from ..values.scarce_codes import MAX_REPEATED_LIMIT, ScarceCode, fresh_codes, redeeming, shown


def lost_redemptions(environment: Environment) -> tuple[ScarceCode, ...]:
    """The codes that such scenarios are about: new in each execution, with a small limit."""
    return tuple(code for code in fresh_codes(environment) if code.limit <= MAX_REPEATED_LIMIT)


def lost_redemption(
    environment: Environment, code: ScarceCode, cut: Cut, decisions: Decisions
) -> Scenario:
    """A write that decides on the last redemption is cut; then another session asks for it.

    Args:
        environment: as for `cartfuzz.strategies.lost_answers`.
        code: one of `lost_redemptions`.
        cut: where the connection of the write is cut.
        decisions: which write it is, and what follows.
    """

    rule = ("COUP-02", "COUP-03") if code.is_coupon else ("REF-01", "REF-02")
    aims = ("RESP-03", *rule)
    last = code.limit
    redeemed = [redeeming(code, index, *aims) for index in range(1, last)]
    writes: list[Step] = [
        Update(body=shown({"state": "closed"}), aims=aims),
        Update(body=shown({"state": "cancelled"}), aims=aims),
    ]
    if environment.contract is ContractVersion.CURRENT:
        writes.append(Reopen(aims=aims))
    write = decisions.pick(writes)
    is_close = write is writes[0]
    first = code.session(0) if is_close else code.session(0, state="closed")
    reads = [Fetch(aims=aims)] * (1 + cut.whole) if decisions.take(4) != 1 else []
    repetition = [write, Fetch(aims=aims)] if decisions.take(2) else []
    name = "closing" if is_close else "giving back"
    return Scenario(
        title=f"lost {name} of a session with a scarce code",
        sessions=tuple(f"lost{index}-{MARK}" for index in range(last + 2)),
        steps=(
            *redeemed,
            Update(body=shown(first), aims=aims),
            msgspec.structs.replace(write, cut=cut),
            *reads,
            redeeming(code, last, *aims),
            *repetition,
            redeeming(code, last + 1, *aims),
        ),
    )
