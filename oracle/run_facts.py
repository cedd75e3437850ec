"""What a scenario leaves behind that only counts beside the rest of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..contract import Environment, SessionState
from .model import SessionModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """The facts of one scenario, for the ledger of the run."""

    ids: tuple[int, ...] = ()
    """The internal ids of its sessions, each once."""
    redeemed: Counter[str] = field(default_factory=Counter)
    """By coupon with a declared limit: how many of its sessions hold a redemption at the end."""


def facts_of(models: Sequence[SessionModel], environment: Environment) -> RunFacts:
    """The facts that are sure.

    A session counts as holding a redemption if it is closed: what a return gives back is open.
    """
    ids = dict.fromkeys(model.identity.id for model in models if model.identity is not None)
    redeemed: Counter[str] = Counter()
    for model in models:
        codes = model.fields.get("couponCodes")
        if not model.lost and model.state is SessionState.CLOSED and isinstance(codes, list):
            redeemed.update(
                {code for code in codes if isinstance(code, str)} & environment.coupon_limits.keys()
            )
    return RunFacts(ids=tuple(ids), redeemed=redeemed)
