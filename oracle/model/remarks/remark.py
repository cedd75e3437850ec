"""A remark: why a request must be refused, or why the contract leaves its answer open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from ....contract import Ruling


class Topic(Enum):
    """What a remark is about, where checks treat such requests in a way of their own."""

    SESSION_ID = auto()
    """The session ID is odd."""
    MOVE = auto()
    """The contract is silent about this move of the session."""
    RESPONSE_CONTENT = auto()
    """``responseContent`` asks for what the contract does not know."""
    CAMPAIGNS_FOR_REAL = auto()
    """``evaluableCampaignIds`` in a request that is not dry."""
    UNKNOWN_PROPERTY = auto()
    """The session has a property that the contract does not know; `Remark.detail` names it."""
    UNKNOWN_CODE = auto()
    """A code that no campaign knows; `Remark.detail` is its class, where the run invented it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One reason why a request must be refused, or why the contract is silent about it."""

    ruling: Ruling
    """`Ruling.REFUSE` or `Ruling.SILENT`."""
    rule: str
    subject: str
    """What in the request it is, as a small stable key: ``"over 1000 cart items"``. It is spelled
    for signatures and people; code looks at `topic`."""
    topic: Topic | None = None
    field: str | None = None
    """The data field whose value is not known once such a request was accepted."""
    detail: str = ""
    """The class of the odd value, of `input_classes`: fine enough that a target that keeps to one
    behaviour treats all of a class alike."""
    hidden: bool = False
    """What the target does depends on something that nobody declared: its codes, its clock."""


def refuse(rule: str, subject: str) -> Remark:
    """The request must be refused."""
    return Remark(ruling=Ruling.REFUSE, rule=rule, subject=subject)


def silent(
    rule: str,
    subject: str,
    field: str | None = None,
    *,
    topic: Topic | None = None,
    detail: str = "",
    hidden: bool = False,
) -> Remark:
    """The contract is silent about the request."""
    return Remark(
        ruling=Ruling.SILENT,
        rule=rule,
        subject=subject,
        topic=topic,
        field=field,
        detail=detail,
        hidden=hidden,
    )
