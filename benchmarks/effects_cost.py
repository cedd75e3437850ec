"""How much of a worker's CPU goes into effects, coupons, referrals and budgets.

One campaign against the sandbox is recorded. Then the same scenarios are drawn, encoded and judged
again and again, with the recorded answers in place of a target: once as always, once without all
that judges effects, counts redemptions or gives executions codes of their own. Both take turns, and
what is compared is CPU time, which other processes on the machine disturb least. What sending and
receiving took when the campaign was recorded is added, as a worker has to do that too.

Usage: python benchmarks/effects_cost.py [--requests N] [--repeats N] [--phase PHASE ...]
"""

from __future__ import annotations

import argparse
import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from time import process_time, thread_time
from unittest.mock import patch

import msgspec
from measures import Report, in_turns, ratio

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Cut
from cartfuzz.harness import sender
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.memory_tuning import tuned
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.scarce_codes import Reservation, ScarceCodes
from cartfuzz.harness.scheduling.shards import NumberedScenario, Shards
from cartfuzz.harness.transport import HttpTransport, Transport
from cartfuzz.oracle import judging, learning, rule_coverage
from cartfuzz.oracle.checks import FORM_CHECKS
from cartfuzz.oracle.checks.effects import groups
from cartfuzz.oracle.counters import DeclaredLimits
from cartfuzz.oracle.fingerprints import follower
from cartfuzz.record import CheckName, Phase
from cartfuzz.sandbox import start
from cartfuzz.wire import NO_CODES, NoResponse, OwnCodes, Request, Response
from cartfuzz.wire.encoding import unmarked
from cartfuzz.wire.marks import mark_of
from cartfuzz.wire.secrets import TargetSecrets

Outcome = Response | NoResponse
_ENVIRONMENT = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT)
_FORM = frozenset((CheckName.EFFECT_FORM, CheckName.SHOWN_COUNTERS))
_NO_CHECKS = groups.EffectGroup((), (), ())


