"""Has the checks of plugins judge an answer; whatever they raise is recorded, and ends nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from ...contract import Level, RuleLevel
from ...oracle.judgement import Judgement
from ...oracle.own_checks import Answer, PluginCheck, judged_by
from ...record import JudgingError
from ..judging_errors import judging_error


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginJudge:
    """The checks of all plugins of a run."""

    checks: tuple[PluginCheck, ...] = ()
    observed_rules: frozenset[str] = frozenset()
    """The rules whose violations are observations, not discrepancies."""

    def __bool__(self) -> bool:
        return bool(self.checks)

    def judge(self, answer: Answer, step_index: int) -> Iterator[Judgement | JudgingError]:
        """What each check makes of one answer.

        Args:
            answer: the answered request.
            step_index: index of its step in the scenario.
        """
        for one in self.checks:
            try:
                yield judged_by(one, answer, step_index, self.observed_rules)
            except MemoryError:
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the code is a stranger's
                kept = judging_error(error, step_index)
                named = f"plugin {one.plugin}, {one.check.rule.id}: {kept.error}"
                yield msgspec.structs.replace(kept, error=named, plugin=one.plugin)


def plugin_judge(checks: tuple[PluginCheck, ...], levels: Mapping[str, RuleLevel]) -> PluginJudge:
    """The judge of a run whose configuration changes ``levels``."""
    observed = frozenset(rule for rule, one in levels.items() if one.level is Level.OBSERVE)
    return PluginJudge(checks=checks, observed_rules=observed)
