"""Opens a target: checks that it can be tested, and makes an engine that sends to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

import msgspec

from ..contract import Traffic
from ..wire.known_secrets import remember
from ..wire.marks import new_run_id
from ..wire.secrets import TargetSecrets
from .access.environment_proxies import ignored_proxy
from .access.production_guard import check_host
from .declared_codes import DeclaredCode
from .declared_values import Declared
from .engine import Engine
from .errors import NotSessionAPIError, TargetError, TargetUnreachableError
from .novelty import Novelty
from .pace.circuit_breaker import MAX_PROBE_SEC, CircuitBreaker
from .pace.pace_state import PaceState, local_pace
from .pace.pacing import Notice, pause_notice
from .pace.rate_limiter import RateLimiter
from .pace.request_cutoff import cut_off_when_stopped
from .pace.slow_down import SlowDown
from .pace.target_probe import probe_with
from .plan import Plan, RecordPolicy
from .plugins.loading import extensions_of
from .plugins.transport import with_plugins
from .preflight import PreflightResult, check_target
from .sender import Sender, TargetCare
from .session_ledger import ledger_in
from .survey import Survey, survey_target
from .transport import Transport, open_transport
from .transport.protocols import abort_of
from .transport.restricted_transport import RestrictedTransport


def begin_run(
    plan: Plan,
    secrets: TargetSecrets,
    *,
    declared: Sequence[Declared] = (),
    codes: Sequence[DeclaredCode] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> str:
    """A new run ID, once `check_target` found nothing wrong; the arguments as of `preflight`."""
    run_id, _ = preflight(plan, secrets, declared=declared, codes=codes, stopped=stopped)
    return run_id


def check_answers(plan: Plan, secrets: TargetSecrets) -> None:
    """Checks by a read that the target of a run answers; nothing is made there.

    Args:
        plan: names the target and how it is reached.
        secrets: of the target.

    Raises:
        TargetError: it does not.
    """
    transport = transport_for(plan, secrets)
    with closing(transport):
        sender = Sender(transport, rate_limiter=RateLimiter(plan.rps), stopped=lambda: False)
        try:
            check_target(
                sender,
                url=plan.url,
                run_id=new_run_id(),
                traffic=Traffic.READS,
                hint=ignored_proxy(plan.url, plan.access),
            )
        except NotSessionAPIError:
            return  # it answers; how is for others to judge


def preflight(
    plan: Plan,
    secrets: TargetSecrets,
    *,
    declared: Sequence[Declared] = (),
    codes: Sequence[DeclaredCode] = (),
    stopped: Callable[[], bool] = lambda: False,
    notice: Callable[[Notice], None] = lambda _: None,
) -> tuple[str, PreflightResult]:
    """A new run ID and what `check_target` saw.

    Args:
        plan: names the target, how it is reached and what may be sent to it.
        secrets: of the target; they go into requests and nowhere else.
        declared: what the environment declares, see `cartfuzz.harness.declarations`; empty: that is
            not checked.
        codes: codes that it declares, see `cartfuzz.harness.declared_codes`.
        stopped: returns whether the user has stopped the run.
        notice: gets what the user should know at once: a long pause that the target asks for.

    Raises:
        ConfigurationError: the host looks like production, or its address is none of a server.
        TargetUnreachableError: nothing answers, or only after pauses that outlive the run.
        CredentialsRefusedError: the target answers 401 or 403.
        NotSessionAPIError: something else than the session API answers.
        DeclarationRefusedError: the target refuses something of ``declared``.
        KeyboardInterrupt: the user has stopped the run meanwhile.
    """
    check_host(plan.url, intended=plan.production)
    run_id = new_run_id()
    remember(secrets)
    transport = transport_for(plan, secrets)
    limiter = RateLimiter(plan.rps, stopped=stopped)
    with closing(transport), cut_off_when_stopped(abort_of(transport), stopped):
        sender = Sender(
            transport,
            rate_limiter=limiter,
            stopped=stopped,
            on_pause=_pauses(notice, plan.url, plan.duration_sec),
        )
        try:
            seen = check_target(
                sender,
                url=plan.url,
                run_id=run_id,
                declared=declared,
                codes=codes,
                traffic=plan.traffic,
                hint=ignored_proxy(plan.url, plan.access),
            )
        except TargetError:
            if stopped():  # what was not answered for that reason says nothing of the target
                raise KeyboardInterrupt from None
            raise
        if stopped():
            raise KeyboardInterrupt
    return run_id, seen


def _pauses(
    notice: Callable[[Notice], None], url: str, duration_sec: float | None
) -> Callable[[float], None]:
    """Gives the first long pause to ``notice``; no pause before a run outlives the run.

    The function that it returns takes the seconds of a pause that the target asks for.

    Raises:
        TargetUnreachableError: by that function, where all pauses take longer than the run may.
    """
    is_shown = False
    asked_sec = 0.0

    def note(seconds: float) -> None:
        nonlocal is_shown, asked_sec
        asked_sec += seconds
        if duration_sec is not None and asked_sec > duration_sec:
            raise TargetUnreachableError(
                f"{url} asks for pauses of {asked_sec:.0f} s before anything else is sent "
                f"(Retry-After), and the run may last {duration_sec:g} s: wait until it serves "
                "requests again, or give the run more time"
            )
        one = pause_notice(seconds)
        if one is not None and not is_shown:
            is_shown = True
            notice(one)

    return note


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
    transport = transport_for(plan, secrets)
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


def transport_for(plan: Plan, secrets: TargetSecrets) -> Transport:
    """What sends to the target of ``plan``, see `open_transport`, and nothing but its traffic.

    A restriction holds for what Cartfuzz asks for, and again for what plugins make of it: a read
    must not become a write, nor a write be passed off as a read.
    """
    transport = open_transport(
        plan.url,
        access=plan.access,
        secrets=secrets,
        timeout_sec=plan.timeout_sec,
        trace=plan.trace,
        in_flight=plan.in_flight,
    )
    extensions = extensions_of(plan.plugins)
    if plan.traffic is Traffic.ALL:
        return with_plugins(transport, extensions)
    made = RestrictedTransport(
        transport, plan.traffic, dry=extensions.dry_parameter, cause="as plugins make it"
    )
    return RestrictedTransport(with_plugins(made, extensions), plan.traffic)


@contextmanager
def open_target(
    plan: Plan,
    secrets: TargetSecrets,
    *,
    stopped: Callable[[], bool] = lambda: False,
    state: PaceState | None = None,
    share: Callable[[], float] = lambda: 1.0,
    senders: int = 1,
    keep: RecordPolicy = RecordPolicy.FAILURES,
    novelty: Novelty | None = None,
    one_machine: bool = True,
) -> Iterator[Engine]:
    """An engine for the target of ``plan``; its connections are closed at the end of the block.

    Args:
        plan: names the target, its environment, the timeout and the rate.
        secrets: of the target; they go into requests and nowhere else.
        stopped: returns whether the run was stopped; nothing is sent any more then.
        state: what all that send in this run share; None: nobody else sends.
        share: the part of the rate that goes through ``state``.
        senders: processes that share it.
        keep: which scenarios the events carry whole.
        novelty: what was seen before; None: nothing.
        one_machine: whether all that executes scenarios of the run is on this machine.
    """
    remember(secrets)
    state = state or local_pace()
    transport = transport_for(plan, secrets)
    patience = min(plan.timeout_sec, MAX_PROBE_SEC)
    prober = transport_for(msgspec.structs.replace(plan, timeout_sec=patience), secrets)
    with ExitStack() as stack:
        ledger = stack.enter_context(closing(ledger_in(plan.session_ledger)))
        for one in (transport, prober):
            stack.enter_context(closing(one))
            stack.enter_context(cut_off_when_stopped(abort_of(one), stopped))
        breaker = CircuitBreaker(
            state, probe_with(prober), give_up_sec=plan.give_up_sec, stopped=stopped
        )
        slow_down = SlowDown(state, rps=plan.rps, senders=senders) if plan.slow_down else None
        yield Engine(
            transport,
            environment=plan.environment,
            levels=plan.rule_levels,
            rate_limiter=RateLimiter(
                plan.rps,
                share=share,
                max_requests=plan.max_requests,
                state=state,
                stopped=stopped,
            ),
            stopped=stopped,
            keep=keep,
            novelty=novelty,
            one_machine=one_machine,
            care=TargetCare(breaker=breaker, slow_down=slow_down),
            ledger=ledger,
            request_times=plan.request_times,
            own_checks=extensions_of(plan.plugins).checks,
            state=state,
        )