class Recorder:
    """Keeps the outcomes of a transport, one list for each call, and the time that it needs."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.calls: list[list[Outcome]] = []
        self.seconds = 0.0
        """CPU time of the calling thread in the transport."""

    def send(self, request: Request) -> Outcome:
        return self._kept(lambda: [self._transport.send(request)])[0]

    def burst(self, requests: Sequence[Request]) -> list[Outcome]:
        return self._kept(lambda: self._transport.burst(requests))

    def sequence(self, requests: Sequence[Request]) -> list[Outcome]:
        return self._kept(lambda: self._transport.sequence(requests))

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        outcome = self._kept(lambda: [self._transport.cut(request, cut)])[0]
        assert isinstance(outcome, NoResponse)
        return outcome

    def close(self) -> None:
        self._transport.close()

    def _kept(self, call: Callable[[], list[Outcome]]) -> list[Outcome]:
        began = thread_time()
        outcomes = call()
        self.seconds += thread_time() - began
        self.calls.append(outcomes)
        return outcomes


class Replay:
    """Answers each call as it was answered when it was recorded."""

    def __init__(self, calls: Sequence[list[Outcome]]) -> None:
        self._left = deque(calls)

    def send(self, _request: Request) -> Outcome:
        return self._next()[0]

    def burst(self, _requests: Sequence[Request]) -> list[Outcome]:
        return self._next()

    def sequence(self, _requests: Sequence[Request]) -> list[Outcome]:
        return self._next()

    def cut(self, _request: Request, _cut: Cut) -> NoResponse:
        outcome = self._next()[0]
        assert isinstance(outcome, NoResponse)  # the same calls come in the same order
        return outcome

    def close(self) -> None:
        """Nothing to close."""
        if self._left:
            raise AssertionError(f"{len(self._left)} recorded calls were not asked for")

    def _next(self) -> list[Outcome]:
        return self._left.popleft()


class Campaign:
    """The first shards of a campaign, and what a target answered to them."""

    def __init__(self, requests: int, phases: tuple[Phase, ...]) -> None:
        self._plan = Plan(url="", environment=_ENVIRONMENT, seed=1, phases=phases)
        list(Shards(self._plan).scenarios_of(0) or ())  # what is made once is no part of the work
        self._shards = 0
        with start(_ENVIRONMENT) as sandbox:
            recorder = Recorder(HttpTransport(sandbox.url, secrets=TargetSecrets(sandbox.api_key)))
            self.requests = self._recorded(recorder, requests)
        self.sending = recorder.seconds / self.requests * 1000
        """Milliseconds of CPU time a request that the transport took."""
        self._calls = recorder.calls
        self._calls_without = self._without_codes()

    def judged(self) -> float:
        """Milliseconds of CPU time a request, with all judged."""
        return self.sending + self._timed(Replay(self._calls))

    def judged_without_effects(self) -> float:
        """The same without what is measured here."""
        with without_effects():
            return self.sending + self._timed(Replay(self._calls_without))

    def _recorded(self, transport: Transport, requests: int) -> int:
        engine, shards, sent = _engine(transport), Shards(self._plan), 0
        while sent < requests and (members := shards.scenarios_of(self._shards)) is not None:
            sent += sum(_executed(engine, member) for member in members)
            self._shards += 1
        transport.close()
        return sent

    def _timed(self, replay: Replay) -> float:
        engine, shards, sent = _engine(replay), Shards(self._plan), 0
        gc.collect()
        began = process_time()
        for shard in range(self._shards):
            sent += sum(_executed(engine, member) for member in shards.scenarios_of(shard) or ())
        took = process_time() - began
        replay.close()
        if sent != self.requests:
            raise AssertionError(f"{sent} requests in place of the {self.requests} recorded")
        return took / sent * 1000

    def _without_codes(self) -> list[list[Outcome]]:
        """The outcomes as executions see them that have no codes of their own.

        Their scenarios hold placeholders, and so must the answers.
        """
        bodies: deque[bytes] = deque()
        original = unmarked

        def noted(response: Response, mark: str, own_codes: OwnCodes = NO_CODES) -> Response:
            bodies.append(own_codes.taken_from(response.body))
            return original(response, mark, own_codes)

        with patch.object(sender, "unmarked", noted):
            self._timed(Replay(self._calls))
        return [
            [
                replace(one, body=bodies.popleft()) if isinstance(one, Response) else one
                for one in outcomes
            ]
            for outcomes in self._calls
        ]


def _engine(transport: Transport) -> Engine:
    return Engine(transport, environment=_ENVIRONMENT, levels={}, rate_limiter=RateLimiter(None))


def _executed(engine: Engine, member: NumberedScenario) -> int:
    """Executes a scenario; how many requests were sent."""
    mark = mark_of("measured", member.execution_index)
    run = engine.execute(
        member.scenario, phase=member.phase.value, scenario_id=member.id, mark=mark
    )
    return run.requests


@contextmanager
def without_effects() -> Iterator[None]:
    """Judges no effect, counts no redemption and knows no codes of an execution in the block."""

    @contextmanager
    def nothing_reserved(*_: object) -> Iterator[Reservation]:
        yield Reservation()

    off: Sequence[tuple[object, str, object]] = (
        (judging, "FORM_CHECKS", tuple(c for c in FORM_CHECKS if c.name not in _FORM)),
        (judging, "effect_group", lambda _: _NO_CHECKS),
        (rule_coverage, "tested_effect_rules", lambda _: ()),
        (learning, "is_remembered", lambda _: False),
        (learning, "_with_applied", lambda after, _: after),
        (follower, "campaign_choices", lambda *_: ()),
        (DeclaredLimits, "redeeming_sessions", lambda *_: frozenset()),
        (ScarceCodes, "own_codes", lambda *_: NO_CODES),
        (ScarceCodes, "reserved", nothing_reserved),
    )
    with ExitStack() as stack:
        for owner, name, value in off:
            stack.enter_context(patch.object(owner, name, value))
        yield


def effects_cost(
    report: Report, requests: int, repeats: int, phases: tuple[Phase, ...] = tuple(Phase)
) -> None:
    """Adds to ``report`` what a worker computes with and without effects, and their share."""
    with tuned():
        campaign = Campaign(requests, phases)
        jobs: dict[str, Callable[[], float]] = {
            "one worker's CPU": campaign.judged,
            "the same, no effects judged": campaign.judged_without_effects,
        }
        for job in jobs.values():
            job()  # what is computed once is no part of the work
        found = in_turns(report, jobs, repeats, "ms/request")
    every, rest = found.values()
    report.ratios["effects_share_of_cpu"] = 1 - ratio(rest, every)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--phase", type=Phase, nargs="*", default=tuple(Phase))
    options = parser.parse_args()
    report = Report()
    effects_cost(report, options.requests, options.repeats, tuple(options.phase))
    for one in report.measures:
        print(f"{one.name}: {one.median:.3f} {one.unit}", end=", ")
        print(f"{min(one.values):.3f} to {max(one.values):.3f}")
    every, rest = report.measures
    shares = sorted(1 - b / a for a, b in zip(every.values, rest.values, strict=True))
    print(f"share: median {report.ratios['effects_share_of_cpu']:.1%}", end=", ")
    print(f"{shares[0]:.1%} to {shares[-1]:.1%}; of the least times", end=" ")
    print(f"{1 - min(rest.values) / min(every.values):.1%}")


if __name__ == "__main__":
    main()
