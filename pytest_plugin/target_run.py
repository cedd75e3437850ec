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

import pytest

from ..contract import CartfuzzError, ConfigurationError
from ..contract.attribute_schemas import read_schema
from ..harness.plan import Plan
from .baseline import read_baseline
from .client import Client
from .corpus import check_corpus
from .merging import MergedRun, merge
from .messages import section_lines
from .options import PluginSettings
from .process import Process, SharedFolder
from .selection import Selection
from .target import OpenTarget, Target, open_target, plan_for, read_target

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

    @cached_property
    def plan(self) -> Plan:
        """Options and configuration file, read once; without a URL where a sandbox is wanted.

        Raises:
            pytest.UsageError: something in them is wrong.
        """
        return plan_for(self._settings)

    @cached_property
    def baseline(self) -> Mapping[str, str]:
        """Signature to ticket of the known failures; empty without a baseline.

        Raises:
            pytest.UsageError: the file is not a baseline.
        """
        return read_baseline(self._settings.baseline) if self._settings.baseline else {}

    @cached_property
    def target(self) -> Target:
        """The target; opened here unless this is a worker of pytest-xdist.

        Fails the test that asks for a target that cannot be tested.
        """
        if not self._process.is_worker:
            self.open_target()
        try:
            return read_target(
                self.plan, self._settings, self._shared.path, self._process.worker_count
            )
        except CartfuzzError as error:
            pytest.fail(f"cartfuzz: {error}", pytrace=False)

    def check_settings(self) -> None:
        """Checks all that can be checked before a test runs.

        Raises:
            pytest.UsageError: with the text for the user.
        """
        _ = self.plan
        # The corpus is opened by the process that opens the target, and by no worker.
        if self._settings.corpus is not None and not self._process.is_worker:
            check_corpus(self._settings)
        _ = self.baseline

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
        """Opens the target, unless that was done; `target` reports what went wrong."""
        if self._opened is None:
            self._opened = open_target(self.plan, self._settings, self._shared.path)

    def new_client(self, target: Target) -> Client:
        """The client for the tests of this process."""
        return Client(
            target,
            worker=self._process.number,
            record=self._shared.path,
            known=self.baseline,
        )

    def verdicts(
        self, target: Target, items: Iterable[pytest.Item], shown: Mapping[str, Any]
    ) -> Verdicts:
        """What the suite found, once all workers together have sent what its tests need.

        Args:
            target: where to.
            items: the tests that are about to run.
            shown: rule to IDs of scenarios that showed it broken in the last run.
        """
        from .verdicts import Verdicts  # noqa: PLC0415 - see the module's docstring

        return Verdicts.of(
            target,
            self._shared.path,
            Selection.of(items, shown),
            baseline=self.baseline,
            strict=self._settings.baseline_strict,
        )

    def finish(self) -> Mapping[str, Sequence[str]]:
        """Merges what all workers recorded, and writes the report folder.

        Returns:
            Rule to IDs of scenarios that showed it broken.
        """
        if self._opened is None:
            return {}
        self._merged = merge(self._opened, self.plan, self._settings, self._shared.path)
        return self._merged.shown if self._merged is not None else {}

    def terminal_lines(self, verbosity: int) -> Iterator[str]:
        """The lines of the terminal section; none if nothing was sent."""
        if self._merged is not None:
            yield from section_lines(self._merged.summary, self.baseline, verbosity)
            yield from self._merged.notes

    def close(self) -> None:
        """Ends the sandbox, if one was started."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
