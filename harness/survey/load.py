"""How fast a target answers, whether it limits the rate, and what it does with updates at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median

from ...contract import Update
from .lines import Sign, SurveyLine
from .prober import Prober

_AT_ONCE = 4
_CONFLICT = 409


def parallel_line(prober: Prober) -> SurveyLine:
    """Updates one session, that of the request before, several times at once."""
    steps = [
        Update(body={"customerSession": {"attributes": {}, "state": "open"}})
        for _ in range(_AT_ONCE)
    ]
    answers = prober.send_at_once(steps)
    fates = Counter(
        "no answer" if one is None else "accepted" if one.accepted else f"answered {one.status}"
        for one in answers
    )
    seen = ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
    conflicts = fates[f"answered {_CONFLICT}"]
    advice = "a 409 is lawful here; such requests are not judged" if conflicts else ""
    return SurveyLine(
        sign=Sign.NOTE,
        topic="parallel",
        text=f"{_AT_ONCE} updates of one session at once: {seen}",
        advice=advice,
    )


def latency_lines(prober: Prober, *, rps: float | None, timeout_sec: float) -> Iterator[SurveyLine]:
    """The times of all requests so far, and the 429 among their answers.

    Args:
        prober: sent them.
        rps: the rate of a run; None: without a bound.
        timeout_sec: the longest that a request of a run may take.
    """
    times = sorted(prober.latencies_sec)
    if times:
        slowest, middle = times[-1], median(times)
        is_near = slowest > timeout_sec / 4
        yield SurveyLine(
            sign=Sign.CHANGE if is_near else Sign.OK,
            topic="latency",
            text=f"{middle * 1000:.0f} ms (median of {len(times)}, the slowest "
            f"{slowest * 1000:.0f} ms)",
            advice=f"a request may take {timeout_sec:g} s: give --timeout more" if is_near else "",
        )
    sends = "as fast as it answers" if rps is None else f"at most {rps:g} requests a second"
    if prober.rate_limited:
        asked = [one.retry_after_sec for one in prober.rate_limited if one.retry_after_sec]
        waits = f", with a pause of {max(asked):g} s" if asked else ""
        yield SurveyLine(
            sign=Sign.CHANGE,
            topic="rate",
            text=f"{len(prober.rate_limited)} of {prober.requests} requests were answered 429"
            f"{waits}; a run sends {sends}",
            advice="set a lower rps, so that a run does not wait",
        )
    else:
        yield SurveyLine(sign=Sign.OK, topic="rate", text=f"no 429 met; a run sends {sends}")
    if prober.unanswered:
        yield SurveyLine(
            sign=Sign.PROBLEM,
            topic="connection",
            text=f"{prober.unanswered} of {prober.requests} requests got no answer",
            advice="a run cannot judge these; look at the network and the target's logs",
        )
