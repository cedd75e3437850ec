"""Comparisons for the tests of reports."""

from __future__ import annotations

from typing import Any

import msgspec

from cartfuzz.analysis import (
    Change,
    ComparedRun,
    Comparison,
    DiscrepancyChange,
    Drift,
    LatencyChange,
    LostCoverage,
    NotCompared,
    PercentileChange,
    RuleChange,
    RuleStatus,
    RunOutcome,
    SideOfDrift,
    TransitionChange,
    TransitionChangeKind,
)
from cartfuzz.contract import ContractVersion, Operation, Ruling
from cartfuzz.record import Answered, RequestedState, SourceState

OPERATIONS = ({"operation": "update", "session": "s0", "body": {}, "status": 200},)


def changed(
    change: Change, text: str = "title", number: int = 0, **values: Any
) -> DiscrepancyChange:
    """One discrepancy with ``text`` wherever a target's text can be."""
    shown = change in (Change.NEW, Change.FIRST_SEEN)
    return DiscrepancyChange(
        **{
            "change": change,
            "signature": f"CART-02-{list(Change).index(change):05x}{number:05x}",
            "rule": "CART-02",
            "title": text,
            "expected": text,
            "found": text,
            "operations": OPERATIONS if shown else (),
            **values,
        }
    )


def compared_run(name: str, text: str = "http://127.0.0.1:1", **values: Any) -> ComparedRun:
    """A run whose target is called ``text``."""
    return ComparedRun(
        **{
            "name": name,
            "target": text,
            "sandbox": None,
            "started": "2026-01-01T00:00:00Z",
            "contract": ContractVersion.V2_5_1,
            "cartfuzz": "1",
            "seed": 1,
            "scenarios": 10,
            "requests": 1200,
            "seconds": 600.0,
            "sweep_share": 1.0,
            "outcome": RunOutcome.FAILED,
            "discrepancies": 1,
            "known": 0,
            **values,
        }
    )


def everything(text: str = "title", *, new: int = 1) -> Comparison:
    """A comparison with each thing that there is, and ``text`` wherever a target's text can be."""
    operations = ({"operation": "update", "session": text, "body": {text: text}, "status": 200},)
    whole: dict[str, Any] = {
        "note": text,
        "cause": text,
        "operations": operations,
        "curl": (f"curl {text}",),
        "replay": f"cartfuzz replay {text}",
        "folder": f"new/discrepancies/{text[:40]}",
    }
    changes = (
        *(changed(Change.NEW, text, number, **whole) for number in range(new)),
        changed(Change.FIRST_SEEN, text, **whole),
        changed(Change.DIFFERENT, text, **whole),
        changed(Change.FLAKY, text, note="shown 2 times out of 5"),
        changed(Change.FIXED, text),
        changed(Change.NOT_SEEN, text, note=text),
        changed(Change.STILL_THERE, text),
        changed(Change.STILL_THERE, text, 1, ticket=f"SHOP-1 {text}"),
    )
    before = SideOfDrift(outcomes=(text,), scenario="edges/0/1", step=0, operations=operations)
    after = SideOfDrift(outcomes=("ignored", text), scenario="edges/0/2", step=0)
    result = Comparison.build(
        changes,
        names=("old", "new"),
        warnings=(f"differs: {text}",),
        runs=(compared_run("old", text), compared_run("new", text, sweep_share=0.14)),
        drifts=(Drift(rule="MERGE-U1", situation=text, old=before, new=after),),
        lost_coverage=(LostCoverage(rule="CART-05", sides=("accept", "refuse"), note=text),),
        doubts=("only 14% of the sweeps",),
    )
    return msgspec.structs.replace(
        result,
        rules=(
            RuleChange(rule="CART-02", before=RuleStatus.KEPT, after=RuleStatus.BROKEN),
            RuleChange(rule="CART-05", before=RuleStatus.KEPT, after=RuleStatus.NOT_TESTED),
            RuleChange(rule="CART-06", before=RuleStatus.KEPT, after=RuleStatus.KEPT),
        ),
        transitions=(
            TransitionChange(
                source=SourceState.CANCELLED,
                operation=Operation.UPDATE,
                requested=RequestedState.OPEN,
                expected=Ruling.REFUSE,
                dry=False,
                kind=TransitionChangeKind.CHANGED,
                before={Answered.REFUSED: 3},
                after={Answered.ACCEPTED: 3},
            ),
            TransitionChange(
                source=SourceState.OPEN,
                operation=Operation.RETURN,
                requested=RequestedState.NONE,
                expected=Ruling.REFUSE,
                dry=False,
                kind=TransitionChangeKind.NOT_TRIED,
                before={Answered.REFUSED: 3},
                after={},
            ),
        ),
        latency=(
            LatencyChange(
                operation="update",
                before=900,
                after=900,
                median=PercentileChange(before_ms=2.0, after_ms=5.0, low=2.1, high=2.9),
                p95=None,
            ),
            LatencyChange(operation="get", before=3, after=3, median=None, p95=None),
        ),
        not_compared=(NotCompared(what=f"3 requests {text}", why=f"not judged: {text}"),),
    )
