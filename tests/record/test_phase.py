"""The phases, and what the code may ask of them."""

from __future__ import annotations

import pytest

from cartfuzz.record import Activity, Phase, ScenarioRun, decode_line, encode_line, phase_of

from .events import scenario_run


def test_a_phase_ends_or_draws() -> None:
    """Each phase is a sweep or endless, never both: schedule and estimate divide them by that."""
    assert {phase for phase in Phase if phase.is_sweep} == {Phase.CORPUS, Phase.EDGES, Phase.WIRE}
    assert all(phase.is_sweep is not phase.is_endless for phase in Phase)


def test_phases_that_send_what_no_other_sends() -> None:
    """A bug that only these showed is not fixed because the others are silent about it."""
    unique = {phase for phase in Phase if phase.sends_unique_requests}
    assert unique == {Phase.WIRE, Phase.RACE, Phase.LOST}


@pytest.mark.parametrize("phase", Phase)
def test_the_id_of_a_scenario_names_its_phase(phase: Phase) -> None:
    """The first part of the ID is the phase; the read of an old session keeps that ID."""
    assert phase_of(f"{phase.value}/3/7") is phase
    assert phase_of(f"{phase.value}/3/7/later") is phase


@pytest.mark.parametrize("name", [*(activity.value for activity in Activity), "", "edgesque"])
def test_other_activities_are_no_phase(name: str) -> None:
    """A client, the search for smallest scenarios and unknown names belong to no phase."""
    assert phase_of(f"{name}/0/1") is None


def test_an_activity_is_written_as_its_name() -> None:
    """A record holds plain text, so what is read back equals what was written."""
    run = scenario_run(0, phase=Activity.CLIENT)
    line = encode_line(run)
    assert b'"phase":"client"' in line
    read = decode_line(line)
    assert isinstance(read, ScenarioRun)
    assert read == run
