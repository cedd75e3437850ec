"""Opens a target: checks that it can be tested, and makes an engine that sends to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from ..wire.marks import new_run_id
from .engine import Engine
from .novelty import Novelty
from .plan import Plan, RecordPolicy
from .preflight import check_target
from .rate_limiter import RateLimiter
from .transport import HttpTransport


def begin_run(url: str, api_key: str, *, timeout_sec: float) -> str:
    """A new run ID, once the target has answered a harmless request.

    Raises:
        TargetUnreachableError: nothing answers.
        CredentialsRefusedError: the target answers 401 or 403.
        NotSessionAPIError: something else than the session API answers.
    """
    run_id = new_run_id()
    with closing(HttpTransport(url, api_key=api_key, timeout_sec=timeout_sec)) as transport:
        check_target(transport, url=url, run_id=run_id)
    return run_id


@contextmanager
def open_target(
    plan: Plan,
    api_key: str,
    *,
    stopped: Callable[[], bool] = lambda: False,
    share: int = 1,
    keep: RecordPolicy = RecordPolicy.FAILURES,
    novelty: Novelty | None = None,
) -> Iterator[Engine]:
    """An engine for the target of ``plan``; its connections are closed at the end of the block.

    Args:
        plan: names the target, its environment, the timeout and the rate.
        api_key: the target's key; it goes into requests and nowhere else.
        stopped: returns whether the run was stopped; nothing is sent any more then.
        share: engines that send at the same time; the rate is divided by it.
        keep: which scenarios the events carry whole.
        novelty: what was seen before; None: nothing.
    """
    transport = HttpTransport(plan.url, api_key=api_key, timeout_sec=plan.timeout_sec)
    with closing(transport):
        yield Engine(
            transport,
            environment=plan.environment,
            levels=plan.rule_levels,
            rate_limiter=RateLimiter(plan.rps / share if plan.rps else None, stopped=stopped),
            stopped=stopped,
            keep=keep,
            novelty=novelty,
        )
