"""An error of Cartfuzz in judging one response, as the record keeps it."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..analysis.judging_errors import JudgingErrors
from ..record import JudgingError
from .errors import JudgingFailedError, PluginFailedError

_MAX_TEXT = 300
"""Characters of the error's own text, which may quote what a target sent."""
_MAX_FRAMES = 12
"""The innermost ones: an endless recursion has a thousand."""


@contextmanager
def kept_errors(errors: list[JudgingError], step: int) -> Iterator[None]:
    """Ends the block at an error, and keeps it in ``errors``.

    Args:
        errors: takes it in.
        step: index of the step whose response is judged.
    """
    try:
        yield
    except MemoryError:
        raise  # nothing that follows would be safe
    except Exception as error:  # noqa: BLE001 - a target chooses what is judged: whatever error its
        # response finds in a check, the run must go on to the next scenario. It ends with exit 4.
        errors.append(judging_error(error, step))


def judging_error(error: BaseException, step: int) -> JudgingError:
    """What is kept of ``error``.

    Args:
        error: as it was caught.
        step: index of the step whose response was judged.
    """
    frames = traceback.extract_tb(error.__traceback__, limit=-_MAX_FRAMES)
    last = frames[-1] if frames else None
    text = str(error)[:_MAX_TEXT]
    kind = type(error).__name__
    return JudgingError(
        step=step,
        error=f"{kind}: {text}" if text else kind,
        place=f"{Path(last.filename).name}:{last.lineno}" if last else "",
        trace="".join(traceback.format_list(frames)),
    )


def judging_failed(errors: JudgingErrors) -> JudgingFailedError | PluginFailedError:
    """What a run ends with that has ``errors``."""
    failed = errors.failed()
    if not all(one.plugin for one in failed):
        return JudgingFailedError(errors.text())
    first = failed[0]
    return PluginFailedError(
        f"{first.count} x {first.error} ({first.place}), first in scenario {first.scenario}, step "
        f"{first.step + 1}, which the record has with the calls; what its rule demands there was "
        "not judged"
    )
