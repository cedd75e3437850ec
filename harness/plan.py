"""The plan of a run, as one frozen value that any worker can be given."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from ..contract import Environment, RuleLevel, Scenario, Traffic
from ..record import KnownFailure, Phase, SandboxOptions
from ..record.target_access import DIRECT, TargetAccess
from ..wire.trace import TraceHeaders


class RecordPolicy(StrEnum):
    """Which scenarios are written to the record whole; each of the others leaves a summary line."""

    ALL = "all"
    FAILURES = "failures"
    """Those with a discrepancy, and those that are the first to show something."""
    SAMPLED = "sampled"
    """As `FAILURES`, and one in `SAMPLE` of all; the others are merged, many into a line."""


DEFAULT_TRIAGE_SEC = 60.0
SAMPLE = 200
"""`RecordPolicy.SAMPLED` keeps one scenario in this many whole."""


class TriageBudget(msgspec.Struct, frozen=True, kw_only=True):
    """How much triage may cost, once the phases of a run are through."""

    requests_each: int = 400
    """For the search for one signature's smallest scenario."""
    seconds_each: float = 20.0
    requests: int = 20_000
    """For all signatures together, confirmations included."""
    seconds: float = DEFAULT_TRIAGE_SEC
    confirmations: int = 5
    """How often each smallest scenario is confirmed."""


class CorpusScenarios(msgspec.Struct, frozen=True, kw_only=True):
    """What a run uses of a corpus: read once, so that all workers send the same."""

    failures: tuple[Scenario, ...] = ()
    """Scenarios that showed a discrepancy, the simplest first."""
    seeds: tuple[Scenario, ...] = ()
    """Recorded traffic."""

    def __bool__(self) -> bool:
        return bool(self.failures or self.seeds)


class SweepSizes(msgspec.Struct, frozen=True, kw_only=True):
    """How much the sweeps of a plan hold."""

    scenarios: Mapping[str, int]
    """By name of the phase."""
    requests: int
    """About how many all of them send: one a step. A few reads come on top."""


class DoneScenarios(msgspec.Struct, frozen=True, kw_only=True):
    """What earlier parts of a run that is resumed have executed, which is not sent again."""

    rows: Mapping[str, tuple[tuple[int, int], ...]] = {}
    """By phase, the first and the last `cartfuzz.record.position_of` each unbroken row."""
    corpus_size: int = 0
    """How many scenarios of `Phase.CORPUS` there were, if all are done: what the corpus holds by
    now does not matter then."""


DEFAULT_TIMEOUT_SEC = 30.0
DEFAULT_GIVE_UP_SEC = 60.0
DEFAULT_MAX_RECORD = 1_000_000_000
"""Bytes."""
DEFAULT_IN_FLIGHT = 4
DEFAULT_WORKERS = 1


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides which requests a run sends, but for the API key.

    The key is not part of it: plans are sent to workers, and parts of them are recorded.
    """

    url: str
    """Base URL of the target, without a path of the API: ``http://127.0.0.1:8080``. Empty: the
    embedded sandbox, until it is started."""
    environment: Environment
    sandbox: SandboxOptions | None = None
    """The embedded sandbox that is the target; None: the target is another one."""
    api_key_env: str = ""
    """The environment variable that holds the API key, for the lines that people paste; empty: one
    of the two below does."""
    api_key_file: str = ""
    """The file that holds it."""
    api_key_keyring: str = ""
    """``SERVICE[/USER]``, its place in the keyring of the system."""
    rule_levels: Mapping[str, RuleLevel] = {}
    seed: int = 0
    phases: tuple[Phase, ...] = tuple(Phase)
    duration_sec: float | None = None
    """Stop after this time; None: no bound by time."""
    scenarios: int | None = None
    """Stop after this many scenarios over all phases; None: no bound by number."""
    requests: int | None = None
    """Stop once this many requests were sent; None: no such bound."""
    whole_round: bool = False
    """Where nothing else bounds the run: stop after one round, which is each sweep once and a third
    of their time for the phases that draw, at least half a minute in all."""
    allow_partial: bool = False
    """Whether a run that ends before its sweeps are through may pass all the same."""
    quiet_sec: float | None = None
    """Stop once nothing new was learnt for this time; None: never."""
    workers: int = DEFAULT_WORKERS
    """Processes."""
    in_flight: int = DEFAULT_IN_FLIGHT
    """Scenarios at once in each worker."""
    rps: float | None = None
    """Maximum requests per second over all workers; None: as fast as the target responds."""
    traffic: Traffic = Traffic.ALL
    """Which requests may go out."""
    production: str | None = None
    """The host of which the user says that it is production, and meant; None: none."""
    timeout_sec: float = DEFAULT_TIMEOUT_SEC
    """The longest that one request may take, from its first byte to the last of the response."""
    keep: RecordPolicy = RecordPolicy.FAILURES
    adaptive: bool = False
    """Whether the phases without an end get more time where they show something new. The same seed
    then makes the same scenarios in each phase, but not the same number of them."""
    minimise: TriageBudget | None = None
    """None: nothing is minimised."""
    known: CorpusScenarios = CorpusScenarios()
    """What the phase `Phase.CORPUS` sends."""
    baseline: Mapping[str, KnownFailure] = {}
    """By signature, the discrepancies that do not fail the run."""
    max_requests: int | None = None
    """The most requests of the whole run, the check before it and triage included; None: no bound.
    Only probes of a target that is away are not counted."""
    give_up_sec: float = DEFAULT_GIVE_UP_SEC
    """A target that is away for longer is lost."""
    slow_down: bool = True
    """Whether the rate is lowered while the target suffers."""
    access: TargetAccess = DIRECT
    """How the target is reached; the secrets of it are not part of the plan."""
    done: DoneScenarios = DoneScenarios()
    """What is left out, because an earlier part of the run did it."""
    max_record: int = DEFAULT_MAX_RECORD
    """The size that the record is to keep, in bytes."""
    trace_header: bool = True
    """Whether each request carries `cartfuzz.wire.trace.TRACE_HEADER`."""
    traceparent: bool = False
    """Whether each request carries ``traceparent`` of W3C Trace Context as well."""
    session_ledger: str = ""
    """The folder where each worker writes which sessions it makes, see
    `cartfuzz.harness.session_ledger`; empty: they are not written."""
    request_times: bool = False
    """Whether events carry `ScenarioRun.request_times`."""
    traced_share: float = 1.0
    """The share of the executions whose ``traceparent`` asks to record them."""
    plugins: tuple[str, ...] = ()
    """``"module:attribute"`` of each plugin; every process of the run imports them itself."""

    @property
    def trace(self) -> TraceHeaders:
        """Which header lines name a request."""
        return TraceHeaders(
            name=self.trace_header,
            traceparent=self.traceparent,
            traced_share=self.traced_share,
        )
