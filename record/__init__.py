"""The run record: what happened, written as it happens.

This room holds the events of a run, the claims of discrepancies, and their lines on disk. What a
record amounts to is computed in `cartfuzz.analysis`.
"""

from __future__ import annotations

from .check_names import CheckName
from .claims import (
    AnyOf,
    AtMost,
    Claim,
    Consistent,
    Differs,
    Distinct,
    Explained,
    Fits,
    Holds,
    Near,
    NoServerError,
    OneValue,
    Present,
    Refutation,
    ShownThen,
    StatusIn,
    TypeIs,
    Unchanged,
    Without,
    explained,
    holds,
    pointer,
)
from .codec import decode_line, decode_value, encode_line, encode_value
from .digests import scenario_digest, situation_digest
from .discrepancies import MOST_READINGS, discrepancy
from .events import (
    Cause,
    Element,
    Event,
    KnownFailure,
    Minimised,
    Pacing,
    RunFinished,
    RunStarted,
    SandboxOptions,
    ScenarioRun,
    StopReason,
    Tally,
    TriageFinished,
    without_times,
)
from .expected_status import ACCEPTANCE, ANY_REFUSAL, ExpectedStatus
from .format_version import FORMAT
from .latency_buckets import (
    BUCKETS,
    bucket_of,
    latency_key,
    moment_key,
    upper_bound_ms,
    with_bucket,
)
from .options_of_run import OptionsOfRun
from .outcome import (
    SESSION_EXISTS,
    SESSION_IS_GONE,
    SESSIONS_ARE_ONE,
    SESSIONS_HAVE_ONE_ID,
    SEVERAL_FIELDS_DIFFER,
    Outcome,
    OutcomeKind,
)
from .phase import Activity, Phase, phase_of, position_of
from .plugins import PluginRecord
from .reader import BadRecordError, read_events, read_starts
from .repair import cut_torn_line
from .request_times import RequestTime
from .retired import RETIRED_SIGNATURES, present_signature
from .scenario_parts import AnswerClass, Discrepancy, Exchange, JudgingError, Kind, Observation
from .signature import signature_of
from .situation import (
    MOVES,
    SESSION_KINDS,
    SESSION_SHOWN,
    TWO_SESSIONS,
    UNKNOWN_CODES,
    Form,
    KeyKind,
    Move,
    SessionKind,
    Situation,
)
from .transitions import Answered, RequestedState, SourceState, TransitionCase
from .writer import RecordWriter

__all__ = [
    "ACCEPTANCE",
    "ANY_REFUSAL",
    "BUCKETS",
    "FORMAT",
    "MOST_READINGS",
    "MOVES",
    "RETIRED_SIGNATURES",
    "SESSIONS_ARE_ONE",
    "SESSIONS_HAVE_ONE_ID",
    "SESSION_EXISTS",
    "SESSION_IS_GONE",
    "SESSION_KINDS",
    "SESSION_SHOWN",
    "SEVERAL_FIELDS_DIFFER",
    "TWO_SESSIONS",
    "UNKNOWN_CODES",
    "Activity",
    "AnswerClass",
    "Answered",
    "AnyOf",
    "AtMost",
    "BadRecordError",
    "Cause",
    "CheckName",
    "Claim",
    "Consistent",
    "Differs",
    "Discrepancy",
    "Distinct",
    "Element",
    "Event",
    "Exchange",
    "ExpectedStatus",
    "Explained",
    "Fits",
    "Form",
    "Holds",
    "JudgingError",
    "KeyKind",
    "Kind",
    "KnownFailure",
    "Minimised",
    "Move",
    "Near",
    "NoServerError",
    "Observation",
    "OneValue",
    "OptionsOfRun",
    "Outcome",
    "OutcomeKind",
    "Pacing",
    "Phase",
    "PluginRecord",
    "Present",
    "RecordWriter",
    "Refutation",
    "RequestTime",
    "RequestedState",
    "RunFinished",
    "RunStarted",
    "SandboxOptions",
    "ScenarioRun",
    "SessionKind",
    "ShownThen",
    "Situation",
    "SourceState",
    "StatusIn",
    "StopReason",
    "Tally",
    "TransitionCase",
    "TriageFinished",
    "TypeIs",
    "Unchanged",
    "Without",
    "bucket_of",
    "cut_torn_line",
    "decode_line",
    "decode_value",
    "discrepancy",
    "encode_line",
    "encode_value",
    "explained",
    "holds",
    "latency_key",
    "moment_key",
    "phase_of",
    "pointer",
    "position_of",
    "present_signature",
    "read_events",
    "read_starts",
    "scenario_digest",
    "signature_of",
    "situation_digest",
    "upper_bound_ms",
    "with_bucket",
    "without_times",
]
