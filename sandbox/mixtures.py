"""Draws whole lawful targets: random sets of dialects that can be spoken at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from random import Random

import msgspec

from ..contract import Environment
from .dialects import DIALECTS, Dialect

_MIN_SIZE = 2
_MAX_SIZE = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """A lawful target that speaks several dialects at once."""

    environment: Environment
    """The environment that all its dialects exist in, with the changes that they need."""
    dialects: tuple[str, ...]
    """The names of its dialects, the one that decides first at the front."""


def mixture(
    seed: int,
    base: Environment,
    *,
    with_server: bool = False,
    candidates: Collection[Dialect] = tuple(DIALECTS.values()),
) -> Mixture:
    """The mixture of ``seed`` for ``base``; equal arguments draw equal mixtures.

    Args:
        seed: the number of the mixture.
        base: the contract version, the flattening, and what no dialect changes.
        with_server: whether it may have dialects that only a real server shows. Those that depend
            on the time between requests are never drawn, since they decide on the speed.
        candidates: the dialects to draw from.
    """
    random = Random(f"{seed} {base.contract.value} {base.flattening}")
    drawn: list[Dialect] = []
    size = random.randint(_MIN_SIZE, _MAX_SIZE)
    for dialect in random.sample(tuple(candidates), len(candidates)):
        if len(drawn) == size:
            break
        if dialect.real_time or (dialect.needs_server and not with_server):
            continue
        if dialect.exists_in(base) and all(dialect.is_compatible(other) for other in drawn):
            drawn.append(dialect)
    changes = {name: value for dialect in drawn for name, value in dialect.changes.items()}
    return Mixture(
        environment=msgspec.structs.replace(base, **changes),
        dialects=tuple(dialect.name for dialect in drawn),
    )
