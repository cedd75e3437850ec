"""Makes artefacts of the stored scenarios of a run."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import MARK, Credentials, Rule, Step, catalogue
from ...record import Stored, StoredRun
from ...reports.artefacts import KEY, Artefact, Sent
from ..wire import request_of

_AUTHORIZATION = {
    Credentials.VALID: f"ApiKey-v1 {KEY}",
    Credentials.WRONG: "ApiKey-v1 deliberately-wrong-key",
    Credentials.SCHEME: f"Basic {KEY}",
}


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
    usual = [("Accept", "application/json")]
    if request.body is not None:
        usual.append(("Content-Type", "application/json"))
    if step.credentials in _AUTHORIZATION:
        usual.append(("Authorization", _AUTHORIZATION[step.credentials]))
    return Sent(
        session=step.session,
        method=request.method,
        target=request.target,
        headers=(*usual, *request.headers),
        body=request.body,
        dry=getattr(step, "dry", False),
        cut=getattr(step, "cut", None),
        odd=step.__struct_config__.tag == "raw",
    )
