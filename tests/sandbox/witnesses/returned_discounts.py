"""Lists the witnesses of faults of discounts that are rolled back."""

from __future__ import annotations

from ..steps import return_items, return_line
from .codes import SALE, TEA, cancel, closed

_CANCELLED = (closed("s", "WELCOME", SALE), cancel("s"))
_UNITS = closed("s", TEA)
_RETURN = return_items(return_line(0))
_ONE_UNIT = return_items(return_line(0, 1))

WITNESSES = {
    "keeps-discounts-of-cancelled-sessions": _CANCELLED,
    "rolls-whole-units-back": _CANCELLED,
    "rolls-the-first-discount-back-only": _CANCELLED,
    "rolls-discounts-back-under-other-names": _CANCELLED,
    "rolls-returned-discounts-back-again": (_UNITS, _ONE_UNIT, cancel("s")),
    "forgets-discounts-of-returned-sessions": (_UNITS, _RETURN, cancel("s")),
    "rolls-discounts-of-kept-units-back": (_UNITS, _ONE_UNIT),
    "rolls-discounts-of-the-whole-cart-back": (_UNITS, _RETURN),
    "rolls-earlier-returns-back-again": (
        closed("s", TEA),
        return_items(return_line(1)),
        _RETURN,
    ),
    "rolls-discounts-back-twice-on-returns": (_UNITS, _RETURN),
    "rolls-the-discount-of-the-next-item-back": (_UNITS, _RETURN),
}
