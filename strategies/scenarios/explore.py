"""Scenarios: long lives of a few sessions, led deep into the state machine."""

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
from ..values.pools import Bank, Pools, bank_of
from . import actions as moves
from .actions import Move, ScenarioDraft
from .session_tracker import SessionTracker

# Moves in each state with their weights; the first is what shrinking falls back to. About one step
# in seven asks for something that must be refused.
_MOVES: dict[SessionState | None, tuple[tuple[Move, int], ...]] = {
    None: (
        (moves.edit, 40),
        (moves.close, 8),
        (moves.try_dry, 3),
        (moves.look, 1),
        (moves.break_one, 2),
        (moves.forbidden_state, 2),
        (moves.give_back, 1),
        (moves.reopen, 1),
        (moves.trespass, 3),
    ),
    SessionState.OPEN: (
        (moves.edit, 60),
        (moves.clear, 8),
        (moves.repeat, 6),
        (moves.close, 12),
        (moves.cancel, 1),
        (moves.try_dry, 5),
        (moves.break_one, 10),
        (moves.forbidden_state, 2),
        (moves.give_back, 2),
        (moves.reopen, 1),
        (moves.look, 3),
        (moves.trespass, 6),
    ),
    SessionState.CLOSED: (
        (moves.give_back, 24),
        (moves.reopen, 24),
        (moves.cancel, 2),
        (moves.give_back_too_much, 5),
        (moves.forbidden_state, 6),
        (moves.open_question, 2),
        (moves.break_one, 1),
        (moves.look, 5),
        (moves.trespass, 3),
    ),
    SessionState.PARTIALLY_RETURNED: (
        (moves.give_back, 30),
        (moves.cancel, 4),
        (moves.give_back_too_much, 6),
        (moves.forbidden_state, 7),
        (moves.open_question, 2),
        (moves.look, 6),
        (moves.trespass, 3),
    ),
    SessionState.CANCELLED: (
        (moves.look, 10),
        (moves.forbidden_state, 4),
        (moves.give_back, 2),
        (moves.reopen, 2),
        (moves.open_question, 1),
        (moves.trespass, 1),
    ),
}
_FACTORS = (1, 1, 0, 4)
"""How a scenario's mix stretches the weight of a move: as it is, not at all, or more."""

_TABLES = dict[SessionState | None, tuple[list[Move], list[int]]]


def _mix(digits: Decisions, options: tuple[int, ...]) -> _TABLES:
    """The moves of each state with running totals of their weights, in this scenario's mix.

    Leaving some moves out and stretching others makes stories that differ more than even ones do.
    """
    factors = [digits.pick(options) for _ in range(12)]
    tables: _TABLES = {}
    for state, weighted in _MOVES.items():
        weights = [weighted[0][1]]
        weights += [
            weight * factor for (_, weight), factor in zip(weighted[1:], factors, strict=False)
        ]
        tables[state] = ([move for move, _ in weighted], list(accumulate(weights)))
    return tables


def _session_ids(bank: Bank, digits: Decisions, count: int, text: str) -> tuple[str, ...]:
    """Distinct session IDs: plain, odd, drawn, or twins."""
    kind = digits.take(6)
    if kind == 1 and count > 1:
        return (*digits.pick(bank.twins), f"third-{MARK}")[:count]
    ids: dict[str, None] = {}
    for number in range(count):
        if kind >= 4:
            session_id = bank.session_ids[digits.take(len(bank.session_ids))]
        elif kind == 3:
            session_id = marked(f"{text}{number}")
        else:
            session_id = f"s{number}-{MARK}"
        if session_id in ids or session_id.count(MARK) != 1:
            session_id = f"s{number}-{MARK}"
        ids[session_id] = None
    return tuple(ids)


_FRAME = st.binary(min_size=32, max_size=32)
_PLOTTED = st.binary(min_size=20, max_size=20)


