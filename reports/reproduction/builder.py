"""Builds the artefacts of a run from its reproducers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ...analysis import Reproducer, RunReproducers
from ...contract import Rule
from ...record import RunStarted
from ...wire.trace import execution_name, trace_id
from ..command_line import replay_line, serve_line
from .artefact import Artefact
from .artefact_codes import codes_in
from .artefact_request import requests_of
from .cross_scenario_artefact import build_cross_scenario_artefact
from .own_access import with_own_lines


def build_artefacts(
    run: RunReproducers, folder: Path, *, first: Sequence[str] = ()
) -> Iterator[Artefact]:
    """An artefact for each signature of ``run``, each built when it is asked for.

    Args:
        run: what can be executed again.
        folder: where the record of the run is.
        first: signatures that come first, in their order; the others follow as in the record.
    """
    started = run.started
    declared = (*started.environment.declared_coupons, *started.environment.referrals)
    changed = _not_for_scripts(started)
    for artefact in _artefacts(run, first):
        yield replace(
            artefact,
            no_script_reason=changed or artefact.no_script_reason,
            changed_by_plugins=bool(changed),
            requests=with_own_lines(artefact.requests, started.access, artefact.target),
            access=started.access,
            replay_line=replay_line(started, folder, artefact.discrepancy.signature),
            serve_line=serve_line(started),
            codes=codes_in(artefact.requests, declared),
            key_variable=started.api_key_env or artefact.key_variable,
            key_file=started.api_key_file,
            key_keyring=started.api_key_keyring,
        )


def _not_for_scripts(started: RunStarted) -> str:
    """Why a script cannot send what the run sent; empty: it can."""
    names = " and ".join(started.request_changers)
    return f"requests go out as the plugin {names} makes them; replay uses it" if names else ""


def _artefacts(run: RunReproducers, first: Sequence[str]) -> Iterator[Artefact]:
    # A contradiction takes two scenarios: the findings include it with both.
    single = {
        signature: reproducer
        for signature, reproducer in run.scenarios.items()
        if reproducer.counterpart is None
    }
    of_run = {one.discrepancy.signature: one for one in run.cross_scenario}
    for signature in dict.fromkeys((*first, *single, *of_run)):
        if signature in single:
            yield _of_scenario(single[signature], run.started)
        elif signature in of_run:
            finding, started = of_run[signature], run.started
            rule = started.rules.get(finding.discrepancy.rule)
            yield build_cross_scenario_artefact(finding, rule, started.target, started.environment)


def _of_scenario(reproducer: Reproducer, started: RunStarted) -> Artefact:
    rule = started.rules.get(reproducer.discrepancy.rule)
    return _named(_build_artefact(reproducer, rule, started.target), started, reproducer)


def _named(artefact: Artefact, started: RunStarted, reproducer: Reproducer) -> Artefact:
    """``artefact`` with what finds its requests in the logs of the target."""
    if not reproducer.shown_by:
        return artefact
    name = execution_name(started.run, reproducer.shown_by)
    return replace(
        artefact,
        request_names=name if started.trace_header else "",
        trace_id=trace_id(name) if started.traceparent else "",
    )


def _build_artefact(reproducer: Reproducer, rule: Rule | None, target: str) -> Artefact:
    return Artefact(
        discrepancy=reproducer.discrepancy,
        rule=rule,
        scenario=reproducer.scenario,
        requests=requests_of(reproducer.scenario),
        exchanges=reproducer.exchanges,
        confirmation=reproducer.confirmed,
        flaky=reproducer.solid is False,
        target=target,
    )
