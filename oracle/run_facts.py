"""The facts of a scenario that are compared with those of the other scenarios of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ..contract import Environment, Redeemable, SessionState
from .model import SessionModel
from .model.applied import Applied


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """The facts of one scenario, for `cartfuzz.analysis.RunInvariants`."""

    ids: tuple[int, ...] = ()
    """The internal IDs of its sessions, each once: no two scenarios share one (RESP-07)."""
    redeemed: Counter[str] = field(default_factory=Counter)
    """By coupon with a declared limit: the number of its sessions that hold a redemption at the end
    (COUP-02)."""
    referred: Counter[str] = field(default_factory=Counter)
    """The same of referrals (REF-01)."""


def facts_of(
    models: Sequence[SessionModel],
    environment: Environment,
    *,
    given_back: Collection[int] = (),
) -> RunFacts:
    """The facts that are certain.

    Only a closed session whose close was answered holds a redemption for certain: whether a return
    gives it back is not documented.

    Args:
        models: what the sessions of the scenario hold at the end; empty where that is not certain.
        environment: declares the codes with a limit.
        given_back: the sessions, by index, that were cancelled after that.
    """
    ids = dict.fromkeys(model.identity.id for model in models if model.identity is not None)
    redeemed: Counter[str] = Counter()
    referred: Counter[str] = Counter()
    for index, model in enumerate(models):
        if index in given_back:
            continue
        applied = model.applied
        if not model.lost and model.state is SessionState.CLOSED and isinstance(applied, Applied):
            redeemed.update(_limited(map(environment.coupon, applied.coupons)))
            referred.update(_limited([environment.referral(applied.referral)]))
    return RunFacts(ids=tuple(ids), redeemed=redeemed, referred=referred)


def _limited(codes: Iterable[Redeemable | None]) -> frozenset[str]:
    """The declared codes with a limit, as they are declared.

    Not those of patterns: their placeholder stands for another code in each execution.
    """
    return frozenset(
        one.code for one in codes if one is not None and one.limit and not one.is_pattern
    )