def scenarios(
    environment: Environment,
    *,
    max_sessions: int = 3,
    min_steps: int = 1,
    max_steps: int = 40,
    swarm: bool = True,
) -> st.SearchStrategy[Scenario]:
    """Scenarios on 1 to ``max_sessions`` sessions, mostly of legal moves.

    Each session is led through its states; a small part of the steps break one rule on purpose. The
    scenario follows the contract only: what a target answers does not matter for what comes next.

    Args:
        environment: declares what exists; its contract version decides what is legal.
        max_sessions: most sessions; they often share a profile.
        min_steps: fewest requests.
        max_steps: most requests.
        swarm: whether each scenario leaves some moves out and stretches others.

    Raises:
        InvalidArgument: the bounds contradict each other.
    """
    if max_sessions < 1 or not 1 <= min_steps <= max_steps:
        raise InvalidArgument(
            "Expected max_sessions >= 1 and 1 <= min_steps <= max_steps, got "
            f"max_sessions={max_sessions!r}, min_steps={min_steps!r}, max_steps={max_steps!r}"
        )
    bank = bank_of(environment)
    # A move makes 1 to 4 steps. Drawing the fewest moves first, then the list, gives long lists
    # that still shrink by leaving out any move.
    lengths = range(min_steps, max(min_steps, max_steps * 2 // 3) + 1)
    plots = [st.lists(_PLOTTED, min_size=length, max_size=max_steps) for length in lengths]
    extras = _extras(environment)

    @st.composite
    def build(draw: st.DrawFn) -> Scenario:
        digits = Decisions(draw(_FRAME))
        mix = _mix(digits, _FACTORS if swarm else (1,))
        items, declared, text = draw(extras)
        plot = draw(plots[draw(st.integers(0, len(plots) - 1))])
        count = 1 + digits.take(max_sessions)
        pools = Pools(bank, digits, items=items, attributes=declared, text=text)
        sessions = _session_ids(bank, digits, count, text)
        profiles = [pools.profile(digits)] * len(sessions)
        if digits.take(3) == 1:
            profiles = [pools.profile(digits) for _ in sessions]
        lives = [SessionTracker(environment.contract) for _ in sessions]
        story = ScenarioDraft(environment, pools, lives, profiles)
        for decisions in plot:
            if len(story.steps) >= max_steps:
                break
            _move(story, mix, Decisions(decisions))
        steps = tuple(story.steps[:max_steps])
        return Scenario(title=_title(story), sessions=sessions, steps=steps)

    return build()


_Extras = tuple[list[dict[str, Any]], dict[str, Any] | None, str]


def _extras(environment: Environment) -> st.SearchStrategy[_Extras]:
    """Drawn values beside the bank's: mostly none, since rich values cost many choices."""
    texts = identifiers(max_size=40)
    rich: st.SearchStrategy[_Extras] = st.tuples(
        st.lists(cart_items(environment), min_size=1, max_size=2),
        attributes(environment.session_attributes),
        texts,
    )
    plain: st.SearchStrategy[_Extras] = texts.map(lambda text: ([], None, text))
    nothing: st.SearchStrategy[_Extras] = st.builds(lambda: ([], None, ""))
    # A sampled number, not one_of: the branches are to be weighted.
    return st.integers(0, 7).flatmap(
        lambda number: rich if number == 7 else plain if number >= 5 else nothing
    )


def continued(story: ScenarioDraft, digits: Decisions, count: int) -> None:
    """Goes on with a story that has begun: at most ``count`` moves, each where its life stands."""
    mix = _mix(digits, (1,))
    for _ in range(count):
        _move(story, mix, digits)


def _move(story: ScenarioDraft, mix: _TABLES, digits: Decisions) -> None:
    """One move of one session, and a read after it more often than not."""
    place = digits.take(len(story.lives))
    if story.lives[place].state is SessionState.CANCELLED and digits.take(2):
        place = (place + 1) % len(story.lives)
    options, totals = mix[story.lives[place].state]
    chosen = bisect_right(totals, digits.take(totals[-1]))
    after = digits.take(8)
    options[chosen](story, place, digits)
    if after < 6 and not isinstance(story.steps[-1], Fetch):
        story.fetch(place)
    if after == 5 and len(story.lives) > 1:
        story.fetch((place + 1) % len(story.lives))


def _title(story: ScenarioDraft) -> str:
    states = ", ".join("unborn" if life.state is None else life.state for life in story.lives)
    count = len(story.lives)
    return f"{count} session{'s' if count > 1 else ''}, at last {states}"
