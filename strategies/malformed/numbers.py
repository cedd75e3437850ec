"""Numbers that JSON parsers are known to read differently."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...contract import Operation, Raw
from ..values.samples import Samples

_PLACEHOLDER = "-987654321"
"""Is replaced by the text of a number; no sample holds it."""

_MALFORMED = "nearly JSON: number"
_NOT_JSON = (
    *((_MALFORMED, text) for text in ("01", "+1", ".5", "1.", "0x10", "1_000", "1e", "1 0")),
    *(("NaN or Infinity", text) for text in ("NaN", "Infinity")),
)
_ODD = (
    ("negative zero", "-0"),
    ("negative zero with point", "-0.0"),
    ("number with exponent", "1e2"),
    ("number with capital exponent", "1.5E+1"),
    ("number with many decimals", "0.1000000000000000055511151231257827"),
    ("number of 400 digits", "1" * 400),
    ("number beyond a double", "1e400"),
    ("number below the smallest double", "1e-400"),
    ("smallest double", "5e-324"),
    ("largest double", "1.7976931348623157e308"),
    ("integer past 2^53", "9007199254740993"),
    ("integer past 2^63", "9223372036854775808"),
    ("integer past 2^64", "18446744073709551617"),
)
_QUANTITIES = (
    *_NOT_JSON,
    ("whole number with exponent", "1e0"),
    ("integer past 2^31", "2147483648"),
    ("integer past 2^63", "9223372036854775808"),
    ("number beyond a double", "1e400"),
    ("number of 400 digits", "1" * 400),
)


def raws(samples: Samples) -> Iterator[Raw]:
    """Updates with odd numbers as prices and quantities, and returns with odd positions."""
    for field, texts in (("price", (*_NOT_JSON, *_ODD)), ("quantity", _QUANTITIES)):
        item = {**samples.item(), field: int(_PLACEHOLDER)}
        template = json.dumps({"customerSession": {"cartItems": [item]}})
        for oddity, text in texts:
            yield Raw(
                oddity=oddity if (oddity, text) in _NOT_JSON else f"{oddity}: as {field}",
                body=template.replace(_PLACEHOLDER, text).encode(),
                aims=("ERR-04", "ERR-02", "CART-06", "CART-U1"),
            )
    line = {"position": int(_PLACEHOLDER), "quantity": 1}
    template = json.dumps({"return": {"returnedCartItems": [line]}})
    for oddity, text in _QUANTITIES:
        yield Raw(
            endpoint=Operation.RETURN,
            oddity=oddity if (oddity, text) in _NOT_JSON else f"{oddity}: as position",
            body=template.replace(_PLACEHOLDER, text).encode(),
            aims=("ERR-04", "ERR-02", "RET-03"),
        )
