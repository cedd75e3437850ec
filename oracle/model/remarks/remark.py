"""What the model finds to say of a request before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from ....contract import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One reason why a request must be refused, or why the contract is silent about it."""

    ruling: Ruling
    """`Ruling.REFUSE` or `Ruling.SILENT`."""
    rule: str
    about: str
    """What in the request it is, as a small stable key: ``"over 1000 cart items"``."""
    field: str | None = None
    """The data field whose value is not known once such a request was accepted."""
    detail: str = ""
    """The class of the odd value, of `input_classes`: fine enough that a target that keeps to one
    behaviour treats all of a class alike."""
    hidden: bool = False
    """What the target does depends on something that nobody declared: its codes, its clock."""


def refuse(rule: str, about: str) -> Remark:
    return Remark(ruling=Ruling.REFUSE, rule=rule, about=about)


def silent(
    rule: str, about: str, field: str | None = None, *, detail: str = "", hidden: bool = False
) -> Remark:
    return Remark(
        ruling=Ruling.SILENT, rule=rule, about=about, field=field, detail=detail, hidden=hidden
    )
