"""A structured log of a run: one line an event, for people at night and for log collectors."""

from __future__ import annotations

import json
import logging
import logging.handlers
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TextIO

import click
import msgspec

from ..analysis import RunOutcome, RunState
from ..contract import ConfigurationError
from ..harness.pace.pacing import Notice, NoticeKind
from ..harness.run_settings import LogFormat
from ..record import (
    Discrepancy,
    Event,
    Minimised,
    RunFinished,
    RunStarted,
    ScenarioRun,
    TriageFinished,
)
from ..reports.plain import plain
from ..wire.known_secrets import without_secrets
from .numbers import NumbersOfRun

LOGGER = "cartfuzz.run"
STANDARD_ERROR = Path("-")
_PROGRESS_SEC = 60.0
_PAUSE_SEC = 60.0
"""Between two lines on the pauses that a target asks for: it may ask for many."""
_MAX_TEXT = 500
_MAX_ERRORS = 20
"""Lines on responses that could not be judged; the report has them all."""

Value = str | int | float | bool | list[str] | None


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """What each line has; further members depend on ``event``."""

    time: str
    """RFC 3339, UTC."""
    level: str
    event: str
    run: str
    """The ID of the run; empty before it has begun."""


class LineFormatter(logging.Formatter):
    """Makes a line of a record of `RunLog`, which has its values in ``fields``."""

    def __init__(self, log_format: LogFormat) -> None:
        super().__init__()
        self._format = log_format

    def format(self, record: logging.LogRecord) -> str:
        """One line: secrets are taken out, and nothing in it is obeyed by a terminal."""
        fields: Mapping[str, Value] = getattr(record, "fields", {})
        head = _Line(
            time=datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            level=record.levelname.lower(),
            event=record.getMessage(),
            run=str(getattr(record, "run", "")),
        )
        values = {**msgspec.structs.asdict(head), **{k: _clean(v) for k, v in fields.items()}}
        if self._format is LogFormat.JSON:
            return json.dumps(values)
        time, level, event = values.pop("time"), values.pop("level"), values.pop("event")
        rest = " ".join(f"{name}={_text(value)}" for name, value in values.items())
        return f"{time} {str(level).upper():7} {event} {rest}"


def _clean(value: Value) -> Value:
    if isinstance(value, str):
        return plain(without_secrets(value), longest=_MAX_TEXT)
    if isinstance(value, list):
        return [plain(without_secrets(one), longest=_MAX_TEXT) for one in value]
    return value


def _text(value: Value) -> str:
    text = ",".join(value) if isinstance(value, list) else str(value)
    return text if text and text.isascii() and not set(text) & set(' "=') else json.dumps(text)


class _FileHandler(logging.handlers.WatchedFileHandler):
    """Follows a file that is rotated; a file that cannot be written does not end the run."""

    has_failed = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - of logging
        """Warns once."""
        error = sys.exc_info()[1]
        if not self.has_failed:
            self.has_failed = True
            reason = (getattr(error, "strerror", None) or str(error)).lower()
            click.echo(f"cartfuzz: {self.baseFilename} cannot be written: {reason}", err=True)


