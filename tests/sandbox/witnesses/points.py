"""Lists the witnesses of faults of loyalty points."""

from __future__ import annotations

from ..steps import return_items, return_line
from .codes import COSTS, cancel, closed

_CLOSED = closed("s", profileId="p", additionalCosts=COSTS)
_RETURN = return_items(return_line(0))

WITNESSES = {
    "gives-points-for-the-items-only": (_CLOSED,),
    "gives-points-without-the-decimals": (_CLOSED,),
    "keeps-points-of-cancelled-sessions": (_CLOSED, cancel("s")),
    "rolls-points-back-twice": (_CLOSED, cancel("s")),
    "rolls-points-of-the-total-back": (_CLOSED, cancel("s")),
    "rolls-returned-points-back-again": (_CLOSED, _RETURN, cancel("s")),
    "rolls-more-back-than-was-given": (_CLOSED, cancel("s")),
}
