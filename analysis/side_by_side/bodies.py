"""Compares two JSON bodies, part by part."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from ...contract import MARK
from .differences import PartDifference, ShownDifference
from .forms import MISSING, forms_of, is_number, kind_of, name_in_part, shown
from .renaming import Renaming
from .volatile import is_fine_time, is_own_id, is_uuid, scrubbed, time_shape

_MOST_DIFFERENCES = 60
"""Of one answer; more of them teach nothing."""
_MOST_DIGITS = 10**9
"""Whole numbers below have all their digits in a form."""
_LONGEST_PATH = 300
"""Characters of the place of a difference, as it is shown."""
MOST_DEPTH = 60
"""What nests deeper is not compared."""
_FREE = "attributes"
"""What is in a member of this name is the client's own: nothing of it is renamed."""
_FREE_NAMES = frozenset((_FREE, "additionalCosts"))
"""Maps whose names the client chooses."""
_UNORDERED = frozenset(("effects", "errors", "coupons", "createdCoupons", "createdReferrals"))
"""Lists at the top of a body whose order means nothing."""
_MOST_CANDIDATES = 20
"""That are tried for one value among many that look the same."""
_KIND_MEMBER = "effectType"
_Item = tuple[int, Any]
"""A value of a list with its index."""


def compare_bodies(old: Any, new: Any, renaming: Renaming) -> tuple[ShownDifference, ...]:
    """The differences of two decoded bodies, each part and form once."""
    walk = _Walk(renaming)
    walk.values("", "", "", old, new, free=False, depth=0)
    return walk.differences


def nests_too_deep(body: Any) -> bool:
    """Whether ``body`` holds what `compare_bodies` does not compare."""
    level = [body]
    for _ in range(MOST_DEPTH + 1):
        level = [
            part
            for value in level
            if isinstance(value, dict | list)
            for part in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


class _Walk:
    """One comparison.

    Args:
        renaming: of the execution.
        is_learning: whether it takes in the pairs that are met.
    """

    def __init__(self, renaming: Renaming, *, is_learning: bool = True) -> None:
        self._renaming = renaming
        self._is_learning = is_learning
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
        if depth > MOST_DEPTH or len(self._shown) >= _MOST_DIFFERENCES:
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
        if name in _UNORDERED and depth == 1:
            self._unordered(part, at, name, old, new, depth=depth)
        elif len(old) != len(new):
            self._report(part, at, old, new, forms_of(old, new, name))
        else:
            for index, pair in enumerate(zip(old, new, strict=True)):
                self.values(f"{part}[]", f"{at}[{index}]", name, *pair, free=free, depth=depth + 1)

    def _unordered(
        self, part: str, at: str, name: str, old: list[Any], new: list[Any], *, depth: int
    ) -> None:
        """Compares as multisets: what is equal but for own values is a pair, then what is alike.

        Own values are learned of pairs that are certain alone: where several things of one target
        look the same, any of them may be that of the other.
        """
        olds, news = _by_form(old), _by_form(new)
        shared = [form for form in olds if form in news]
        certain = [form for form in shared if len(olds[form]) == len(news[form]) == 1]
        for form in certain:
            (item,), ((_, other),) = olds.pop(form), news.pop(form)
            self._item(part, at, name, item, other, depth=depth)
        with self._learning_nothing():
            for form in (one for one in shared if one in olds):
                waiting = news[form]
                while olds[form] and waiting:
                    item = olds[form].pop(0)
                    place = self._fitting(part, name, item, waiting, depth=depth)
                    _, other = waiting.pop(place)
                    self._item(part, at, name, item, other, depth=depth)
        left = sorted((one for rest in olds.values() for one in rest), key=_index)
        rest = sorted((one for others in news.values() for one in others), key=_index)
        self._alike(part, at, name, left, rest, depth=depth)

    def _alike(
        self,
        part: str,
        at: str,
        name: str,
        old: list[_Item],
        new: list[_Item],
        *,
        depth: int,
    ) -> None:
        """Pairs what is left by its kind, in order; reports what has no counterpart."""
        olds, news = _by_kind(old), _by_kind(new)
        for kind in dict.fromkeys((*olds, *news)):
            inner = f"{part}[{kind}]"
            ours, theirs = olds.get(kind, []), news.get(kind, [])
            is_certain = len(ours) == len(theirs) == 1
            with nullcontext() if is_certain else self._learning_nothing():
                for item, (_, other) in zip(ours, theirs, strict=False):
                    self._item(part, at, name, item, other, depth=depth)
            for index, value in ours[len(theirs) :]:
                self._report(inner, f"{at}[{index}]", value, MISSING, ("listed", "missing"))
            for index, value in theirs[len(ours) :]:
                self._report(inner, f"{at}[{index}]", MISSING, value, ("missing", "listed"))

    def _item(self, part: str, at: str, name: str, item: _Item, new: Any, *, depth: int) -> None:
        index, old = item
        inner = f"{part}[{_kind(old)}]"
        self.values(inner, f"{at}[{index}]", name, old, new, free=False, depth=depth + 1)

    def _fitting(
        self, part: str, name: str, item: _Item, candidates: Sequence[_Item], *, depth: int
    ) -> int:
        """The place of the first candidate that does not differ; 0: there is none."""
        for place, (_, new) in enumerate(candidates[:_MOST_CANDIDATES]):
            trial = _Walk(self._renaming, is_learning=False)
            trial._item(part, "", name, item, new, depth=depth)
            if not trial.differences:
                return place
        return 0

    @contextmanager
    def _learning_nothing(self) -> Iterator[None]:
        before, self._is_learning = self._is_learning, False
        try:
            yield
        finally:
            self._is_learning = before

    def _agrees(self, namespace: str, old: Hashable, new: Hashable) -> bool:
        if self._is_learning:
            return self._renaming.take(namespace, old, new)
        return self._renaming.fits(namespace, old, new)

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
        if not self._agrees(namespace, old, new):
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
            if not self._agrees(namespace, old, new):
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
    if isinstance(old, int) and isinstance(new, int):
        return old == new
    try:
        return old == new or math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-12)
    except OverflowError:
        return False


def _by_form(values: Sequence[Any]) -> dict[str, list[_Item]]:
    """Values with their indexes, those that are equal but for own values together."""
    found: dict[str, list[_Item]] = defaultdict(list)
    for index, value in enumerate(values):
        found[_canonical(value)].append((index, value))
    return found


def _by_kind(items: Sequence[_Item]) -> dict[str, list[_Item]]:
    found: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        found[_kind(item[1])].append(item)
    return found


def _index(item: _Item) -> int:
    return item[0]


def _kind(value: Any) -> str:
    """The kind of an effect; empty for what has none."""
    kind = value.get(_KIND_MEMBER) if isinstance(value, dict) else None
    return name_in_part(kind) if isinstance(kind, str) else ""


def _canonical(value: Any, name: str = "", depth: int = 0) -> str:
    """A text that is equal for values that are equal but for the targets' own values."""
    if depth > MOST_DEPTH:
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
    if isinstance(value, int) and abs(value) >= _MOST_DIGITS:
        return str(value)
    if is_number(value):
        try:
            return f"{value:.9g}"
        except OverflowError:
            return str(value)
    return repr(value)
