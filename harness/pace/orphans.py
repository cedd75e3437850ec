"""Ends a process whose parent is gone, where nobody else would."""

from __future__ import annotations

import os
import threading

_LOOK_SEC = 0.25


def end_with_parent() -> None:
    """Ends this process soon after its parent has ended, however that one ended.

    Where the system has no new parent for orphans, such as Windows, it does nothing.
    """
    parent = os.getppid()
    never = threading.Event()

    def watch() -> None:
        while os.getppid() == parent:
            never.wait(_LOOK_SEC)
        os._exit(1)  # a thread cannot end the process by an exception

    threading.Thread(target=watch, name="cartfuzz-parent", daemon=True).start()
