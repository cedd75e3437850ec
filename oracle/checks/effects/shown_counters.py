"""The counters of coupons that an answer shows, looked at alone (COUP-06)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....record import CheckName, Outcome, Situation
from ...counters import OVER_LIMIT, situation_of_burst, used_up
from ...counters.effects import shown_counters
from ...judged_response import UPDATE, Finding, JudgedResponse

_SHOWN = Situation.other("coupons of an answer")
_ABOVE_LIMIT = Outcome.other("usageCounter above usageLimit")


def check_shown_counters(response: JudgedResponse) -> Iterable[Finding]:
    """COUP-06: a shown ``usageCounter`` is at most the shown ``usageLimit``; 0 is no limit."""
    shown = shown_counters(response.json) if response.accepted else ()
    return _above_limit(shown) if shown else ()


def _above_limit(shown: Iterable[tuple[str, int, int | None]]) -> Iterator[Finding]:
    for code, used, limit in shown:
        if limit and used > limit:
            yield Finding(
                rule="COUP-06",
                situation=_SHOWN,
                outcome=_ABOVE_LIMIT,
                operation=UPDATE,
                expected=f"a usageCounter of {code!r} of at most {limit}",
                found=str(used),
                alternatives=tuple(_redeemed_too_often()),
            )


def _redeemed_too_often() -> Iterator[Finding]:
    """A coupon that is redeemed beyond its limit shows it so as well."""
    for situation in (used_up("COUP-02"), situation_of_burst("COUP-02")):
        yield Finding(
            rule="COUP-02",
            situation=situation,
            outcome=OVER_LIMIT,
            operation=UPDATE,
            check=CheckName.COUNTERS,
        )
