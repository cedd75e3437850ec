"""Parts of answers that the user has left out of the comparison, by JSONPath (RFC 9535
but for ``match`` and ``search``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathError
from jsonpath.exceptions import JSONPathRecursionError

from ...contract import ConfigurationError


def _without_patterns() -> JSONPathEnvironment:
    """The standard's syntax, without its regular expressions: the time that some of them take grows
    without bound with the length of a text, which a target chooses."""
    environment = JSONPathEnvironment(strict=True)
    for name in ("match", "search"):
        del environment.function_extensions[name]
    return environment


_ENVIRONMENT = _without_patterns()
_LONGEST = 1_000


class Ignored:
    """The places that a list of JSONPath queries selects.

    Args:
        paths: queries on the body of an answer: ``$.customerSession.attributes.rating``.
        where: the option or the key that holds them, for the message.

    Raises:
        ConfigurationError: one of them is no JSONPath.
    """

    def __init__(self, paths: Iterable[str] = (), *, where: str = "--ignore") -> None:
        self.paths = tuple(dict.fromkeys(paths))
        self._queries = tuple(_compiled(path, where) for path in self.paths)

    def without(self, body: Any) -> Any:
        """``body`` without what the queries select; ``body`` itself where they select nothing."""
        if not self._queries or not isinstance(body, dict | list):
            return body
        places: set[tuple[int | str, ...]] = set()
        for query in self._queries:
            try:
                places.update(tuple(match.parts) for match in query.finditer(body))
            except JSONPathRecursionError:
                continue  # what nests so deep is compared as it is
        return _without(body, places) if places else body


def _without(body: Any, places: set[tuple[int | str, ...]]) -> Any:
    if () in places:
        return None
    below: dict[int | str, set[tuple[int | str, ...]]] = {}
    for place in places:
        below.setdefault(place[0], set()).add(place[1:])
    if isinstance(body, dict):
        return {
            name: _without(part, below[name]) if name in below else part
            for name, part in body.items()
            if () not in below.get(name, ())
        }
    if isinstance(body, list):
        return [
            _without(part, below[index]) if index in below else part
            for index, part in enumerate(body)
            if () not in below.get(index, ())
        ]
    return body


def _compiled(path: str, where: str) -> Any:
    try:
        if not path.startswith("$") or len(path) > _LONGEST:
            raise ConfigurationError(
                where,
                expected="a JSONPath that begins with $, such as $.customerSession.attributes.x",
                found=f'"{path[:80]}"',
            )
        return _ENVIRONMENT.compile(path)
    except JSONPathError as error:
        raise ConfigurationError(
            where,
            expected="a JSONPath such as $.customerSession.attributes.x",
            found=f'"{path[:80]}": {" ".join(str(error).split())[:120]}',
        ) from None


NOTHING_IGNORED = Ignored()
