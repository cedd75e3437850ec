"""Calls functions of plugins for a bounded time: one that hangs must not hold up a run.

Python ends no thread from outside. So a call is made in a thread of its own, and after its time the
caller goes on without it. The thread is left behind: an exception is raised in it, which ends a
loop of Python code; a call that waits in the operating system stays until the process ends. Code
that does not let go of the interpreter lock, such as a search by a regular expression that
backtracks without end, stops its whole process; where that is a worker process, the run ends it
(`cartfuzz.harness.executors.stillness`).
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

_Result = TypeVar("_Result")
_SLICE_SEC = 1.0
"""A wait is made of waits of this length: where the process was stopped meanwhile (Ctrl-Z), only
one of them is used up."""


class NoAnswerError(Exception):
    """A function of a plugin did not return in time; the text has the bound."""


class _Call:
    """A call, and what it raised."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self.error: BaseException | None = None

    def make(self) -> None:
        """Makes the call, in the thread for it."""
        try:
            self._function()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the caller raises it
            self.error = error


class _CallingThread:
    """A thread that makes calls, one after the other, until nobody has this object any more."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._done: SimpleQueue[None] = SimpleQueue()
        self._thread = threading.Thread(
            target=_make_calls, args=(self._calls, self._done), name="cartfuzz-plugin", daemon=True
        )
        self._thread.start()

    def make(self, call: _Call, seconds: float) -> bool:
        """Whether ``call`` ended within ``seconds``."""
        self._calls.put(call)
        left = seconds
        while left > 0:
            try:
                self._done.get(timeout=min(left, _SLICE_SEC))
            except Empty:
                left -= _SLICE_SEC
            else:
                return True
        return False

    def leave_behind(self, *, interrupts: bool) -> None:
        """Ends the thread once its call ends, or as soon as it executes Python code."""
        if interrupts and self._thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread.ident), ctypes.py_object(SystemExit)
            )
        self._calls.put(None)

    def __del__(self) -> None:
        self._calls.put(None)


def _make_calls(calls: SimpleQueue[_Call | None], done: SimpleQueue[None]) -> None:
    while (call := calls.get()) is not None:
        call.make()
        done.put(None)


_threads = threading.local()
"""Of each thread that calls, the one that makes its calls."""


def called_within(
    function: Callable[[], _Result], seconds: float, *, interrupts: bool = True
) -> _Result:
    """What ``function`` returns.

    Args:
        function: of a plugin.
        seconds: the bound.
        interrupts: whether a loop of Python code that is left behind is ended: not where more than
            the plugin would be ended in the middle.

    Raises:
        NoAnswerError: it did not return in time.
        BaseException: whatever it raises.
    """
    thread: _CallingThread | None = getattr(_threads, "own", None)
    if thread is None:
        thread = _threads.own = _CallingThread()
    results: list[_Result] = []
    call = _Call(lambda: results.append(function()))
    if not thread.make(call, seconds):
        _threads.own = None
        thread.leave_behind(interrupts=interrupts)
        raise NoAnswerError(f"no answer within {seconds:g} s")
    if call.error is not None:
        raise call.error
    return results[0]
