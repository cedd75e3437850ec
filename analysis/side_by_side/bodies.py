"""Compares two JSON bodies, part by part."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ...contract import MARK
from .differences import PartDifference, ShownDifference
from .forms import MISSING, forms_of, is_number, kind_of, name_in_part, shown
from .renaming import Renaming
from .volatile import is_fine_time, is_own_id, is_uuid, scrubbed, time_shape

_MOST_DIFFERENCES = 60
"""Of one answer; more of them teach nothing."""
_LONGEST_PATH = 300
"""Characters of the place of a difference, as it is shown."""
_MOST_DEPTH = 60
"""What nests deeper is not compared."""
_FREE = "attributes"
"""What is in a member of this name is the client's own: nothing of it is renamed."""
_FREE_NAMES = frozenset((_FREE, "additionalCosts"))
"""Maps whose names the client chooses."""
_UNORDERED = frozenset(("effects", "errors", "coupons", "createdCoupons", "createdReferrals"))
"""Lists whose order means nothing."""
_KIND_MEMBER = "effectType"


def compare_bodies(old: Any, new: Any, renaming: Renaming) -> tuple[ShownDifference, ...]:
    """The differences of two decoded bodies, each part and form once."""
    walk = _Walk(renaming)
    walk.values("", "", "", old, new, free=False, depth=0)
    return walk.differences


class _Walk:
    """One comparison.

    Args:
        renaming: of the execution; takes in the pairs that are met.
    """

    def __init__(self, renaming: Renaming) -> None:
        self._renaming = renaming
        self._shown: dict[PartDifference, ShownDifference] = {}

    @property
    def differences(self) -> tuple[ShownDifference, ...]:
        """Those of the values that were compared."""
        return tuple(self._shown.values())

    def values(
        self, part: str, at: str, name: str, old: Any, new: Any, *, free: bool, depth: int
    ) -> None:
        """Compares two values.

        Args:
            part: the path without indexes.
            at: the path.
            name: of the member that holds the values, or the list of them.
            old: a JSON value, or `MISSING`.
            new: the same.
            free: whether the values are the client's own.
            depth: members and indexes in the path.
        """
        if depth > _MOST_DEPTH or len(self._shown) >= _MOST_DIFFERENCES:
            return
        if isinstance(old, dict) and isinstance(new, dict):
            self._members(part, at, name, old, new, free=free, depth=depth)
        elif isinstance(old, list) and isinstance(new, list):
            self._lists(part, at, name, old, new, free=free, depth=depth)
        elif not free and self._is_volatile(part, at, name, old, new):
            return
        elif not _are_equal(old, new, free=free):
            self._report(part, at, old, new, forms_of(old, new, name))

    def _members(
        self,
        part: str,
        at: str,
        name: str,
        old: dict[str, Any],
        new: dict[str, Any],
        *,
        free: bool,
        depth: int,
    ) -> None:
        is_map = name in _FREE_NAMES
        left_out = () if free else _of_history(old, new)
        names = [*old, *(one for one in new if one not in old)]
        for member in sorted(names):
            if member in left_out:
                continue
            self.values(
                _below(part, "*" if is_map else name_in_part(member)),
                _below(at, member)[:_LONGEST_PATH],
                "" if is_map else member,
                old.get(member, MISSING),
                new.get(member, MISSING),
                free=free or _FREE in (name, member),
                depth=depth + 1,
            )

    def _lists(
        self,
        part: str,
        at: str,
        name: str,
        old: list[Any],
        new: list[Any],
        *,
        free: bool,
        depth: int,
    ) -> None:
        if name in _UNORDERED and not free:
            self._unordered(part, at, name, old, new, depth=depth)
        elif len(old) != len(new):
            self._report(part, at, old, new, forms_of(old, new, name))
        else:
            for index, pair in enumerate(zip(old, new, strict=True)):
                self.values(f"{part}[]", f"{at}[{index}]", name, *pair, free=free, depth=depth + 1)

    def _unordered(
        self, part: str, at: str, name: str, old: list[Any], new: list[Any], *, depth: int
    ) -> None:
        """Compares as multisets: what is equal but for own values is a pair, then what is alike."""
        waiting: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        for index, value in enumerate(new):
            waiting[_canonical(value)].append((index, value))
        left: list[tuple[int, Any]] = []
        pairs: list[tuple[int, Any, Any]] = []
        for index, value in enumerate(old):
            candidates = waiting.get(_canonical(value))
            if candidates:
                place = next(
                    (i for i, one in enumerate(candidates) if self._fits(value, one[1])), 0
                )
                pairs.append((index, value, candidates.pop(place)[1]))
            else:
                left.append((index, value))
        for index, first, second in pairs:
            kind = _kind(first)
            self.values(
                f"{part}[{kind}]",
                f"{at}[{index}]",
                name,
                first,
                second,
                free=False,
                depth=depth + 1,
            )
        rest = [one for candidates in waiting.values() for one in candidates]
        self._alike(part, at, name, left, sorted(rest, key=lambda one: one[0]), depth=depth)

    def _alike(
        self,
        part: str,
        at: str,
        name: str,
        old: list[tuple[int, Any]],
        new: list[tuple[int, Any]],
        *,
        depth: int,
    ) -> None:
        """Pairs what is left by its kind, in order; reports what has no counterpart."""
        by_kind: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        for one in new:
            by_kind[_kind(one[1])].append(one)
        for index, value in old:
            kind = _kind(value)
            inner = f"{part}[{kind}]"
            if by_kind[kind]:
                _, other = by_kind[kind].pop(0)
                place = f"{at}[{index}]"
                self.values(inner, place, name, value, other, free=False, depth=depth + 1)
            else:
                self._report(inner, f"{at}[{index}]", value, MISSING, ("listed", "missing"))
        for kind, rest in by_kind.items():
            for index, value in rest:
                self._report(
                    f"{part}[{kind}]", f"{at}[{index}]", MISSING, value, ("missing", "listed")
                )

    def _fits(self, old: Any, new: Any) -> bool:
        return all(
            self._renaming.fits(*pair)
            for pair in (
                ((name, old[name], new[name]) for name in _own_names(old, new))
                if isinstance(old, dict) and isinstance(new, dict)
                else ()
            )
        )

    def _is_volatile(self, part: str, at: str, name: str, old: Any, new: Any) -> bool:
        """Whether both values are the targets' own; reports where they are not used alike."""
        if is_own_id(name, old) and is_own_id(name, new):
            namespace = name if name != "id" else part
        elif is_uuid(old) and is_uuid(new):
            namespace = "UUID"
        elif shape := time_shape(old):
            return self._is_time(part, at, old, new, shape)
        else:
            return False
        if not self._renaming.take(namespace, old, new):
            self._report(part, at, old, new, self._renaming.forms(namespace, old, new))
        return True

    def _is_time(self, part: str, at: str, old: str, new: Any, shape: str) -> bool:
        other = time_shape(new)
        if not other:
            return False
        if shape != other:
            self._report(part, at, old, new, (f"a time ({shape})", f"a time ({other})"))
        elif is_fine_time(old) and is_fine_time(new):
            namespace = f"time {part}"
            if not self._renaming.take(namespace, old, new):
                self._report(part, at, old, new, self._renaming.forms(namespace, old, new))
        return True

    def _report(self, part: str, at: str, old: Any, new: Any, forms: tuple[str, str]) -> None:
        difference = PartDifference(part=part or "body", old=forms[0], new=forms[1])
        if difference in self._shown or len(self._shown) >= _MOST_DIFFERENCES:
            return
        self._shown[difference] = ShownDifference(
            difference=difference, at=at or "body", old=shown(old), new=shown(new)
        )


