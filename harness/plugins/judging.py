"""Has the checks of plugins judge an answer; that one raises or hangs is recorded, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import msgspec

from ...contract import Level, RuleLevel
from ...oracle.judgement import Judgement
from ...oracle.own_checks import Answer, PluginCheck, judged_by
from ...record import JudgingError
from ..judging_errors import judging_error
from .bounded_call import NoAnswerError, called_within


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginJudge:
    """The checks of all plugins of a run."""

    checks: tuple[PluginCheck, ...] = ()
    observed_rules: frozenset[str] = frozenset()
    """The rules whose violations are observations, not discrepancies."""
    hung: set[str] = field(default_factory=set)
    """The rules whose checks gave no answer once: they are not asked again."""

    def __bool__(self) -> bool:
        return bool(self.checks)

    def judge(self, answer: Answer, step_index: int) -> Iterator[Judgement | JudgingError]:
        """What each check makes of one answer.

        Args:
            answer: the answered request.
            step_index: index of its step in the scenario.
        """
        for one in self.checks:
            rule = one.check.rule.id
            if rule in self.hung:
                continue
            judge = partial(judged_by, one, answer, step_index, self.observed_rules)
            try:
                yield called_within(judge, one.check.seconds)
            except MemoryError:
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the code is a stranger's
                if isinstance(error, NoAnswerError):
                    self.hung.add(rule)
                kept = judging_error(error, step_index)
                named = f"plugin {one.plugin}, {rule}: {kept.error}"
                if rule in self.hung:
                    named += "; it was not asked again"
                yield msgspec.structs.replace(kept, error=named, plugin=one.plugin)


def plugin_judge(checks: tuple[PluginCheck, ...], levels: Mapping[str, RuleLevel]) -> PluginJudge:
    """The judge of a run whose configuration changes ``levels``."""
    observed = frozenset(rule for rule, one in levels.items() if one.level is Level.OBSERVE)
    return PluginJudge(checks=checks, observed_rules=observed)
