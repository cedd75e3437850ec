"""A whole run, minimisation included, on a sandbox with seeded faults."""

from __future__ import annotations

from collections.abc import Sequence

from cartfuzz.analysis import RunState
from cartfuzz.contract import Environment
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.plan import Plan, TriageBudget
from cartfuzz.sandbox import start


def triaged(
    environment: Environment, faults: Sequence[str], *, seed: int, requests: int
) -> RunState:
    """What a default campaign of ``requests`` and its triage found, with the evidence."""
    state = RunState()
    with start(environment, faults=faults) as sandbox:
        plan = Plan(
            url=sandbox.url,
            environment=environment,
            seed=seed,
            requests=requests,
            minimise=TriageBudget(),
        )
        for _ in run_campaign(plan, sandbox.api_key, state=state):
            pass
    return state
