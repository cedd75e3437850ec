"""Chooses the earlier run that a new one is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import msgspec

from ..analysis import RunOutcome, Summary
from ..analysis.history import target_of
from ..contract import ConfigurationError, ContractVersion
from ..reports.plain import plain
from ..reports.run_folder import DIFF_JSON
from ..reports.wording import counted
from .diff_evidence import folder_of
from .records import summary_at
from .run_folders import NO_RUN, is_run, runs_below

_COMPARABLE = frozenset(
    (RunOutcome.PASSED, RunOutcome.FAILED, RunOutcome.FLAKY, RunOutcome.PARTIAL)
)
"""What a run came to that tested its target."""


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run that a new one is compared with."""

    folder: Path
    """Or its summary or record, where that was given."""
    summary: Summary
    failed_comparison: bool = False
    """Whether ``--fail-on`` failed it for a change, whatever the run itself came to."""

    @property
    def has_passed(self) -> bool:
        return self.summary.outcome is RunOutcome.PASSED


class _Worth(IntEnum):
    """How well a run fits as the last good one; of equals the newest counts."""

    FAILED_COMPARISON = 0
    """Its own job was to be repaired, so that nothing it changed counts as the usual."""
    NOT_PASSED = 1
    PASSED = 2
    PASSED_WHOLE = 3
    """All sweeps were sent: a quick run lacks most of what a whole one can be compared by."""


@dataclass(frozen=True, slots=True)
class EarlierRuns:
    """What ``--against`` names: one run, or a folder of them."""

    path: Path
    runs: tuple[EarlierRun, ...]
    is_named: bool = False
    """Whether ``path`` is the one run: it counts whatever it came to."""
    is_missing: bool = False
    """Whether there was nothing at ``path``; the report of the new run may be made in it since."""
    notes: tuple[str, ...] = ()
    """What was skipped, for people."""

    @classmethod
    def read(cls, path: Path) -> EarlierRuns:
        """The runs at or below ``path``; none where it is missing or empty, as the first time.

        Raises:
            CartfuzzError: ``path`` is a run that cannot be read, or a file that is none, or holds
                runs of which none can be read.
        """
        if not path.exists():
            return cls(path, (), is_missing=True)
        if path.is_file() or is_run(path):
            return cls(path, (EarlierRun(path, summary_at(path)),), is_named=True)
        runs, skipped = runs_below(path)
        unreadable = [one for one in skipped if one.reason != NO_RUN]
        if unreadable and not runs:
            raise ConfigurationError(
                f"--against {path}",
                expected="a folder with a run that can be read, or none at all",
                found=f"{unreadable[0].name}: {plain(unreadable[0].reason)}",
            )
        return cls(
            path,
            tuple(EarlierRun(path / name, one, _has_failed(path / name)) for name, one in runs),
            notes=tuple(f"skipped: {path / one.name}: {plain(one.reason)}" for one in skipped),
        )

    def last_good(
        self, target: str, contract: ContractVersion
    ) -> tuple[EarlierRun | None, tuple[str, ...]]:
        """The run that a new one is compared with, and notes for people.

        Of those of the same contract version, and of the same target unless there is none, the
        last one that passed, its comparison too; one with whole sweeps comes before one without.
        Where none passed, the last one counts that tested the target.

        Args:
            target: of the new run, as `cartfuzz.analysis.history.target_of` names it.
            contract: of the new run.

        Returns:
            None: there is no such run; the last note is the reason.
        """
        if self.is_named:
            return self.runs[0], ()
        of_contract = [one for one in self.runs if one.summary.contract is contract]
        own = [one for one in of_contract if target_of(one.summary) == target]
        chosen = _best(own) or _best(of_contract)
        if chosen is None:
            return None, (*self.notes, f"{self._none(contract)}, so there is no comparison")
        return chosen, (*self.notes, *self._about(chosen, target))

    def _none(self, contract: ContractVersion) -> str:
        if self.is_missing:
            return f"no earlier run: {self.path} does not exist yet"
        other = self.runs and all(one.summary.contract is not contract for one in self.runs)
        return f"no earlier run{f' of contract {contract.value}' if other else ''} in {self.path}"

    def _about(self, chosen: EarlierRun, target: str) -> Sequence[str]:
        """What is unusual about the run that is chosen."""
        notes: list[str] = []
        other = target_of(chosen.summary)
        if other != target:
            notes.append(
                f"no run of {target} in {self.path}: compared with one of another target, {other}"
            )
        if not chosen.has_passed or chosen.failed_comparison:
            notes.append(f"no good run in {self.path}: the last one counts")
        later = sum(
            one.has_passed and one.failed_comparison and _started(one) > _started(chosen)
            for one in self.runs
        )
        if later:
            notes.append(
                f"skipped: {counted(later, 'later run')} that passed, but changed too much"
            )
        return notes


def _best(runs: Sequence[EarlierRun]) -> EarlierRun | None:
    """The last good one of ``runs``, see `EarlierRuns.last_good`."""
    fitting = [one for one in runs if one.summary.outcome in _COMPARABLE]
    swept = {phase for one in fitting for phase in one.summary.sweeps}

    def worth(run: EarlierRun) -> _Worth:
        if run.failed_comparison:
            return _Worth.FAILED_COMPARISON
        if not run.has_passed:
            return _Worth.NOT_PASSED
        whole = not run.summary.is_cut_short and swept <= run.summary.sweeps.keys()
        return _Worth.PASSED_WHOLE if whole else _Worth.PASSED

    return max(fitting, key=lambda one: (worth(one), _started(one)), default=None)


def _started(run: EarlierRun) -> tuple[str, Path]:
    return run.summary.started, run.folder


class _StoredComparison(msgspec.Struct):
    """What is read of `cartfuzz.analysis.Comparison`."""

    fails_on: tuple[str, ...] = ()


def _has_failed(run: Path) -> bool:
    """Whether the comparison that is stored with a run failed; one that cannot be read did."""
    try:
        text = (folder_of(run) / DIFF_JSON).read_bytes()
        return bool(msgspec.json.decode(text, type=_StoredComparison).fails_on)
    except FileNotFoundError:
        return False
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return True
