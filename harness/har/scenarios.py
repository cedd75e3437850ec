"""Exchanges grouped into scenarios."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...contract import MARK, ContractVersion, Fetch, Scenario, Update
from .document import Asked, Unreadable, read_har
from .exchanges import Exchange, LeftOutError, exchange_of
from .pseudonyms import Pseudonyms

MOST_STEPS = 60
"""Requests of one scenario; the reads at its end come on top."""
MOST_SESSIONS = 8


@dataclass(slots=True)
class Imported:
    """What became of a file.

    Attributes:
        scenarios: in the order of their first request.
        taken: exchanges that stand in them.
        left: reason to how many exchanges were left for it.
        places: of the first that was left for each reason.
        names: what the traffic takes for declared: kind to names, sorted.
    """

    scenarios: list[Scenario] = field(default_factory=list)
    taken: int = 0
    left: Counter[str] = field(default_factory=Counter)
    places: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)

    def leave(self, place: str, reason: str) -> None:
        self.left[reason] += 1
        self.places.setdefault(reason, place)


@dataclass(slots=True)
class _Session:
    exchanges: list[tuple[int, Asked, Exchange]] = field(default_factory=list)
    profile: str | None = None
    """The first that it names."""


def import_har(
    path: Path,
    version: ContractVersion,
    *,
    keep_codes: bool = False,
    masked: frozenset[str] = frozenset(),
) -> Imported:
    """The exchanges of the session API in a HAR file, as scenarios.

    Sessions of one profile make one scenario, since what one of them does may show in another; all
    others stand alone. A read of each session whose last step is a write comes at the end.

    Args:
        path: of the file.
        version: what it is a recording of.
        keep_codes: coupon and referral codes stay as they are.
        masked: names of attributes whose texts are all replaced.

    Raises:
        ConfigurationError: the file cannot be read, or is no HAR.
    """
    imported = Imported()
    sessions: dict[str, _Session] = {}
    for number, asked in enumerate(read_har(path)):
        if isinstance(asked, Unreadable):
            imported.leave(asked.place, f"no exchange as HAR has it: {asked.reason}")
            continue
        try:
            exchange = exchange_of(asked, version)
        except LeftOutError as error:
            imported.leave(asked.place, str(error))
            continue
        session = sessions.setdefault(exchange.session_id, _Session())
        session.exchanges.append((number, asked, exchange))
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
    """Sessions of one profile together, as many as a scenario may hold."""
    groups: list[list[_Session]] = []
    latest: dict[str, list[_Session]] = {}
    for session in sessions:
        group = latest.get(session.profile) if session.profile else None
        size = len(session.exchanges) + sum(len(one.exchanges) for one in group or ())
        if group is None or len(group) == MOST_SESSIONS or size > MOST_STEPS:
            groups.append(group := [])
            if session.profile:
                latest[session.profile] = group
        group.append(session)
    yield from groups


def _scenario(group: list[_Session], pseudonyms: Pseudonyms, imported: Imported) -> Scenario:
    together = sorted(
        (number, place, asked, exchange)
        for place, session in enumerate(group)
        for number, asked, exchange in session.exchanges
    )
    for _, _, asked, _ in together[MOST_STEPS:]:
        imported.leave(asked.place, f"more than {MOST_STEPS} requests on one session")
    used = together[:MOST_STEPS]
    steps = [pseudonyms.step(exchange.step, place) for _, place, _, exchange in used]
    last = {step.session: step for step in steps}
    steps += [Fetch(session=place) for place, step in last.items() if not isinstance(step, Fetch)]
    imported.taken += len(used)
    return Scenario(
        title=f"recorded: {_count(len(used), 'request')} on {_count(len(group), 'session')}",
        sessions=tuple(f"recorded{place}-{MARK}" for place in range(len(group))),
        steps=tuple(steps),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _declared(scenarios: Iterable[Scenario]) -> dict[str, list[str]]:
    """The names that an environment must declare for the traffic to be judged as it was meant."""
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
