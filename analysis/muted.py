"""Sets aside what is wrong by rules that are only observed: it fails nothing, but it is listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from ..contract import Level, RuleLevel, present_rule
from ..record.events import Observed, ScenarioRun
from ..record.outcome import Outcome
from ..record.scenario_parts import Discrepancy
from ..record.situation import Situation
from .run_invariants import RunFindings


class Muted(msgspec.Struct, frozen=True, kw_only=True):
    """What would have been a discrepancy if its rule were not only observed."""

    signature: str
    rule: str
    title: str
    count: int
    """In how many scenarios it was seen."""


class MutedFindings:
    """Follows a run; without observed rules it does nothing."""

    def __init__(self) -> None:
        self._rules: frozenset[str] = frozenset()
        self._titles: dict[str, tuple[str, str]] = {}
        """By signature the rule and the title."""
        self._counts: Counter[str] = Counter()

    def begin(self, levels: Mapping[str, RuleLevel]) -> None:
        """Takes the levels of the rules in, before the first scenario."""
        self._rules = frozenset(
            present_rule(rule) for rule, setting in levels.items() if setting.level is Level.OBSERVE
        )

    def without_muted(
        self, event: ScenarioRun, findings: RunFindings
    ) -> tuple[ScenarioRun, RunFindings]:
        """Both without what is wrong by an observed rule, which is counted here."""
        if not self._rules or not (event.discrepancies or findings.discrepancies):
            return event, findings
        for found in (*event.discrepancies, *findings.discrepancies):
            if found.rule in self._rules:
                self._titles.setdefault(found.signature, (found.rule, found.title))
                self._counts[found.signature] += 1
        return (
            msgspec.structs.replace(event, discrepancies=self._enforced(event.discrepancies)),
            RunFindings(
                contradictions=tuple(
                    one
                    for one in findings.contradictions
                    if one.discrepancy.rule not in self._rules
                ),
                broken_invariants=self._enforced(findings.broken_invariants),
                learnt_outcome=findings.learnt_outcome,
            ),
        )

    def add_further(self, signature: str, count: int) -> bool:
        """Counts occurrences of a signature, if it is one of a rule that is only observed."""
        if signature in self._titles:
            self._counts[signature] += count
            return True
        return False

    def muted(self, observed: Iterable[Observed]) -> list[Muted]:
        """All that would have failed, by signature.

        Args:
            observed: what the run observed; the oracle notes what it would have reported.
        """
        found = {
            signature: Muted(
                signature=signature, rule=rule, title=title, count=self._counts[signature]
            )
            for signature, (rule, title) in self._titles.items()
        }
        for seen in observed:
            if seen.signature:
                situation, outcome = Situation.parse(seen.situation), Outcome.parse(seen.outcome)
                found[seen.signature] = Muted(
                    signature=seen.signature,
                    rule=seen.rule,
                    title=f"{situation.text}: {outcome.text}",
                    count=seen.count,
                )
        return [found[signature] for signature in sorted(found)]

    def _enforced(self, found: tuple[Discrepancy, ...]) -> tuple[Discrepancy, ...]:
        return tuple(one for one in found if one.rule not in self._rules)
