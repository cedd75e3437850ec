"""Defines the events of a run: all that the engine reports, and all that reports are made of.

A run record is a file of events, one JSON object a line, in the order in which they happened: one
`RunStarted`, any number of `ScenarioRun` (and `Tally`, where the record is condensed), a
`Minimised` for each signature that triage reached, at most one `TriageFinished`, one
`RunFinished` (absent if the run was killed). A run that was resumed has these once more for each
resumption; what its first part minimised is not minimised again. Every text in them that would hold
the mark of an execution holds the placeholder `cartfuzz.contract.MARK` instead, so that equal
behaviour makes equal text.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from ..contract import (
    Catalogue,
    ContractVersion,
    Environment,
    RuleLevel,
    Scenario,
    Traffic,
    catalogue_with,
)
from .format_version import FORMAT_BEFORE
from .latency_buckets import LatencyKey, MomentKey
from .options_of_run import OptionsOfRun
from .plugins import PluginRecord
from .request_times import RequestTime
from .scenario_parts import Discrepancy, Exchange, JudgingError, Observation
from .target_access import DIRECT, TargetAccess
from .transitions import TransitionKey


class KnownFailure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry of a baseline: a discrepancy that somebody has accepted."""

    ticket: str = ""
    """Where it is dealt with."""
    reason: str = ""
    """Why it does not fail a run; a ticket or a reason is given."""
    title: str = ""
    """What the discrepancy is, for who reads the file."""

    @property
    def text(self) -> str:
        """Ticket and reason on one line."""
        return ": ".join(part for part in (self.ticket, self.reason) if part)


class SandboxOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the embedded sandbox of a run was started; its environment is that of the run."""

    faults: tuple[str, ...] = ()


class RunStarted(msgspec.Struct, frozen=True, kw_only=True, tag="run_started"):
    """The first event. A run that was resumed has another one where each resumption begins."""

    cartfuzz: str
    """Version of Cartfuzz."""
    contract: ContractVersion
    seed: int
    run: str
    """The run's part of every mark: 8 characters. Everything the run makes carries it."""
    target: str
    """Base URL."""
    phases: tuple[str, ...]
    workers: int
    started: str
    """RFC 3339, UTC."""
    environment: Environment
    rule_levels: Mapping[str, RuleLevel] = {}
    baseline: Mapping[str, KnownFailure] = {}
    """By signature, the discrepancies that do not fail the run."""
    keeps_judged_right: bool = False
    """Whether the record holds what was judged and was right; older ones do not."""
    sandbox: SandboxOptions | None = None
    """The embedded sandbox that was the target; None: another target, or an older record."""
    allow_hosts: tuple[str, ...] = ()
    """The hosts besides loopback that the user allowed and the target needs."""
    api_key_env: str = ""
    """The environment variable that held the target's API key; empty: not known."""
    rps: float | None = None
    """The bound on requests a second; None: there was none, or it is not known."""
    timeout_sec: float | None = None
    """Of one request; None: not known."""
    sweeps: Mapping[str, int] = {}
    """Scenarios of each deterministic sweep that the run is to send, by phase; empty: not known."""
    sweep_requests: int = 0
    """About how many requests all sweeps take."""
    allow_partial: bool = False
    """Whether the user asked for less than whole sweeps, so that a part of them is enough."""
    format_version: int = msgspec.field(name="format", default=FORMAT_BEFORE)
    """`FORMAT` of the Cartfuzz that wrote the record; ``format`` in JSON."""
    selected: bool = False
    """Whether chosen tests decided what was sent. They may need no accepted request of some
    operation, and are complete all the same."""
    traffic: Traffic = Traffic.ALL
    """Which requests the user let out."""
    resumption: int = 0
    """Which resumption of the run begins here, from 1; 0: the run itself. Each has a ``run`` of its
    own, so that its marks meet no earlier ones."""
    options: OptionsOfRun | None = None
    """None: an older record, or a run of tests; it cannot be resumed."""
    hypothesis: str = ""
    """Version of Hypothesis: what a seed draws depends on it."""
    corpus: str = ""
    """Digest of the scenarios that the phase `Phase.CORPUS` sends; empty: there are none."""
    api_key_file: str = ""
    """The file that held the target's API key; empty: another place did."""
    api_key_keyring: str = ""
    """``SERVICE[/USER]``, its place in the keyring of the system; empty: another place held it."""
    access: TargetAccess = DIRECT
    """How the target was reached, as far as it is no secret."""
    trace_header: bool = False
    """Whether each request carried a header line that names it; older runs had none."""
    traceparent: bool = False
    """Whether each request carried ``traceparent``."""
    plugins: tuple[PluginRecord, ...] = ()
    """The plugins that took part; an older Cartfuzz had none."""

    @property
    def rules(self) -> Catalogue:
        """The rules of its contract version, then those of its plugins."""
        own = tuple(rule for plugin in self.plugins for rule in plugin.rules)
        return catalogue_with(self.contract, own)

    @property
    def request_changers(self) -> tuple[str, ...]:
        """The plugins by name that change requests on their way out."""
        return tuple(plugin.name for plugin in self.plugins if plugin.changes_requests)


