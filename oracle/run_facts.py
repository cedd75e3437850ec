"""The facts of a scenario that are compared with those of the other scenarios of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..contract import Environment, SessionState
from .model import SessionModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """The facts of one scenario, for `cartfuzz.analysis.RunInvariants`."""

    ids: tuple[int, ...] = ()
    """The internal IDs of its sessions, each once: no two scenarios share one (RESP-07)."""
    redeemed: Counter[str] = field(default_factory=Counter)
    """By coupon with a declared limit: the number of its sessions that hold a redemption at the end
    (COUP-02)."""


def facts_of(models: Sequence[SessionModel], environment: Environment) -> RunFacts:
    """The facts that are certain.

    Only a closed session holds a redemption for certain: whether a return gives it back is not
    documented.

    Args:
        models: what the sessions of the scenario hold at the end; empty where that is not certain.
        environment: declares the coupons with a limit.
    """
    ids = dict.fromkeys(model.identity.id for model in models if model.identity is not None)
    redeemed: Counter[str] = Counter()
    for model in models:
        if not model.lost and model.state is SessionState.CLOSED:
            redeemed.update(_limited(model.redeemed, environment))
    return RunFacts(ids=tuple(ids), redeemed=redeemed)


def _limited(codes: Iterable[str], environment: Environment) -> Iterator[str]:
    """The declared coupons with a limit, as they are declared.

    Not those of patterns: their placeholder stands for another code in each execution.
    """
    for code in codes:
        coupon = environment.coupon(code)
        if coupon is not None and coupon.limit and not coupon.is_pattern:
            yield coupon.code