class RunLog:
    """Writes the log of a run.

    Args:
        file: is appended to; `STANDARD_ERROR` is no file.
        log_format: of its lines.
        state: takes in each event before `add` does.
        numbers: as well.
        option: who gave ``file``, for the error.

    Raises:
        ConfigurationError: the file cannot be written.
    """

    def __init__(
        self,
        file: Path,
        log_format: LogFormat,
        *,
        state: RunState,
        numbers: NumbersOfRun,
        option: str = "--log-file",
    ) -> None:
        self._state = state
        self._numbers = numbers
        self._handler = _handler(file, option)
        self._handler.setFormatter(LineFormatter(log_format))
        self._logger = logging.getLogger(LOGGER)
        self._before = self._logger.level, self._logger.propagate
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False
        self._logger.addHandler(self._handler)
        self._run = ""
        self._phases: set[str] = set()
        self._found: set[str] = set()
        self._errors = 0
        self._paused_sec = 0.0
        self._pause_noted: float | None = None
        self._progress_noted = monotonic()

    def add(self, event: Event) -> None:
        """Writes what is worth a line of ``event``."""
        if isinstance(event, RunStarted):
            self._begin(event)
        elif isinstance(event, ScenarioRun):
            self._add_scenario(event)
        elif isinstance(event, Minimised):
            self._note_phase("minimise")
            self._add_minimised(event)
        elif isinstance(event, TriageFinished):
            self._write("minimised_all", requests=event.requests, left=len(event.not_reached))
        elif isinstance(event, RunFinished):
            self._end(event)
        self._note_pauses()
        self._note_progress()

    def notice(self, notice: Notice) -> None:
        """Writes it; pauses have lines of their own, with their seconds."""
        if notice.kind is NoticeKind.TARGET_PAUSES:
            return
        level = logging.INFO if notice.kind is NoticeKind.TARGET_BACK else logging.WARNING
        self._write(notice.kind.value.replace(" ", "_"), level, message=notice.text)

    def finish(self, outcome: RunOutcome) -> None:
        """Writes the verdict."""
        level = logging.INFO if outcome is RunOutcome.PASSED else logging.WARNING
        if outcome in (RunOutcome.BROKEN, RunOutcome.TARGET_LOST):
            level = logging.ERROR
        self._write("verdict", level, outcome=outcome.value, found=len(self._found))

    def not_started(self, reason: str) -> None:
        """Writes why the run did not begin."""
        self._write("run_not_started", logging.ERROR, message=reason)

    def close(self) -> None:
        """Closes the file."""
        self._logger.removeHandler(self._handler)
        with suppress(OSError):  # what could not be written is still in its buffer
            self._handler.close()
        level, self._logger.propagate = self._before
        self._logger.setLevel(level)

    def _begin(self, event: RunStarted) -> None:
        self._run = self._state.started.run if self._state.started else event.run
        self._found = set(self._state.bugs.rules)
        self._write(
            "run_resumed" if event.resumption else "run_started",
            version=event.cartfuzz,
            target=event.target,
            contract=event.contract.value,
            seed=event.seed,
            phases=list(event.phases),
            workers=event.workers,
            rps=event.rps,
            marks=f"cf-{event.run}-",
        )

    def _add_scenario(self, event: ScenarioRun) -> None:
        self._note_phase(event.phase)
        for found in self._new_in(event):
            self._write_finding(found, event)
        for error in event.errors:
            self._errors += 1
            if self._errors <= _MAX_ERRORS:
                self._write(
                    "judging_failed",
                    logging.ERROR,
                    scenario=event.id,
                    place=error.place,
                    message=error.error,
                )

    def _new_in(self, event: ScenarioRun) -> Iterator[Discrepancy]:
        """The discrepancies that ``event`` shows first of all."""
        further = self._state.latest.findings.discrepancies
        shown = [
            one for one in (*event.discrepancies, *further) if one.signature not in self._found
        ]
        known = self._state.bugs.rules if shown else {}
        for found in shown:
            if found.signature not in self._found and found.signature in known:
                self._found.add(found.signature)
                yield found

    def _write_finding(self, found: Discrepancy, event: ScenarioRun) -> None:
        started = self._state.started
        accepted = started.baseline.get(found.signature) if started is not None else None
        self._write(
            "finding",
            logging.WARNING if accepted is None else logging.INFO,
            signature=found.signature,
            rule=found.rule,
            operation=found.operation.value,
            situation=found.situation,
            outcome=found.outcome,
            title=found.title,
            scenario=event.id,
            request=found.step + 1,
            known=accepted is not None,
        )

    def _add_minimised(self, event: Minimised) -> None:
        self._write(
            "minimised",
            signature=event.signature,
            rule=event.discrepancy.rule,
            confirmed=event.confirmed,
            confirmations=event.confirmations,
            operations=len(event.scenario.steps),
            complete=event.complete,
        )

    def _end(self, event: RunFinished) -> None:
        counters = self._state.counters
        self._write(
            "run_finished",
            reason=event.reason.value,
            message=event.detail,
            seconds=round(event.seconds, 1),
            scenarios=counters.scenarios.total(),
            requests=counters.requests + counters.triage_requests,
            not_judged=counters.inconclusive.total(),
            found=len(self._found),
            paused_sec=round(event.pacing.paused_sec, 1),
            outages=event.pacing.outages,
            away_sec=round(event.pacing.away_sec, 1),
            lost_workers=event.lost_workers,
        )

    def _note_phase(self, phase: str) -> None:
        """Writes that a phase begins; phases may then go on side by side."""
        if phase not in self._phases:
            self._phases.add(phase)
            self._write("phase_started", phase=phase)

    def _note_pauses(self) -> None:
        now = monotonic()
        if self._pause_noted is not None and now - self._pause_noted < _PAUSE_SEC:
            return
        paused_sec = self._numbers.read_pacing().paused_sec
        if paused_sec > self._paused_sec:
            self._paused_sec, self._pause_noted = paused_sec, now
            self._write("target_pause", paused_sec=round(paused_sec, 1))

    def _note_progress(self) -> None:
        now = monotonic()
        if now - self._progress_noted < _PROGRESS_SEC:
            return
        self._progress_noted = now
        values = self._numbers.latest.values
        counters = self._state.counters
        self._write(
            "progress",
            scenarios=counters.scenarios.total(),
            requests=counters.requests + counters.triage_requests,
            requests_per_sec=values.get("request_rate", {}).get("", 0.0),
            found=len(self._found),
            not_judged=counters.inconclusive.total(),
            sec_left=values.get("remaining_seconds", {}).get(""),
        )

    def _write(self, event: str, level: int = logging.INFO, **fields: Value) -> None:
        self._logger.log(level, event, extra={"run": self._run, "fields": fields})


def _handler(file: Path, option: str) -> logging.Handler:
    if file == STANDARD_ERROR:
        stream: logging.StreamHandler[TextIO] = logging.StreamHandler(sys.stderr)
        return stream
    try:
        return _FileHandler(file, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{option} {file}",
            expected="a file that can be written",
            found=(error.strerror or str(error)).lower(),
        ) from None
