"""Notices that a target gives no usable responses any more: there is nothing left to test."""

from __future__ import annotations

from ...record import ScenarioRun

MAX_USELESS_SCENARIOS = 5
"""In a row; after these the target counts as lost."""


class TargetLoss:
    """Follows the events of a run."""

    def __init__(self) -> None:
        self._useless_in_a_row = 0

    def add(self, scenario_run: ScenarioRun) -> bool:
        """Takes one event in; whether the target counts as lost now.

        A scenario is useless if not one of its responses could be judged.
        """
        if scenario_run.target_away:
            return False  # whoever sent it has waited for the target
        useless = 0 < scenario_run.requests <= len(scenario_run.inconclusive)
        self._useless_in_a_row = self._useless_in_a_row + 1 if useless else 0
        return self._useless_in_a_row >= MAX_USELESS_SCENARIOS
