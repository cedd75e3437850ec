"""What a key of the configuration file is for, in one place with its type.

The reference page, the JSON Schema for editors and the file that ``cartfuzz init`` writes are made
of these texts. `msgspec` passes annotations of other classes than its own over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True, slots=True)
class About:
    """What an annotated field of a table of the configuration file is for.

    Attributes:
        text: one or two sentences, in Markdown.
        default: what holds where the key is left out, in words; empty: the default of the field.
        example: a value as TOML writes it; empty: the default is one.
    """

    text: str
    default: str = ""
    example: str = ""


def about(kind: Any) -> About:
    """The `About` of an annotated type.

    Raises:
        TypeError: it has none.
    """
    for one in getattr(kind, "__metadata__", ()):
        if isinstance(one, About):
            return one
    raise TypeError(f"expected a field that is annotated with About, found {kind!r}")


def without_about(kind: Any) -> Any:
    """The type that an `About` annotates; other types as they are."""
    metadata = getattr(kind, "__metadata__", ())
    if not any(isinstance(one, About) for one in metadata):
        return kind
    rest = tuple(one for one in metadata if not isinstance(one, About))
    return Annotated[kind.__origin__, *rest] if rest else kind.__origin__