class ScenarioRun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="scenario"):
    """One scenario, executed once."""

    id: str
    """``phase/shard/index``: the same for the same seed, whatever the workers."""
    phase: str
    mark: str
    """The mark of this execution."""
    title: str
    statuses: tuple[int | None, ...]
    """One a request, in order; None: no answer came."""
    elapsed_ms: float
    reached: Mapping[str, int] = {}
    """Judged requests by ``"RULE accept"``, ``"RULE refuse"``, and ``"endpoint OPERATION"`` for
    accepted real ones."""
    boundaries: Mapping[str, int] = {}
    """Requests sent by boundary value: ``"cart items 1001"``, ``"quantity sum 10000"``."""
    discrepancies: tuple[Discrepancy, ...] = ()
    observations: tuple[Observation, ...] = ()
    """What it showed where the contract is silent; each (rule, situation, outcome) once."""
    inconclusive: tuple[str, ...] = ()
    """Reasons why requests could not be judged."""
    sent: Mapping[str, int] = {}
    """Steps that were sent, by operation."""
    unjudged: Mapping[str, int] = {}
    """Those of ``sent`` that could not be judged, by operation."""
    ids: tuple[int, ...] = ()
    """The internal ids of the sessions that it made, each once (RESP-07)."""
    redeemed: Mapping[str, int] = {}
    """By coupon with a declared limit: how many of its sessions hold a redemption at its end."""
    referred: Mapping[str, int] = {}
    """The same of referrals."""
    scenario: Scenario | None = None
    """The scenario itself, where the record policy keeps it."""
    exchanges: tuple[Exchange, ...] = ()
    digest: str = ""
    """`cartfuzz.record.scenario_digest` of the scenario, where one execution of it decides what it
    shows: all its steps were sent, one after another. Else empty."""
    answers: str = ""
    """One `AnswerClass` a step, where there is a digest."""
    judged_right: tuple[str, ...] = ()
    """The `cartfuzz.record.situation_digest` of each situation that was judged and was right; those
    that its worker had reported before are left out."""
    transitions: Mapping[TransitionKey, int] = {}
    """By `cartfuzz.record.TransitionCase.key`, the steps that asked something of a state."""
    latency: Mapping[LatencyKey, int] = {}
    """Responses by operation and bucket of their time: `cartfuzz.record.latency_key`."""
    finished_at: Annotated[float, msgspec.Meta(ge=0, lt=1e12)] = 0.0
    """When it was over, in seconds since 1970, UTC; 0: not known."""
    is_late_read: bool = msgspec.field(default=False, name="again")
    """Whether it is no scenario of its own, but another read of an earlier one's sessions;
    ``again`` in JSON."""
    errors: tuple[JudgingError, ...] = ()
    """Why judging it ended early. Its discrepancies are those that were found before."""
    target_away: bool = False
    """Whether the target went away meanwhile, so that nothing of it was judged."""
    request_times: tuple[RequestTime, ...] = ()
    """Of its requests, where the run follows each in time. For who follows the run: a record does
    not hold them."""

    @property
    def requests(self) -> int:
        return len(self.statuses)


class Observed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the target did where no rule judges it, and in how many scenarios."""

    rule: str
    situation: str
    outcome: str
    count: int
    signature: str = ""
    """As `Observation.signature`."""


class Tally(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="tally"):
    """Many scenarios that showed nothing new, in one line of a condensed record."""

    scenarios: Mapping[str, int] = {}
    """By phase."""
    requests: Mapping[str, int] = {}
    """By phase."""
    elapsed_ms: float = 0.0
    """Of all together; they may have overlapped."""
    reached: Mapping[str, int] = {}
    boundaries: Mapping[str, int] = {}
    observed: tuple[Observed, ...] = ()
    inconclusive: Mapping[str, int] = {}
    """Requests that could not be judged, by reason."""
    sent: Mapping[str, int] = {}
    unjudged: Mapping[str, int] = {}
    ids: tuple[tuple[int, int], ...] = ()
    """The internal ids of the sessions that they made: the first and the last of each row."""
    redeemed: Mapping[str, int] = {}
    referred: Mapping[str, int] = {}
    right_scenarios: Mapping[str, str] = {}
    """By `ScenarioRun.digest`, the answers of those that were judged and were right."""
    judged_right: tuple[str, ...] = ()
    """As in `ScenarioRun`."""
    transitions: Mapping[TransitionKey, int] = {}
    latency: Mapping[LatencyKey, int] = {}
    timeline: Mapping[MomentKey, int] = {}
    """Responses by `cartfuzz.record.moment_key`: the second of `ScenarioRun.finished_at`, and the
    bucket of their time."""
    further: Mapping[str, int] = {}
    """By signature, its discrepancies in them: those of a record that has reached its bound."""
    executed: Mapping[str, tuple[tuple[int, int], ...]] = {}
    """By phase, the `cartfuzz.record.position_of` the scenarios: first and last of each row."""


class Element(StrEnum):
    """What sort of part of a scenario it is."""

    MEMBER = "member"
    """A member of a request body, absent in the other scenario."""
    VALUE = "value"
    """The value of such a member; the other scenario has a plain one."""
    SESSION_ID = "session ID"
    """The characters of the session IDs."""
    PARAMETER = "parameter"
    """A query parameter or a header of a request."""
    STEP = "step"
    """A whole request."""
    BURST = "burst"
    """That some requests are sent at the same moment."""


class Cause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the smallest scenario without which the rule is judged as before, and kept."""

    element: Element
    path: tuple[str, ...] = ()
    """Of a member or a value: the names in the request body that lead to it, through all members of
    lists: ``("customerSession", "cartItems", "price")``. Of a parameter its name."""
    value: Any = None
    """Of a member or a value: the first that the scenario has there; None where it is long."""


