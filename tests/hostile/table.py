"""The one table of all modes."""

from __future__ import annotations

from tests.hostile import (
    coding,
    connection,
    delays,
    framing,
    garbage,
    markup,
    patterns,
    secrets,
    shapes,
    sizes,
    statuses,
    terminals,
)
from tests.hostile.exchange import Exchange, Moves
from tests.hostile.mode import Area, Mode


def _lawful(exchange: Exchange) -> Moves:
    return [exchange.answer.message()]


LAWFUL = Mode("lawful", Area.CONNECTION, "the lawful answer, as it is", _lawful, False)
"""The control: what is measured without any trouble."""

MODES: tuple[Mode, ...] = (
    *connection.MODES,
    *garbage.MODES,
    *framing.MODES,
    *coding.MODES,
    *sizes.MODES,
    *shapes.MODES,
    *patterns.MODES,
    *statuses.MODES,
    *secrets.MODES,
    *terminals.MODES,
    *markup.MODES,
    *delays.MODES,
)

BY_NAME = {mode.name: mode for mode in (LAWFUL, *MODES)}
