"""The buckets in which the times of responses are counted: fixed, so that counts can be added up.

Each is wider than the one before by the eighth root of 2, which is 9 %. A percentile that is read
off the counts is too high by that at most.
"""

from __future__ import annotations

from math import ceil, log2

BUCKETS_PER_DOUBLING = 8
_FIRST_EXPONENT = -4
_LAST_EXPONENT = 18
LOWEST_MS = 2.0**_FIRST_EXPONENT
"""The upper bound of bucket 0: 0.0625 ms."""
BUCKETS = (_LAST_EXPONENT - _FIRST_EXPONENT) * BUCKETS_PER_DOUBLING + 1
"""How many there are; the last one has all above 262 s too."""


def bucket_of(elapsed_ms: float) -> int:
    """The index of the bucket of a response that took ``elapsed_ms``: from 0 to `BUCKETS` - 1."""
    if elapsed_ms <= LOWEST_MS:
        return 0
    return min(ceil((log2(elapsed_ms) - _FIRST_EXPONENT) * BUCKETS_PER_DOUBLING), BUCKETS - 1)


def upper_bound_ms(bucket: int) -> float:
    """The longest time that ``bucket`` counts, in milliseconds."""
    return float(2.0 ** (_FIRST_EXPONENT + bucket / BUCKETS_PER_DOUBLING))


def latency_key(operation: str, bucket: int) -> str:
    """The key of `cartfuzz.record.ScenarioRun.latency`: ``"update 42"``."""
    return f"{operation} {bucket}"


def moment_key(second: int, bucket: int) -> str:
    """The key of `cartfuzz.record.Tally.timeline`: ``"1767225600 42"``."""
    return f"{second} {bucket}"


def with_bucket(key: str) -> tuple[str, int]:
    """The operation or the second of a key, and its bucket.

    Raises:
        ValueError: it is none.
    """
    name, _, bucket = key.rpartition(" ")
    return name, int(bucket)
