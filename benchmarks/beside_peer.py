"""Campaigns and Schemathesis in turns, both timed from the first request to the last."""

from __future__ import annotations

from campaigns import campaign, on_fresh_sandbox
from measures import Report, in_turns, ratio
from peers import run_peer


def beside_peer(report: Report, count: int, seconds: int, repeats: int) -> None:
    """Requests a second of a campaign and of the phases of the peer.

    Args:
        report: where the measures go.
        count: requests of a campaign with one worker.
        seconds: how long a phase of the peer may take.
        repeats: how often the turns are taken.
    """

    def peer(phase: str, workers: int) -> float:
        run = run_peer(phase, seconds, workers=workers)
        report.peer.append(run)
        return run.requests_per_second

    found = in_turns(
        report,
        {
            "schemathesis, fuzzing": lambda: peer("fuzzing", 1),
            "campaign beside it": on_fresh_sandbox(lambda box: campaign(box, count=count)),
            "schemathesis, coverage": lambda: peer("coverage", 1),
            "schemathesis, fuzzing, 2 workers": lambda: peer("fuzzing", 2),
            "campaign beside it, 2 workers": on_fresh_sandbox(
                lambda box: campaign(box, count=2 * count, workers=2)
            ),
        },
        repeats,
        "requests/s",
    )
    fuzzing, ours, coverage, fuzzing_twice, ours_twice = found.values()
    for name, campaigns, phase in (
        ("fuzzing", ours, fuzzing),
        ("coverage", ours, coverage),
        ("fuzzing_2_workers", ours_twice, fuzzing_twice),
    ):
        report.ratios[f"campaign_vs_schemathesis_{name}"] = ratio(campaigns, phase)
