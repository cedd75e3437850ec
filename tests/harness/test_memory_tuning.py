"""How a process treats memory during a campaign."""

from __future__ import annotations

import gc
import platform

import psutil
import pytest

from cartfuzz.harness.memory_tuning import tuned

GLIBC = platform.libc_ver()[0] == "glibc"


def fail_inside() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    callbacks = len(gc.callbacks)
    with tuned():
        assert gc.get_threshold() > before
        assert gc.get_freeze_count() > frozen
        assert len(gc.callbacks) == callbacks + 1
        raise LookupError


def test_the_collector_is_as_it_was_afterwards() -> None:
    """While it lasts cycles are looked for less often; then as before, even after an error."""
    before, callbacks = gc.get_threshold(), list(gc.callbacks)
    with pytest.raises(LookupError):
        fail_inside()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
    assert gc.callbacks == callbacks


@pytest.mark.skipif(not GLIBC, reason="only glibc gives pages in the middle of the heap back")
def test_a_full_collection_gives_memory_back() -> None:
    """Holes that a large text no longer fills do not stay resident."""
    with tuned():
        # Below what gets pages of its own; every other one is freed, so the heap has holes.
        texts = [bytes([1]) * 60_000 for _ in range(2_000)]
        del texts[::2]
        before = psutil.Process().memory_info().rss
        gc.collect()
        assert before - psutil.Process().memory_info().rss > 20_000_000
