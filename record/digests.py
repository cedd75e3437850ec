"""Short names for situations and scenarios, by which runs can be compared.

Both are hashes: equal for equal content in any run of any seed, and small enough to keep hundreds
of them in a summary.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import msgspec

from ..contract import Operation, Scenario
from .codec import encode_value
from .situation import Situation

_SITUATION_BYTES, _SCENARIO_BYTES = 5, 6


@lru_cache(maxsize=16_384)
def situation_digest(*, rule: str, check: str, operation: Operation, situation: Situation) -> str:
    """10 hexadecimal digits for what a check judged by a rule: a signature without its outcome."""
    identity = "\x00".join((rule, check, operation.value, situation.key))
    return blake2b(
        identity.encode("utf-8", "surrogatepass"), digest_size=_SITUATION_BYTES
    ).hexdigest()


def scenario_digest(scenario: Scenario) -> str:
    """12 hexadecimal digits for the sessions and steps of a scenario, whatever its title."""
    untitled = msgspec.structs.replace(scenario, title="")
    return blake2b(encode_value(untitled), digest_size=_SCENARIO_BYTES).hexdigest()
