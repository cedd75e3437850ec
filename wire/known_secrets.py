"""The second line of defence: takes the secrets of this process out of what leaves it.

Answers are clean once they are read (`cartfuzz.wire.redaction`), so there is nothing to find here.
But an exception, a traceback or a mistake of Cartfuzz may carry a secret past that place. What
opens a target registers its secrets; what writes lines and errors asks here.
"""

from __future__ import annotations

from .redaction import Redactor
from .secrets import TargetSecrets

_known: dict[TargetSecrets, None] = {}
_redactors = [Redactor()]
"""One: that of all known secrets."""


def remember(*secrets: TargetSecrets) -> None:
    """Registers ``secrets`` for the life of this process."""
    if not _known.keys() >= set(secrets):
        _known.update(dict.fromkeys(secrets))
        _redactors[0] = Redactor(*_known)


def without_secrets(text: str) -> str:
    """``text`` without the secrets of this process, in any encoding."""
    return _redactors[0].text(text)


def line_without_secrets(line: bytes) -> bytes:
    """``line`` of a record without the secrets of this process; quick, since there are many.

    It is searched in plain only: what an answer encodes is gone before.
    """
    redactor = _redactors[0]
    return redactor.clean(line)[0] if redactor.holds_plainly(line) else line
