"""Scarce codes on both sides of their limit: what redeems them, what does not, what gives back.

Each scenario redeems a code as often as its limit allows, and once more. What should not have
counted, or not have been given back, shows in the one that is then rejected too early or too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...contract import MARK, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CANCELLED, CLOSED
from ..values.scarce_codes import ScarceCode, shown

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRules:
    """The rules that a kind of code has for the same things."""

    limit: str
    """No more redemptions than the limit."""
    below: str
    """Redeemed below the limit."""
    above: str
    """Rejected where it is used up."""
    cancel: str
    cancel_open: str
    cancel_twice: str
    reopen: str
    nothing: str
    """What is no redemption."""

    @property
    def redeeming(self) -> tuple[str, ...]:
        """Those that a close with a code puts to the test."""
        return tuple(dict.fromkeys((self.limit, self.below)))

    @property
    def rejecting(self) -> tuple[str, ...]:
        """Those that a close with a code that is used up puts to the test."""
        return tuple(dict.fromkeys((self.limit, self.above, "EFF-U1")))


COUPON_RULES = LimitRules(
    limit="COUP-02",
    below="COUP-01",
    above="COUP-03",
    cancel="COUP-04",
    cancel_open="COUP-05",
    cancel_twice="COUP-11",
    reopen="COUP-08",
    nothing="COUP-07",
)
REFERRAL_RULES = LimitRules(
    limit="REF-01",
    below="REF-02",
    above="REF-02",
    cancel="REF-03",
    cancel_open="REF-03",
    cancel_twice="REF-03",
    reopen="REF-04",
    nothing="REF-02",
)


class LimitCase:
    """A scenario around the limit of one code, under construction.

    Args:
        title: what happens to the code, in a few plain words.
        code: the code.
        before: sessions that the case itself needs, besides those that redeem.
        after: sessions that redeem the code after the limit was reached once.
    """

    def __init__(self, title: str, code: ScarceCode, *, before: int = 0, after: int = 0) -> None:
        self.code = code
        self.rules = COUPON_RULES if code.is_coupon else REFERRAL_RULES
        kind = "coupon" if code.is_coupon else "referral"
        count = before + code.limit + 1 + after + (not code.declared.is_pattern)
        names = (f"limit{index}-{MARK}" for index in range(count))
        self.builder = ScenarioBuilder(f"{kind} {title}", *names)
        self._next = before
        self._closed: dict[int, None] = {}
        self._usage = ("COUP-06",) if code.is_coupon else ()

    def redeem(self, *aims: str) -> int:
        """Closes the next session with the code, which it must get.

        Returns:
            The index of the session.
        """
        return self._close((*self.rules.redeeming, *self._usage, *aims))

    def redeem_all(self, *aims: str, but: int = 0) -> None:
        """Redeems the code as often as its limit allows, except for ``but`` times."""
        for _ in range(self.code.limit - but):
            self.redeem(*aims)

    def exceed(self, *aims: str) -> int:
        """Closes the next session with the code, which is used up.

        Returns:
            The index of the session.
        """
        return self._close((*self.rules.rejecting, *aims))

    def close(self, session: int, *aims: str, **changes: Any) -> None:
        """Closes ``session`` with the code."""
        body = shown(self.code.session(session, state="closed", **changes))
        self.builder.update_with_body(body, *aims, session_index=session)
        self._closed[session] = None

    def change(self, session: int, fields: Json, *aims: str, dry: bool = False) -> None:
        """Sends ``fields`` to ``session``."""
        self.builder.update_with_body(shown(fields), *aims, session_index=session, dry=dry)
        if fields == CLOSED and not dry:
            self._closed[session] = None

    def cancel(self, session: int, *aims: str, shows: bool = True) -> None:
        """Cancels ``session``, which gives back what it redeemed.

        Args:
            session: index of the session.
            aims: the rules that this puts to the test; none: that of a cancel.
            shows: whether the answer is to show the counter of the code.
        """
        wanted = aims or (self.rules.cancel,)
        if shows:
            self.change(session, CANCELLED, *wanted)
        else:
            self.builder.update(CANCELLED, *wanted, session_index=session)
        self._closed.pop(session, None)

    def build(self) -> Scenario:
        """The scenario; a code that all executions share is given back and redeemed once more.

        A target that does not give it back has used it up, so that no later scenario could find
        that.
        """
        if not self.code.declared.is_pattern:
            for session in tuple(self._closed):
                self.cancel(session)
            self.redeem(self.rules.cancel)
        return self.builder.build()

    def _close(self, aims: tuple[str, ...]) -> int:
        session = self._next
        self._next += 1
        self.close(session, *aims)
        return session
