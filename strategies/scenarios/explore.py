"""Draws long scenarios that lead a few sessions deep into the state machine."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ...contract import MARK, Environment, Fetch, Scenario, SessionState
from ..values.attributes import attributes
from ..values.carts import cart_items
from ..values.decisions import Decisions
from ..values.identifiers import identifiers, marked
from ..values.value_pool import ScenarioValues, ValuePool, value_pool
from . import actions
from .actions import Action, ScenarioDraft
from .session_tracker import SessionTracker

# The actions of each state with their weights; shrinking falls back to the first. About one step in
# seven requests something that must be refused.
_ACTIONS: dict[SessionState | None, tuple[tuple[Action, int], ...]] = {
    None: (
        (actions.edit, 40),
        (actions.close, 8),
        (actions.try_dry, 3),
        (actions.read, 1),
        (actions.send_invalid, 2),
        (actions.request_forbidden_state, 2),
        (actions.return_some, 1),
        (actions.reopen, 1),
        (actions.send_bad_credentials, 3),
    ),
    SessionState.OPEN: (
        (actions.edit, 60),
        (actions.clear, 8),
        (actions.repeat, 6),
        (actions.close, 12),
        (actions.cancel, 1),
        (actions.try_dry, 5),
        (actions.send_invalid, 10),
        (actions.request_forbidden_state, 2),
        (actions.return_some, 2),
        (actions.reopen, 1),
        (actions.read, 3),
        (actions.send_bad_credentials, 6),
    ),
    SessionState.CLOSED: (
        (actions.return_some, 24),
        (actions.reopen, 24),
        (actions.cancel, 2),
        (actions.return_too_much, 5),
        (actions.request_forbidden_state, 6),
        (actions.request_silent_state, 2),
        (actions.send_invalid, 1),
        (actions.read, 5),
        (actions.send_bad_credentials, 3),
    ),
    SessionState.PARTIALLY_RETURNED: (
        (actions.return_some, 30),
        (actions.cancel, 4),
        (actions.return_too_much, 6),
        (actions.request_forbidden_state, 7),
        (actions.request_silent_state, 2),
        (actions.read, 6),
        (actions.send_bad_credentials, 3),
    ),
    SessionState.CANCELLED: (
        (actions.read, 10),
        (actions.request_forbidden_state, 4),
        (actions.return_some, 2),
        (actions.reopen, 2),
        (actions.request_silent_state, 1),
        (actions.send_bad_credentials, 1),
    ),
}
_WEIGHT_FACTORS = (1, 1, 0, 4)
"""A scenario multiplies the weight of each action but the first by one of these."""

ActionTables = dict[SessionState | None, tuple[list[Action], list[int]]]


def _weighted_actions(decisions: Decisions, options: tuple[int, ...]) -> ActionTables:
    """The actions of each state, and the running totals of their weights in this scenario.

    Swarm testing: scenarios that leave some actions out and prefer others differ more from each
    other than scenarios with even weights do.
    """
    factors = [decisions.pick(options) for _ in range(12)]
    tables: ActionTables = {}
    for state, weighted in _ACTIONS.items():
        weights = [weighted[0][1]]
        weights += [
            weight * factor for (_, weight), factor in zip(weighted[1:], factors, strict=False)
        ]
        tables[state] = ([action for action, _ in weighted], list(accumulate(weights)))
    return tables


def _session_ids(pool: ValuePool, decisions: Decisions, count: int, text: str) -> tuple[str, ...]:
    """``count`` distinct session IDs: plain, odd, drawn, or a pair that looks alike."""
    kind = decisions.take(6)
    if kind == 1 and count > 1:
        return (*decisions.pick(pool.confusable_pairs), f"third-{MARK}")[:count]
    ids: dict[str, None] = {}
    for index in range(count):
        if kind >= 4:
            session_id = pool.session_ids[decisions.take(len(pool.session_ids))]
        elif kind == 3:
            session_id = marked(f"{text}{index}")
        else:
            session_id = f"s{index}-{MARK}"
        if session_id in ids or session_id.count(MARK) != 1:
            session_id = f"s{index}-{MARK}"
        ids[session_id] = None
    return tuple(ids)


_SETUP_BYTES = st.binary(min_size=32, max_size=32)
_ACTION_BYTES = st.binary(min_size=20, max_size=20)


def scenarios(
    environment: Environment,
    *,
    max_sessions: int = 3,
    min_steps: int = 1,
    max_steps: int = 40,
    swarm: bool = True,
) -> st.SearchStrategy[Scenario]:
    """Scenarios on 1 to ``max_sessions`` sessions, mostly of legal actions.

    Each session is led through its states; a small part of the steps break one rule on purpose. The
    next step depends on the contract only, not on what a target responds.

    Args:
        environment: declares what exists; its contract version decides what is legal.
        max_sessions: most sessions; they often share a profile.
        min_steps: fewest requests.
        max_steps: most requests.
        swarm: whether each scenario leaves some actions out and prefers others.

    Raises:
        InvalidArgument: the bounds contradict each other.
    """
    if max_sessions < 1 or not 1 <= min_steps <= max_steps:
        raise InvalidArgument(
            "Expected max_sessions >= 1 and 1 <= min_steps <= max_steps, got "
            f"max_sessions={max_sessions!r}, min_steps={min_steps!r}, max_steps={max_steps!r}"
        )
    pool = value_pool(environment)
    # An action makes 1 to 4 steps. Drawing the least number of actions first, then the list, gives
    # long lists that can still shrink by leaving out any action.
    lengths = range(min_steps, max(min_steps, max_steps * 2 // 3) + 1)
    action_lists = [
        st.lists(_ACTION_BYTES, min_size=length, max_size=max_steps) for length in lengths
    ]
    extras = _extras(environment)

    @st.composite
    def build(draw: st.DrawFn) -> Scenario:
        decisions = Decisions(draw(_SETUP_BYTES))
        weighted_actions = _weighted_actions(decisions, _WEIGHT_FACTORS if swarm else (1,))
        items, declared, text = draw(extras)
        action_list = draw(action_lists[draw(st.integers(0, len(action_lists) - 1))])
        count = 1 + decisions.take(max_sessions)
        values = ScenarioValues(pool, decisions, items=items, attributes=declared, text=text)
        sessions = _session_ids(pool, decisions, count, text)
        profiles = [values.profile(decisions)] * len(sessions)
        if decisions.take(3) == 1:
            profiles = [values.profile(decisions) for _ in sessions]
        trackers = [SessionTracker(environment.contract) for _ in sessions]
        draft = ScenarioDraft(environment, values, trackers, profiles)
        for data in action_list:
            if len(draft.steps) >= max_steps:
                break
            _act(draft, weighted_actions, Decisions(data))
        steps = tuple(draft.steps[:max_steps])
        return Scenario(title=_title(draft), sessions=sessions, steps=steps)

    return build()


_Extras = tuple[list[dict[str, Any]], dict[str, Any] | None, str]


def _extras(environment: Environment) -> st.SearchStrategy[_Extras]:
    """Cart items, session attributes and a text to add to the pool: mostly none, since they cost
    many choices."""
    texts = identifiers(max_size=40)
    rich: st.SearchStrategy[_Extras] = st.tuples(
        st.lists(cart_items(environment), min_size=1, max_size=2),
        attributes(environment.session_attributes),
        texts,
    )
    plain: st.SearchStrategy[_Extras] = texts.map(lambda text: ([], None, text))
    none: st.SearchStrategy[_Extras] = st.builds(lambda: ([], None, ""))
    # A sampled number, not one_of: the branches are to be weighted.
    return st.integers(0, 7).flatmap(
        lambda number: rich if number == 7 else plain if number >= 5 else none
    )


def extend_draft(draft: ScenarioDraft, decisions: Decisions, count: int) -> None:
    """Adds ``count`` actions to ``draft``, each chosen by the state of its session."""
    weighted_actions = _weighted_actions(decisions, (1,))
    for _ in range(count):
        _act(draft, weighted_actions, decisions)


def _act(draft: ScenarioDraft, weighted_actions: ActionTables, decisions: Decisions) -> None:
    """One action on one session, in most cases followed by a read."""
    session_index = decisions.take(len(draft.trackers))
    if draft.trackers[session_index].state is SessionState.CANCELLED and decisions.take(2):
        session_index = (session_index + 1) % len(draft.trackers)
    options, totals = weighted_actions[draft.trackers[session_index].state]
    chosen = bisect_right(totals, decisions.take(totals[-1]))
    reads = decisions.take(8)
    options[chosen](draft, session_index, decisions)
    if reads < 6 and not isinstance(draft.steps[-1], Fetch):
        draft.fetch(session_index)
    if reads == 5 and len(draft.trackers) > 1:
        draft.fetch((session_index + 1) % len(draft.trackers))


def _title(draft: ScenarioDraft) -> str:
    states = ", ".join(
        "unborn" if tracker.state is None else tracker.state for tracker in draft.trackers
    )
    count = len(draft.trackers)
    return f"{count} session{'s' if count > 1 else ''}, at last {states}"