class Minimised(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="minimised"):
    """The smallest scenario found for one signature, and whether it shows it every time."""

    signature: str
    scenario: Scenario
    """Where the discrepancy never came again, the scenario that showed it."""
    discrepancy: Discrepancy
    """As the last execution that showed it did."""
    operations_before: int
    """Operations of the scenario that the search started from, up to the one that showed it."""
    confirmed: int
    """In how many of ``confirmations`` the scenario, executed afresh, showed it."""
    confirmations: int
    """A confirmation is one execution; of a burst, which shows by chance, a few."""
    complete: bool
    """False: a bound was hit, so a smaller scenario may exist."""
    trials: int
    """Executions in all: of candidates, and to confirm."""
    requests: int
    """Of all of them."""
    elapsed_ms: float
    exchanges: tuple[Exchange, ...] = ()
    """Of one execution that showed it."""
    exchanges_without: tuple[Exchange, ...] = ()
    """Of one that did not, by the smallest scenario that was found; empty: all did."""
    causes: tuple[Cause, ...] = ()
    """What the discrepancy depends on beyond what its rule asks for; empty: nothing, or unknown."""
    shown_by: str = ""
    """`ScenarioRun.id` of the execution that ``exchanges`` are of; empty: not known."""

    @property
    def solid(self) -> bool:
        """Whether it was shown every time."""
        return self.confirmed == self.confirmations


class TriageFinished(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="triage_finished"
):
    """What triage found of its signatures together, after the last `Minimised`."""

    further_signs: Mapping[str, tuple[str, ...]] = {}
    """By signature, those that vanish with what makes it: further signs of the same cause."""
    independent: Mapping[str, tuple[str, ...]] = {}
    """By signature, its alternatives that do not explain it: its session IDs do not show them."""
    not_reached: tuple[str, ...] = ()
    """Signatures that there was no time or no request left for."""
    trials: int = 0
    """Executions that no `Minimised` counts."""
    requests: int = 0
    elapsed_ms: float = 0.0


class StopReason(StrEnum):
    """Why a run ended."""

    COMPLETED = "completed"
    """Everything that was asked for was done, or its time was up."""
    INTERRUPTED = "interrupted"
    """The user stopped it."""
    TARGET_LOST = "target lost"
    """The target stopped answering, or refused the credentials."""
    FAILED = "failed"
    """Cartfuzz itself failed."""


class Pacing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How long a run waited for its target, and how far it slowed down; times in seconds."""

    paused_sec: float = 0.0
    """Pauses that the target asked for: 429, or Retry-After with a status that may carry it."""
    outages: int = 0
    """How often the target gave no usable responses for a while."""
    away_sec: float = 0.0
    """How long all of these took."""
    slowed_sec: float = 0.0
    """How long the rate was lowered because the target suffered."""
    lowest_rps: float = 0.0
    """The lowest rate then, in requests a second; 0: it was not lowered."""


class RunFinished(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="run_finished"
):
    """The last event of a run, or of a part of it: a `RunStarted` after it resumes the run."""

    seconds: float
    """Of the run so far; the time between its parts does not count."""
    reason: StopReason
    detail: str = ""
    pacing: Pacing = Pacing()
    lost_workers: int = 0
    """Worker processes that were killed; others executed their sweeps, what they drew is lost."""


def without_times(event: Event) -> Event:
    """``event`` as a record holds it: without `ScenarioRun.request_times`."""
    if isinstance(event, ScenarioRun) and event.request_times:
        return msgspec.structs.replace(event, request_times=())
    return event


Event = RunStarted | ScenarioRun | Tally | Minimised | TriageFinished | RunFinished
