"""Numbers at and beyond what readers of JSON agree on."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...contract import Operation, Raw
from ..values.samples import Samples

_PLACE = "-987654321"
"""Where a number's text goes; no sample holds it."""

_MALFORMED = "nearly JSON: number"
_NO_JSON = (
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
    *_NO_JSON,
    ("whole number with exponent", "1e0"),
    ("integer past 2^31", "2147483648"),
    ("integer past 2^63", "9223372036854775808"),
    ("number beyond a double", "1e400"),
    ("number of 400 digits", "1" * 400),
)


def raws(samples: Samples) -> Iterator[Raw]:
    """Numbers as prices, as quantities, and as positions of returns."""
    for field, texts in (("price", (*_NO_JSON, *_ODD)), ("quantity", _QUANTITIES)):
        item = {**samples.item(), field: int(_PLACE)}
        template = json.dumps({"customerSession": {"cartItems": [item]}})
        for what, text in texts:
            yield Raw(
                what=what if (what, text) in _NO_JSON else f"{what}: as {field}",
                body=template.replace(_PLACE, text).encode(),
                aims=("ERR-04", "ERR-02", "CART-06", "CART-U1"),
            )
    line = {"position": int(_PLACE), "quantity": 1}
    template = json.dumps({"return": {"returnedCartItems": [line]}})
    for what, text in _QUANTITIES:
        yield Raw(
            endpoint=Operation.RETURN,
            what=what if (what, text) in _NO_JSON else f"{what}: as position",
            body=template.replace(_PLACE, text).encode(),
            aims=("ERR-04", "ERR-02", "RET-03"),
        )
