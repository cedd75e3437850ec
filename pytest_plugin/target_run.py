"""Joins what a run of tests against a target takes: what is slow to import is imported here.

Only `PluginState.target_run` imports this module; `cartfuzz.pytest_plugin.state` gives the reason.
Options are checked here while pytest configures itself. Hypothesis warns of code that reads its
files so early, as the import of `cartfuzz.strategies` does, and some projects make an error of each
warning. So the modules that need strategies are imported when a test needs them, in
`TargetRun.verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ..contract import CartfuzzError, ConfigurationError
from ..contract.attribute_schemas import read_schema
from ..harness.errors import TargetError
from ..harness.pace.orphans import end_with_parent
from ..harness.plan import Plan
from ..harness.target import check_answers
from ..record import KnownFailure, SandboxOptions
from ..reports.wording import target_name
from ..telemetry.choice import NO_TELEMETRY, Telemetry
from .baseline import read_baseline
from .cleaning import cleaned_lines, left_lines
from .client import Client, ContractBrokenError
from .conversation import NoAnswerError
from .corpus import check_corpus
from .failure_reports import RuleBrokenError, add_conversation, make_skipped, set_reason
from .following import RunFollower, show_not_started, telemetry_of
from .merging import MergedRun, merge
from .messages import section_lines
from .options import PluginSettings
from .process import Process, SharedFolder
from .report_formats import check_report
from .selection import Selection
from .shared_records import claim_report, loss_text, lost_reason, write_lost_reason
from .suite_command import SuiteCommand
from .target import (
    OpenTarget,
    Target,
    located,
    open_target,
    plan_for,
    read_secrets,
    read_target,
    target_words,
    wants_sandbox,
)
from .unavailable import NO_TARGET, end_without_target

if TYPE_CHECKING:
    from .verdicts import Verdicts


class TargetRun:
    """A run of tests against one target, as one process sees it.

    Args:
        settings: the options.
        process: this process among those of pytest-xdist.
        shared: the folder that all processes of the run share.
    """

    def __init__(self, settings: PluginSettings, process: Process, shared: SharedFolder) -> None:
        self._settings = settings
        self._process = process
        self._shared = shared
        self._opened: OpenTarget | None = None
        self._merged: MergedRun | None = None
        self._target: Target | None = None
        self._follower: RunFollower | None = None
        self._problem = ""
        self._withheld = ""
        self._after: tuple[str, ...] = ()
        """What became of the sessions of the run."""

    @cached_property
    def _telemetry(self) -> Telemetry:
        """How the run is shown to programs.

        Raises:
            pytest.UsageError: an option asks for what cannot be had.
        """
        return telemetry_of(self._settings)

    @cached_property
    def plan(self) -> Plan:
        """Options and configuration file, read once; without a URL where none of them names one.

        Raises:
            pytest.UsageError: something in them is wrong.
        """
        return self._telemetry.plan(plan_for(self._settings), traceparent=None)

    @cached_property
    def located(self) -> PluginSettings:
        """The settings with the configuration file that was found, and what variables give.

        Raises:
            pytest.UsageError: something in them is wrong.
        """
        return located(self._settings)

    @cached_property
    def known(self) -> Mapping[str, KnownFailure]:
        """The known failures by signature; empty without a baseline.

        Raises:
            pytest.UsageError: the file is not a baseline.
        """
        return read_baseline(self._settings.baseline) if self._settings.baseline else {}

    @property
    def baseline(self) -> Mapping[str, str]:
        """Signature to ticket and reason of the known failures."""
        return {signature: known.text for signature, known in self.known.items()}

    @property
    def target(self) -> Target:
        """The target; `require_target` has opened it.

        Raises:
            TargetError: there is none.
        """
        if self._target is None:
            raise TargetError(self._problem or NO_TARGET)
        return self._target

    @property
    def target_words(self) -> str:
        """The target for people: its URL, or which sandbox it is."""
        return target_words(self.plan, self._settings)

    @property
    def is_named(self) -> bool:
        """Whether the user names a target: a URL, or the embedded sandbox."""
        return bool(self.plan.url) or wants_sandbox(self._settings)

    def check_named(self) -> None:
        """Checks that the user names a target.

        Raises:
            pytest.UsageError: with the text for the user.
        """
        if not self.is_named:
            raise pytest.UsageError(f"cartfuzz: {NO_TARGET}")

    @cached_property
    def command(self) -> SuiteCommand:
        """Runs a part of the suite again."""
        return SuiteCommand.of(self.located, url=self.plan.url, seed=self.plan.seed)

    def require_target(self, test: str) -> None:
        """Opens the target, unless that was done; a worker of pytest-xdist finds it open.

        Args:
            test: the ID of the test that is running. Ends it if the target cannot be tested, or
                cannot be tested any more.
        """
        if self._target is None and not self._problem:
            self._open()
        lost = lost_reason(self._shared.path)
        problem = self._problem or (lost and loss_text(self.target.url, lost))
        if problem:
            end_without_target(self._shared.path, test, problem)

    def require_judged(self, test: str) -> None:
        """Ends ``test``, which is of the suite, where what was sent blames no rule."""
        if self._withheld:
            end_without_target(self._shared.path, test, self._withheld)

    def notice_loss(self) -> bool:
        """Whether the target is lost, asked after a request that was not answered.

        Where nothing answers a harmless request either, no process sends any more.
        """
        target = self._target
        if target is not None and not lost_reason(self._shared.path):
            try:
                check_answers(target.plan, target.secrets)
            except TargetError as error:
                write_lost_reason(self._shared.path, str(error))
        return bool(lost_reason(self._shared.path))

    def _open(self) -> None:
        if self._process.is_worker:
            end_with_parent()  # a killed controller must leave nobody who sends
        else:
            self.open_target()
        try:
            self._target = read_target(
                self.plan, self._settings, self._shared.path, self._process.worker_count
            )
        except CartfuzzError as error:
            self._problem = str(error)

    def check_settings(self) -> None:
        """Checks all that can be checked before a test runs.

        Raises:
            pytest.UsageError: with the text for the user.
        """
        _ = self.plan
        check_report(self._settings)
        # The corpus is opened by the process that opens the target, and by no worker.
        if self._settings.corpus is not None and not self._process.is_worker:
            check_corpus(self._settings)
        _ = self.known

    def attribute_notes(self) -> tuple[str, ...]:
        """What is to be known of the values for declared attributes; pytest is configured by now.

        Raises:
            pytest.UsageError: no value fits a declared attribute.
        """
        environment = self.plan.environment
        declared = {**environment.session_attributes, **environment.item_attributes}
        if all(read_schema(name, schema).is_exact for name, schema in declared.items()):
            return ()
        from ..strategies import check_attributes  # noqa: PLC0415 - see the module's docstring

        try:
            return check_attributes(environment)
        except ConfigurationError as error:
            raise pytest.UsageError(f"cartfuzz: {error}") from None

    def open_target(self) -> None:
        """Opens the target, unless that was done; `require_target` reports what went wrong."""
        if self._opened is None:
            self._opened = open_target(self.plan, self._settings, self._shared.path)
            self._follow(self._opened)

    def _follow(self, opened: OpenTarget) -> None:
        """Shows the run to programs from now on, where that is asked for.

        Raises:
            pytest.UsageError: a file or a port cannot be used.
        """
        if self._telemetry == NO_TELEMETRY:
            return
        plan = msgspec.structs.replace(self.plan, url=opened.url, baseline=self.known)
        if not self.plan.url:
            plan = msgspec.structs.replace(
                plan, sandbox=SandboxOptions(faults=tuple(self._settings.faults))
            )
        try:
            if opened.problem:
                show_not_started(self._telemetry, plan, opened.problem)
            else:
                self._follower = RunFollower(self._telemetry, plan, opened.run, self._shared.path)
        except ConfigurationError as error:
            raise pytest.UsageError(f"cartfuzz: {error}") from None

    def new_client(self, target: Target) -> Client:
        """The client for the tests of this process."""
        return Client(
            target,
            worker=self._process.number,
            record=self._shared.path,
            known=self.baseline,
            command=self.command,
        )

    def complete_report(
        self, report: pytest.TestReport, error: BaseException, client: Client | None
    ) -> None:
        """Gives a failed test a reason in one line, and shows what it had sent.

        Where a request was not answered because the target is gone, one test of all fails.
        """
        if isinstance(error, RuleBrokenError | ContractBrokenError):
            set_reason(report, error.reason)
            return
        if isinstance(error, NoAnswerError) and self.notice_loss():
            reason = f"cartfuzz: {lost_reason(self._shared.path)}"
            if not claim_report(self._shared.path, report.nodeid):
                make_skipped(report, f"{reason} (one other test reports it)")
                return
            set_reason(report, reason)
        if client is not None and report.when == "call":
            add_conversation(report, client.conversation_lines())

    def verdicts(
        self,
        target: Target,
        items: Iterable[pytest.Item],
        shown: Mapping[str, Any],
        *,
        test: str,
    ) -> Verdicts:
        """What the suite found, once all workers together have sent what its tests need.

        Args:
            target: where to.
            items: the tests that are about to run.
            shown: rule to IDs of scenarios that showed it broken in the last run.
            test: the ID of the test that is running. Ends it if the target is lost meanwhile.
        """
        from .verdicts import (  # noqa: PLC0415 - see the module's docstring
            NothingAcceptedError,
            Verdicts,
        )

        problem = ""
        try:
            return Verdicts.of(
                target,
                self._shared.path,
                Selection.of(items, shown, self._settings.scenarios),
                baseline=self.baseline,
                strict=self._settings.baseline_strict,
                command=self.command,
            )
        except NothingAcceptedError as error:
            problem = self._withheld = str(error)
        except TargetError as error:
            problem = str(error)
        return end_without_target(self._shared.path, test, problem)

    def finish(self, *, interrupted: bool) -> Mapping[str, Sequence[str]]:
        """Merges what all workers recorded, and writes the report folder.

        Args:
            interrupted: whether the user ended pytest before its tests were through.

        Returns:
            Rule to IDs of scenarios that showed it broken.
        """
        if self._opened is None:
            return {}
        self._merged = merge(
            self._opened,
            msgspec.structs.replace(self.plan, baseline=self.known),
            self._settings,
            self._shared.path,
            interrupted=interrupted,
        )
        if self._follower is not None and self._merged is not None:
            self._follower.finish(self._merged.finished, self._merged.summary.outcome)
            self._follower = None
        self._after = tuple(self._cleaned())
        return self._merged.shown if self._merged is not None else {}

    def _cleaned(self) -> Iterator[str]:
        """Cancels the sessions of the run where that is asked for; an embedded sandbox ends."""
        opened = self._opened
        if opened is None or not opened.run or not self.plan.url:
            return
        folder = self._settings.report_dir
        if self._settings.clean:
            secrets = read_secrets(self.plan, self._settings)
            yield from cleaned_lines(folder or self._shared.path, opened.run, self.plan, secrets)
        elif folder is not None:
            yield from left_lines(folder, opened.run, self.plan)

    @property
    def has_failed_judgements(self) -> bool:
        """Whether an error of Cartfuzz kept responses from being judged; known after `finish`."""
        return self._merged is not None and bool(self._merged.summary.failed_judgements)

    def terminal_lines(self, verbosity: int, shown: str) -> Iterator[str]:
        """The lines of the terminal section; none if nothing was sent.

        Args:
            verbosity: of pytest.
            shown: what the failed tests have printed.
        """
        if self._merged is None:
            if self._opened is not None and self.is_named:
                yield f"target: {self.target_words}; nothing was judged"
        else:
            summary = self._merged.summary
            target = target_name(summary.target, summary.sandbox, insecure=summary.insecure)
            yield from self._merged.notes
            yield from self._after
            yield from section_lines(summary, verbosity, shown, target)

    def close(self) -> None:
        """Closes what this process has of the target, and ends the sandbox, if one was started."""
        if self._follower is not None:
            self._follower.close()
            self._follower = None
        if self._target is not None:
            self._target.close()
            self._target = None
        if self._opened is not None:
            self._opened.close()
            self._opened = None
