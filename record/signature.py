"""The identity of a bug."""

from __future__ import annotations

from hashlib import blake2b


def signature_of(*, rule: str, check: str, operation: str, situation: str, outcome: str) -> str:
    """A short text that is equal for equal bugs across seeds, workers and runs.

    ``situation`` and ``outcome`` are the keys of a `Situation` and an `Outcome`.

    Returns:
        The rule and 10 hexadecimal digits, such as ``"CART-02-91f0c3a7de"``.
    """
    identity = "\x00".join((rule, check, operation, situation, outcome))
    digest = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
    return f"{rule}-{digest}"
