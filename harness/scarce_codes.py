"""Which of the declared codes one execution has to itself.

Codes of a pattern have numbers of the execution's own. A code that all executions share, and of
which each redemption counts, is used by one of them at a time: the others wait (see
`cartfuzz.harness.leases`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..contract import (
    MAX_CODE_LENGTH,
    NOTHING_EXCLUSIVE,
    BudgetScope,
    Environment,
    Exclusive,
    Raw,
    Redeemable,
    Scenario,
    Step,
)
from ..wire.codes import NO_CODES, SMALL_RANGE, OwnCodes, own_codes
from ..wire.encoding import body_with_placeholders, encode_json, session_view
from ..wire.marks import parts_of
from .leases import Leases


@dataclass(frozen=True, slots=True)
class _Use:
    """A declared code that a scenario holds, as its text there."""

    declared: Redeemable
    text: str
    session: int
    """Index of the session that gets it."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What an execution has while it goes on."""

    exclusive: Exclusive = NOTHING_EXCLUSIVE
    shared_by: frozenset[int] = frozenset()
    """The sessions, by index, with a code that later executions use again."""


class ScarceCodes:
    """The declared codes of an environment. Threads may share one.

    Args:
        environment: what the target has configured.
        stopped: returns whether the run was stopped.
        one_machine: whether all executions of the run are on this machine. Otherwise codes without
            a number are never exclusive.
    """

    def __init__(
        self, environment: Environment, *, stopped: Callable[[], bool], one_machine: bool
    ) -> None:
        self._environment = environment
        self._stopped = stopped
        self._one_machine = one_machine
        self._declared = (*environment.declared_coupons, *environment.referrals)
        self._patterns = tuple(one for one in self._declared if one.is_pattern)
        self._spellings = tuple(
            (declared, text, encode_json(text))
            for declared in self._declared
            for text in declared.spellings()
        )
        """Each text by which a scenario writes a code, and how a body of JSON has it."""
        self._known = lru_cache(maxsize=2_000)(self._matching)
        self._budgeted = frozenset(
            budget.campaign for budget in environment.budgets if budget.per is BudgetScope.CAMPAIGN
        )

    def own_codes(self, steps: tuple[Step, ...], mark: str) -> OwnCodes:
        """The codes that the execution with ``mark`` has for the placeholders in ``steps``."""
        if not self._patterns:
            return NO_CODES
        return own_codes(self._patterns, map(body_with_placeholders, steps), mark)

    @contextmanager
    def reserved(self, scenario: Scenario, own: OwnCodes, mark: str) -> Iterator[Reservation]:
        """Keeps the codes of ``scenario`` from other executions of the run, until the block ends.

        Args:
            scenario: what is executed in the block.
            own: its codes of patterns.
            mark: of the execution.

        Yields:
            What the execution has to itself, and what it must give back.
        """
        if not self._declared:
            yield Reservation()
            return
        uses = tuple(self._uses(scenario))
        shared_by = frozenset(use.session for use in uses if self._is_used_again(use.declared))
        if not self._environment.sole_user:
            yield Reservation(shared_by=shared_by)
            return
        names = {name for use in uses for name in self._leases_of(use.declared)}
        texts = [one.code for one in own if one.pattern.size < SMALL_RANGE]
        # A recorded scenario may hold a code with a number of its own.
        texts += [use.text.strip() for use in uses if use.declared.size in range(2, SMALL_RANGE)]
        names |= {f"code {text.casefold()}" for text in texts}
        if not names or not self._one_machine:
            yield Reservation(self._exclusive(uses, own, leased=False), shared_by)
        else:
            leases = Leases(parts_of(mark).run_id, stopped=self._stopped)
            with leases.held(names) as leased:
                yield Reservation(self._exclusive(uses, own, leased=leased), shared_by)

    def _exclusive(self, uses: tuple[_Use, ...], own: OwnCodes, *, leased: bool) -> Exclusive:
        codes = {
            one.placeholder
            for one in own
            if (leased if one.pattern.size < SMALL_RANGE else not one.is_used_up)
        }
        if leased:
            codes |= {use.declared.code for use in uses if _has_lease(use.declared)}
        folded = {code.casefold() for code in codes}
        # A scenario may write a code in another case, which may name the same one.
        codes |= {use.text for use in uses if use.text.strip().casefold() in folded}
        campaigns = {use.declared.campaign for use in uses} & self._budgeted if leased else ()
        return Exclusive(codes=frozenset(codes), campaigns=frozenset(campaigns))

    def _leases_of(self, declared: Redeemable) -> tuple[str, ...]:
        """The leases that whoever uses a code must hold."""
        names = [f"code {declared.code.casefold()}"] if _has_lease(declared) else []
        if declared.campaign in self._budgeted:
            names.append(f"campaign {declared.campaign}")
        return tuple(names)

    def _is_used_again(self, declared: Redeemable) -> bool:
        """Whether what an execution leaves redeemed of a code counts for a later one."""
        is_counted = declared.limit > 0 and declared.size < SMALL_RANGE
        return is_counted or declared.campaign in self._budgeted

    def _uses(self, scenario: Scenario) -> Iterator[_Use]:
        for step in scenario.steps:
            if isinstance(step, Raw):
                for declared, text, encoded in self._spellings:
                    if encoded in step.body:
                        yield _Use(declared, text, step.session)
                continue
            for text in _codes_in(step.body):
                for declared in self._meant_by(text):
                    yield _Use(declared, text, step.session)

    def _meant_by(self, text: str) -> tuple[Redeemable, ...]:
        """The declared codes that a code in a scenario may mean."""
        return (self._known if len(text) <= MAX_CODE_LENGTH else self._matching)(text)

    def _matching(self, text: str) -> tuple[Redeemable, ...]:
        plain = text.strip()
        folded = plain.casefold()
        return tuple(
            declared
            for declared in self._declared
            if declared.matches(plain)
            or any(folded == spelling.casefold() for spelling in declared.spellings())
        )


def _has_lease(declared: Redeemable) -> bool:
    """Whether all executions share a code of which each redemption counts."""
    return not declared.is_pattern and declared.limit > 0


def _codes_in(body: Any) -> Iterator[str]:
    """All coupon and referral codes of the session in a request body."""
    session = session_view(body)
    if session is None:
        return
    codes = session.get("couponCodes")
    for code in (*(codes if isinstance(codes, list) else (codes,)), session.get("referralCode")):
        if isinstance(code, str):
            yield code
