"""The buckets in which the times of responses are counted: fixed, so that counts can be added up.

Each is wider than the one before by the eighth root of 2, which is 9 %. A percentile that is read
off the counts is too high by that at most.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from typing import Annotated

import msgspec

from ..contract import Operation

BUCKETS_PER_DOUBLING = 8
_FIRST_EXPONENT = -4
_LAST_EXPONENT = 18
LOWEST_MS = 2.0**_FIRST_EXPONENT
"""The upper bound of bucket 0: 0.0625 ms."""
BUCKETS = (_LAST_EXPONENT - _FIRST_EXPONENT) * BUCKETS_PER_DOUBLING + 1
"""How many there are; the last one has all above 262 s too."""

_UPPER_BOUNDS_MS: tuple[float, ...] = tuple(
    LOWEST_MS * 2.0 ** (bucket / BUCKETS_PER_DOUBLING) for bucket in range(BUCKETS)
)

END = r"(?![\s\S])"
"""The end of a text in a pattern, of Python and of JSON Schema alike; ``$`` lets a line feed by."""
_BUCKET = "(?:[0-9]|[1-9][0-9]|1[0-6][0-9]|17[0-6])"
LatencyKey = Annotated[
    str, msgspec.Meta(pattern=f"^(?:{'|'.join(one.value for one in Operation)}) {_BUCKET}{END}")
]
"""A `latency_key`; a record with another one is refused when it is read."""
MomentKey = Annotated[str, msgspec.Meta(pattern=f"^[0-9]{{1,12}} {_BUCKET}{END}")]
"""A `moment_key`; the same."""


def bucket_of(elapsed_ms: float) -> int:
    """The index of the bucket of a response that took ``elapsed_ms``: from 0 to `BUCKETS` - 1."""
    return min(bisect_left(_UPPER_BOUNDS_MS, elapsed_ms), BUCKETS - 1)


def upper_bound_ms(bucket: int) -> float:
    """The longest time that ``bucket`` counts, in milliseconds.

    Raises:
        IndexError: there is no such bucket.
    """
    return _UPPER_BOUNDS_MS[bucket]


@cache
def latency_key(operation: str, bucket: int) -> str:
    """The key of `cartfuzz.record.ScenarioRun.latency`: ``"update 42"``."""
    return f"{operation} {bucket}"


def moment_key(second: int, bucket: int) -> str:
    """The key of `cartfuzz.record.Tally.timeline`: ``"1767225600 42"``."""
    return f"{second} {bucket}"


def with_bucket(key: str) -> tuple[str, int]:
    """The operation or the second of a key, and its bucket."""
    name, _, bucket = key.rpartition(" ")
    return name, int(bucket)