def _of_history(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, ...]:
    """The members that depend on sessions of others, which are not the same on both targets."""
    profiles = (view.get("profileId") for view in (old, new))
    is_own = all(not one or (isinstance(one, str) and MARK in one) for one in profiles)
    return () if is_own else ("firstSession",)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _are_equal(old: Any, new: Any, *, free: bool) -> bool:
    if is_number(old) and is_number(new):
        return _are_equal_numbers(old, new)
    if kind_of(old) != kind_of(new):
        return False
    if isinstance(old, str):
        return bool(old == new) or (not free and scrubbed(old) == scrubbed(new))
    return old is new or isinstance(old, bool) or old is None or bool(old == new)


def _are_equal_numbers(old: float, new: float) -> bool:
    """Whether two numbers are the same but for the noise of binary doubles."""
    try:
        return old == new or math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-12)
    except OverflowError:
        return False


def _own_names(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """The members of an effect that are numbers of the targets' own."""
    for name, value in old.items():
        if is_own_id(name, value) and name != "id" and is_own_id(name, new.get(name)):
            yield name


def _kind(value: Any) -> str:
    """The kind of an effect; empty for what has none."""
    kind = value.get(_KIND_MEMBER) if isinstance(value, dict) else None
    return name_in_part(kind) if isinstance(kind, str) else ""


def _canonical(value: Any, name: str = "", depth: int = 0) -> str:
    """A text that is equal for values that are equal but for the targets' own values."""
    if depth > _MOST_DEPTH:
        return "..."
    if isinstance(value, dict):
        parts = (f"{key!r}:{_canonical(value[key], key, depth + 1)}" for key in sorted(value))
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(part, name, depth + 1) for part in value) + "]"
    if is_own_id(name, value):
        return "<id>"
    if isinstance(value, str):
        return "<uuid>" if is_uuid(value) else repr(scrubbed(value))
    if is_number(value):
        try:
            return f"{value:.9g}"
        except OverflowError:
            return str(value)
    return repr(value)
