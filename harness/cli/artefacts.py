"""Makes artefacts of the stored scenarios of a run."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import MARK, Raw, Rule, Step, catalogue
from ...record import Stored, StoredRun
from ...reports.artefacts import HOST, KEY, Artefact, Sent
from ..transport import Heads
from ..wire import request_of

_HEADS = Heads(KEY)


def artefacts(run: StoredRun) -> Iterator[Artefact]:
    """An artefact for each stored scenario."""
    rules = catalogue(run.started.contract)
    for stored in run.scenarios.values():
        yield _artefact(stored, rules.get(stored.discrepancy.rule), run.started.target)


def _artefact(stored: Stored, rule: Rule | None, target: str) -> Artefact:
    scenario = stored.scenario
    return Artefact(
        discrepancy=stored.discrepancy,
        rule=rule,
        scenario=scenario,
        requests=tuple(_sent(step, scenario.sessions[step.session]) for step in scenario.steps),
        exchanges=stored.exchanges,
        confirmed=stored.confirmed,
        target=target,
    )


def _sent(step: Step, session_id: str) -> Sent:
    request = request_of(step, session_id, MARK)
    lines = _HEADS.of(request)
    if "host" not in {name.lower() for name, _ in request.headers} | set(request.without):
        lines = [("Host", HOST), *lines]
    return Sent(
        session=step.session,
        method=request.method,
        target=request.target,
        headers=tuple(lines),
        body=request.body,
        dry=getattr(step, "dry", False),
        cut=getattr(step, "cut", None),
        odd=isinstance(step, Raw),
    )
