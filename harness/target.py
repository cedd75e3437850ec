"""Opens a target: checks that it can be tested, and makes an engine that sends to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from ..wire.known_secrets import remember
from ..wire.marks import new_run_id
from ..wire.secrets import TargetSecrets
from ..wire.trace import DEFAULT_TRACE, TraceHeaders
from .declared_codes import DeclaredCode
from .declared_values import Declared
from .engine import Engine
from .novelty import Novelty
from .plan import Plan, RecordPolicy
from .preflight import PreflightResult, check_target
from .rate_limiter import RateLimiter
from .sender import Sender
from .session_ledger import ledger_in
from .survey import Survey, survey_target
from .transport import HttpTransport


def begin_run(
    url: str,
    secrets: TargetSecrets,
    *,
    timeout_sec: float,
    rps: float | None = None,
    declared: Sequence[Declared] = (),
    codes: Sequence[DeclaredCode] = (),
    trace: TraceHeaders = DEFAULT_TRACE,
) -> str:
    """A new run ID, once `check_target` found nothing wrong; the arguments as of `preflight`."""
    run_id, _ = preflight(
        url,
        secrets,
        timeout_sec=timeout_sec,
        rps=rps,
        declared=declared,
        codes=codes,
        trace=trace,
    )
    return run_id


def preflight(
    url: str,
    secrets: TargetSecrets,
    *,
    timeout_sec: float,
    rps: float | None = None,
    declared: Sequence[Declared] = (),
    codes: Sequence[DeclaredCode] = (),
    trace: TraceHeaders = DEFAULT_TRACE,
) -> tuple[str, PreflightResult]:
    """A new run ID and what `check_target` saw.

    Args:
        url: of the target.
        secrets: of the target; they go into requests and nowhere else.
        timeout_sec: for each request.
        rps: most requests a second; None: no bound.
        declared: what the environment declares, see `cartfuzz.harness.declarations`; empty: that is
            not checked.
        codes: codes that it declares, see `cartfuzz.harness.declared_codes`.
        trace: which header lines name a request.

    Raises:
        TargetUnreachableError: nothing answers.
        CredentialsRefusedError: the target answers 401 or 403.
        NotSessionAPIError: something else than the session API answers.
        DeclarationRefusedError: the target refuses something of ``declared``.
    """
    run_id = new_run_id()
    remember(secrets)
    sending = HttpTransport(url, secrets=secrets, timeout_sec=timeout_sec, trace=trace)
    with closing(sending) as transport:
        sender = Sender(transport, rate_limiter=RateLimiter(rps), stopped=lambda: False)
        return run_id, check_target(sender, url=url, run_id=run_id, declared=declared, codes=codes)


def survey(
    plan: Plan,
    secrets: TargetSecrets,
    *,
    run_id: str,
    declared: Sequence[Declared],
    codes: Sequence[DeclaredCode],
    made: Sequence[str],
) -> Survey:
    """What `survey_target` finds out about the target of ``plan``, at the rate of a run.

    Args:
        plan: names the target, its environment, the timeout and the rate.
        secrets: of the target; they go into requests and nowhere else.
        run_id: of the preflight before.
        declared: as of `survey_target`.
        codes: as of `survey_target`.
        made: as of `survey_target`.
    """
    remember(secrets)
    transport = HttpTransport(
        plan.url, secrets=secrets, timeout_sec=plan.timeout_sec, trace=plan.trace
    )
    with closing(transport):
        sender = Sender(transport, rate_limiter=RateLimiter(plan.rps), stopped=lambda: False)
        return survey_target(
            sender,
            run_id=run_id,
            environment=plan.environment,
            declared=declared,
            codes=codes,
            rps=plan.rps,
            timeout_sec=plan.timeout_sec,
            made=made,
        )


@contextmanager
def open_target(
    plan: Plan,
    secrets: TargetSecrets,
    *,
    stopped: Callable[[], bool] = lambda: False,
    share: int = 1,
    keep: RecordPolicy = RecordPolicy.FAILURES,
    novelty: Novelty | None = None,
    one_machine: bool = True,
) -> Iterator[Engine]:
    """An engine for the target of ``plan``; its connections are closed at the end of the block.

    Args:
        plan: names the target, its environment, the timeout and the rate.
        secrets: of the target; they go into requests and nowhere else.
        stopped: returns whether the run was stopped; nothing is sent any more then.
        share: engines that send at the same time; the rate is divided by it.
        keep: which scenarios the events carry whole.
        novelty: what was seen before; None: nothing.
        one_machine: whether all that executes scenarios of the run is on this machine.
    """
    remember(secrets)
    transport = HttpTransport(
        plan.url, secrets=secrets, timeout_sec=plan.timeout_sec, trace=plan.trace
    )
    with closing(transport), closing(ledger_in(plan.session_ledger)) as ledger:
        yield Engine(
            transport,
            environment=plan.environment,
            levels=plan.rule_levels,
            rate_limiter=RateLimiter(plan.rps / share if plan.rps else None, stopped=stopped),
            stopped=stopped,
            keep=keep,
            novelty=novelty,
            one_machine=one_machine,
            ledger=ledger,
        )
