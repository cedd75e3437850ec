"""JSONPaths leave parts of answers out of the comparison."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.analysis.side_by_side import Ignored
from cartfuzz.contract import ConfigurationError

_BODY: dict[str, Any] = {
    "customerSession": {"attributes": {"rating": 4, "x": 1}, "cartItems": [{"a": 1}, {"a": 2}]},
    "effects": [{"ruleName": "one"}, {"ruleName": "two", "props": {"rating": 1}}],
}


@pytest.mark.parametrize(
    ("path", "place", "left"),
    [
        ("$.customerSession.attributes.rating", ("customerSession", "attributes"), {"x": 1}),
        ("$.customerSession.cartItems[0]", ("customerSession", "cartItems"), [{"a": 2}]),
        ("$.effects[*].ruleName", ("effects",), [{}, {"props": {"rating": 1}}]),
        ("$..rating", ("customerSession", "attributes"), {"x": 1}),
        ("$.effects[?@.ruleName == 'one']", ("effects",), [_BODY["effects"][1]]),
        ("$.nothing", ("effects",), _BODY["effects"]),
    ],
)
def test_what_a_path_selects_is_gone(path: str, place: tuple[str, ...], left: Any) -> None:
    """Members, items, wildcards, descendants and filters; the body itself stays as it is."""
    kept = Ignored((path,)).without(_BODY)
    for name in place:
        kept = kept[name]
    assert kept == left
    assert "rating" in _BODY["customerSession"]["attributes"]


@pytest.mark.parametrize("path", ["", "customerSession", "$.[", "$.a[?", "$." + "a" * 2_000])
def test_what_is_no_path_is_refused(path: str) -> None:
    """The message names the option and the value."""
    with pytest.raises(ConfigurationError, match=r"^--ignore: expected a JSONPath") as raised:
        Ignored((path,))
    assert path[:20] in str(raised.value)


@pytest.mark.parametrize(
    "path",
    [
        "$.a[?@.c =~ /(/]",
        "$.a[?@.c =~ /(x+x+)+y/]",
        "$.a[?match(@.b, '(x+x+)+y')]",
        "$.a[?search(@.b, '[')]",
        "$.a[?!(search(@.b, 'x'))]",
    ],
)
def test_patterns_are_refused(path: str) -> None:
    """A wrong one is no internal error, and a slow one cannot end the comparison."""
    with pytest.raises(ConfigurationError, match=r"^--ignore: expected a JSONPath"):
        Ignored((path,))


def test_a_body_that_nests_without_end_is_compared_as_it_is() -> None:
    """A target cannot end a comparison by its depth."""
    body: Any = {}
    for _ in range(400):
        body = {"a": body}
    assert Ignored(("$..b",)).without(body) == body


@pytest.mark.parametrize("body", [None, 1, "text"])
def test_a_scalar_has_no_parts(body: Any) -> None:
    """It is compared whole."""
    assert Ignored(("$",)).without(body) == body
