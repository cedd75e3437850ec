"""Asks a target, step by step, what a run has to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from ...contract import ContractVersion, Environment
from ..declared_codes import DeclaredCode
from ..declared_values import Declared
from ..sender import Sender
from .codes import code_case_lines, unknown_code_line
from .declared import declared_lines
from .lines import SurveyLine
from .load import latency_lines, parallel_line
from .prober import Prober
from .version import contract_line, flattening_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found out."""

    lines: tuple[SurveyLine, ...]
    requests: int
    cancelled: tuple[str, ...]
    """The marks of the sessions that were made and cancelled."""
    left: tuple[str, ...]
    """The marks of those whose cancelling was not accepted."""


def survey_target(
    sender: Sender,
    *,
    run_id: str,
    environment: Environment,
    declared: Sequence[Declared],
    codes: Sequence[DeclaredCode],
    rps: float | None,
    timeout_sec: float,
    made: Sequence[str] = (),
) -> Survey:
    """Asks a target that answers as the session API. Makes one session, and cancels it.

    All else is asked in dry updates, which store nothing.

    Args:
        sender: sends at the rate of a run.
        run_id: the run's part of the marks.
        environment: what the configuration says.
        declared: attributes and costs to ask for one by one; empty: they are known to be taken.
        codes: coupons and referrals, likewise.
        rps: the rate of a run.
        timeout_sec: the longest that a request of a run may take.
        made: marks of sessions that were made before, to be cancelled as well.
    """
    prober = Prober(sender, run_id)
    contract, parallel = contract_line(prober, environment), parallel_line(prober)
    marks = (*made, prober.mark)
    cancelled = tuple(mark for mark in marks if prober.cancel(mark))
    found = [
        contract,
        *flattening_lines(prober, _spoken(environment, contract)),
        unknown_code_line(prober, environment),
        *code_case_lines(prober, environment),
        *declared_lines(prober, declared, codes),
        parallel,
    ]
    found += latency_lines(prober, rps=rps, timeout_sec=timeout_sec)
    return Survey(
        lines=tuple(found),
        requests=prober.requests,
        cancelled=cancelled,
        left=tuple(mark for mark in marks if mark not in cancelled),
    )


def _spoken(environment: Environment, contract: SurveyLine) -> Environment:
    """``environment`` in the version that the target speaks."""
    if contract.suggestion is None:
        return environment
    version = ContractVersion(str(contract.suggestion.value))
    return msgspec.structs.replace(environment, contract=version, since="")
