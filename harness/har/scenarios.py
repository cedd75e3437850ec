"""Imports a HAR file: groups its exchanges into scenarios."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...contract import MARK, ContractVersion, Fetch, Scenario, Update
from .document import RecordedRequest, UnreadableEntry, read_har
from .exchanges import Exchange, SkippedRequestError, exchange_of
from .pseudonyms import Pseudonyms

MAX_STEPS = 60
"""Most recorded requests in one scenario; the reads at its end are not counted."""
MAX_SESSIONS = 8
"""Most sessions in one scenario."""


@dataclass(slots=True)
class Imported:
    """The result of an import.

    Attributes:
        scenarios: in the order of their first request.
        exchange_count: how many exchanges they hold.
        unanswered_count: how many of these were recorded without an answer.
        skipped: reason to the number of exchanges that were skipped for it.
        first_locations: reason to the location of the first exchange that was skipped for it.
        names: what an environment must declare for the traffic: kind to sorted names.
    """

    scenarios: list[Scenario] = field(default_factory=list)
    exchange_count: int = 0
    unanswered_count: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    first_locations: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)

    def skip(self, location: str, reason: str) -> None:
        """Counts an exchange that is not imported."""
        self.skipped[reason] += 1
        self.first_locations.setdefault(reason, location)


@dataclass(slots=True)
class _Session:
    exchanges: list[tuple[int, RecordedRequest, Exchange]] = field(default_factory=list)
    profile: str | None = None
    """The first profile ID that it sends; None: it sends none."""


def import_har(
    path: Path,
    version: ContractVersion,
    *,
    keep_codes: bool = False,
    masked: frozenset[str] = frozenset(),
) -> Imported:
    """The exchanges of the session API in a HAR file, as scenarios.

    Sessions of one profile are in one scenario, since one of them may affect another; every other
    session has a scenario of its own. A scenario ends with a read of each session whose last step
    is a write.

    Args:
        path: of the file.
        version: the contract version of the recorded API.
        keep_codes: whether coupon and referral codes are kept.
        masked: names of attributes whose texts are all replaced.

    Raises:
        ConfigurationError: the file cannot be read, is too large or is not a HAR file.
    """
    imported = Imported()
    sessions: dict[str, _Session] = {}
    for order, recorded in enumerate(read_har(path)):
        if isinstance(recorded, UnreadableEntry):
            imported.skip(recorded.location, f"no exchange as HAR has it: {recorded.reason}")
            continue
        try:
            exchange = exchange_of(recorded, version)
        except SkippedRequestError as error:
            imported.skip(recorded.location, str(error))
            continue
        session = sessions.setdefault(exchange.session_id, _Session())
        session.exchanges.append((order, recorded, exchange))
        session.profile = session.profile or _profile(exchange)
    for group in _groups(sessions.values()):
        scenario = _scenario(group, Pseudonyms(keep_codes=keep_codes, masked=masked), imported)
        imported.scenarios.append(scenario)
    imported.names = _declared(imported.scenarios)
    return imported


def _customer_session(body: Any) -> dict[str, Any]:
    session = body.get("customerSession") if isinstance(body, dict) else None
    return session if isinstance(session, dict) else {}


def _profile(exchange: Exchange) -> str | None:
    if not isinstance(exchange.step, Update):
        return None
    profile = _customer_session(exchange.step.body).get("profileId")
    return profile if isinstance(profile, str) and profile else None


def _groups(sessions: Iterable[_Session]) -> Iterator[list[_Session]]:
    """Groups the sessions of one profile, as far as the limits of a scenario allow."""
    groups: list[list[_Session]] = []
    latest: dict[str, list[_Session]] = {}
    for session in sessions:
        group = latest.get(session.profile) if session.profile else None
        size = len(session.exchanges) + sum(len(one.exchanges) for one in group or ())
        if group is None or len(group) == MAX_SESSIONS or size > MAX_STEPS:
            groups.append(group := [])
            if session.profile:
                latest[session.profile] = group
        group.append(session)
    yield from groups


def _scenario(group: list[_Session], pseudonyms: Pseudonyms, imported: Imported) -> Scenario:
    together = sorted(
        (order, session_index, recorded, exchange)
        for session_index, session in enumerate(group)
        for order, recorded, exchange in session.exchanges
    )
    for _, _, recorded, _ in together[MAX_STEPS:]:
        imported.skip(recorded.location, f"more than {MAX_STEPS} requests on one session")
    used = together[:MAX_STEPS]
    steps = [pseudonyms.step(exchange.step, index) for _, index, _, exchange in used]
    last = {step.session: step for step in steps}
    steps += [Fetch(session=index) for index, step in last.items() if not isinstance(step, Fetch)]
    imported.exchange_count += len(used)
    imported.unanswered_count += sum(not recorded.is_answered for _, _, recorded, _ in used)
    return Scenario(
        title=f"recorded: {_count(len(used), 'request')} on {_count(len(group), 'session')}",
        sessions=tuple(f"recorded{index}-{MARK}" for index in range(len(group))),
        steps=tuple(steps),
    )


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _declared(scenarios: Iterable[Scenario]) -> dict[str, list[str]]:
    """The names that an environment must declare, so that the traffic is valid."""
    names: dict[str, set[str]] = {}

    def note(kind: str, value: Any) -> None:
        if isinstance(value, dict):
            names.setdefault(kind, set()).update(value)

    for scenario in scenarios:
        for step in scenario.steps:
            session = _customer_session(step.body) if isinstance(step, Update) else {}
            note("session attributes", session.get("attributes"))
            note("additional costs", session.get("additionalCosts"))
            items = session.get("cartItems")
            for item in items if isinstance(items, list) else ():
                if isinstance(item, dict):
                    note("item attributes", item.get("attributes"))
                    note("additional costs", item.get("additionalCosts"))
    return {kind: sorted(found) for kind, found in sorted(names.items()) if found}
