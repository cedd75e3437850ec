"""The table ``[run]`` of a configuration file: options of ``cartfuzz run`` that a team keeps.

What lets a run pass that has not looked at everything (phases, ``--allow-partial``), what a user
must mean each time (production) and what only the moment decides (``--until``, ``--resume``) are no
keys.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from ..analysis.report_format import Format
from ..contract import ConfigurationError
from ..contract.about import About
from .access.access_keys import NOT_BLANK, FilePath
from .durations import DURATION, DURATION_PATTERN, seconds_of
from .listening_address import ADDRESS, ADDRESS_PATTERN, address_of
from .plan import DEFAULT_MAX_RECORD, DEFAULT_TRIAGE_SEC, RecordPolicy
from .sizes import SIZE_PATTERN, bytes_of, size_text, size_words

MIN_RECORD = 16_000_000
"""Bytes: what is new in a run through all sweeps takes half of it, and is always kept."""
BOUNDS = ("duration", "scenarios", "requests", "until_quiet")
"""The keys that end a run. A place that names one of them names no other place's."""

_Duration = Annotated[
    str, msgspec.Meta(pattern=DURATION_PATTERN, max_length=100, description=DURATION)
]
_Number = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1, description="a whole number from 1")]
_Seed = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1, description="a whole number from 0")]
_Size = Annotated[str, msgspec.Meta(pattern=SIZE_PATTERN, description=size_words(MIN_RECORD))]
_Address = Annotated[str, msgspec.Meta(pattern=ADDRESS_PATTERN, description=f"{ADDRESS}, a text")]
_Place = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        pattern=NOT_BLANK,
        description="a folder or redis://HOST:PORT/DB",
        extra={"path": True},
    ),
]
_LogPath = Annotated[
    str,
    msgspec.Meta(min_length=1, pattern=NOT_BLANK, description="a path, or -", extra={"path": True}),
]
_Formats = Annotated[tuple[Format, ...], msgspec.Meta(description=f"a list of {', '.join(Format)}")]


class LogFormat(StrEnum):
    """What a line of the structured log looks like."""

    JSON = "json"
    TEXT = "text"


class RunSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``[run]`` table; None where it names nothing. Bounds are those of the options."""

    duration: Annotated[
        _Duration | None,
        About("Stop after this time.", default="one full round", example='"10m"'),
    ] = None
    scenarios: Annotated[
        _Number | None,
        About("Stop after this many scenarios.", default="no bound", example="5000"),
    ] = None
    requests: Annotated[
        _Number | None,
        About("Stop after this many requests.", default="no bound", example="20000"),
    ] = None
    until_quiet: Annotated[
        _Duration | None,
        About(
            "Stop when the run has found nothing new for this time.",
            default="no bound",
            example='"5m"',
        ),
    ] = None
    seed: Annotated[
        _Seed | None,
        About("The same seed draws the same scenarios.", default="random", example="1"),
    ] = None
    corpus: Annotated[
        _Place | None,
        About(
            "The corpus to send first, and to store in what the run finds.",
            default="none",
            example='"corpus"',
        ),
    ] = None
    baseline: Annotated[
        FilePath | None,
        About(
            "The file of known failures, which do not fail the run.",
            default="none",
            example='"cartfuzz-baseline.toml"',
        ),
    ] = None
    record: Annotated[
        RecordPolicy | None,
        About(
            "Which scenarios the record keeps in full.",
            default=f'`"{RecordPolicy.FAILURES.value}"`',
        ),
    ] = None
    max_record: Annotated[
        _Size | None,
        About(
            "About how big the record may get, and `discrepancies/` again.",
            default=f'`"{size_text(DEFAULT_MAX_RECORD)}"`',
            example=f'"{size_text(DEFAULT_MAX_RECORD)}"',
        ),
    ] = None
    minimise: Annotated[
        bool, About("Whether the smallest scenario of each discrepancy is looked for.")
    ] = True
    minimise_time: Annotated[
        _Duration | None,
        About(
            "The time to minimise all discrepancies, after `duration`.",
            default=f'`"{DEFAULT_TRIAGE_SEC:g}s"`',
            example=f'"{DEFAULT_TRIAGE_SEC:g}s"',
        ),
    ] = None
    clean: Annotated[
        bool, About("Whether the sessions that the run has left are cancelled at its end.")
    ] = False
    report: Annotated[
        _Formats,
        About(
            "Formats of the report besides `summary.json` and `junit.xml`.",
            default="none; of `cartfuzz ci` html, markdown and sarif",
            example='["html", "sarif"]',
        ),
    ] = ()
    report_dir: Annotated[
        FilePath | None,
        About(
            "The folder of the report; that of an earlier run in it is replaced.",
            default="a new one in `cartfuzz-report`",
            example='"report"',
        ),
    ] = None
    status_file: Annotated[
        FilePath | None,
        About("The file that says how far the run is.", default="none", example='"status.json"'),
    ] = None
    log_file: Annotated[
        _LogPath | None,
        About(
            "The file that a structured log is appended to; `-`: standard error.",
            default="none",
            example='"run.log"',
        ),
    ] = None
    log_format: Annotated[
        LogFormat | None,
        About("What a line of it is.", default=f'`"{LogFormat.JSON.value}"`'),
    ] = None
    metrics_file: Annotated[
        FilePath | None,
        About(
            "The file for metrics, for the textfile collector of Prometheus; needs "
            "`cartfuzz[prometheus]`.",
            default="none",
            example='"cartfuzz.prom"',
        ),
    ] = None
    metrics_port: Annotated[
        _Address | None,
        About(
            "The port that metrics are served at while the run goes on; needs "
            "`cartfuzz[prometheus]`.",
            default="none",
            example='"9464"',
        ),
    ] = None
    otel: Annotated[
        bool,
        About(
            "Whether spans and metrics are exported over OTLP, to where the `OTEL_*` variables "
            "say; needs `cartfuzz[otel]`."
        ),
    ] = False

    def __post_init__(self) -> None:
        """Checks what types cannot say.

        Raises:
            ConfigurationError: a time is zero, a size too small, or a port too large.
        """
        for name in ("duration", "until_quiet", "minimise_time"):
            given: str | None = getattr(self, name)
            if given is not None and seconds_of(given) is None:
                raise ConfigurationError(name, expected=DURATION, found=f'"{given}"')
        if self.max_record is not None and (bytes_of(self.max_record) or 0) < MIN_RECORD:
            raise ConfigurationError(
                "max_record", expected=size_words(MIN_RECORD), found=f'"{self.max_record}"'
            )
        if self.metrics_port is not None and address_of(self.metrics_port) is None:
            raise ConfigurationError(
                "metrics_port", expected=ADDRESS, found=f'"{self.metrics_port}"'
            )
