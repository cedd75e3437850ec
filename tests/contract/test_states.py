"""The table of the session's life agrees with itself and with the rules."""

from __future__ import annotations

import pytest

from cartfuzz.contract import (
    ContractVersion,
    Ruling,
    SessionState,
    Sureness,
    catalogue,
    transition,
    transitions,
)

VERSIONS = tuple(ContractVersion)
SOURCES = (None, *SessionState)


@pytest.mark.parametrize("version", VERSIONS)
def test_accepted_moves_arrive_and_refused_ones_do_not(version: ContractVersion) -> None:
    """An accepted cell names the state that it reaches; a refused one reaches none."""
    for cell in transitions(version):
        if cell.ruling is Ruling.ACCEPT:
            assert cell.reaches is not None, cell
        elif cell.ruling is Ruling.REFUSE:
            assert cell.reaches is None, cell


@pytest.mark.parametrize("version", VERSIONS)
def test_silent_cells_are_silent_rules(version: ContractVersion) -> None:
    """Where the table is silent its rule judges nothing, and nowhere else."""
    rules = catalogue(version)
    for cell in transitions(version):
        silent = rules[cell.rule].sureness is Sureness.SILENT
        assert silent == (cell.ruling is Ruling.SILENT), cell


@pytest.mark.parametrize("version", VERSIONS)
def test_every_state_can_be_reached(version: ContractVersion) -> None:
    """Accepted moves alone lead from nothing to each of the four states."""
    known: set[SessionState | None] = {None}
    for _ in SessionState:
        known |= {
            cell.reaches
            for cell in transitions(version)
            if cell.source in known and cell.ruling is Ruling.ACCEPT
        }
    assert known == set(SOURCES)


def test_a_cancelled_session_stays_cancelled() -> None:
    """No accepted move leads out of the last state."""
    for version in VERSIONS:
        for cell in transitions(version):
            if cell.source is SessionState.CANCELLED:
                assert cell.reaches in (None, SessionState.CANCELLED), cell


def test_lookup_finds_each_cell() -> None:
    """`transition` gives the very row of the table."""
    for version in VERSIONS:
        for cell in transitions(version):
            assert transition(version, cell.source, cell.operation, cell.requested) == cell
