"""What a run was asked to do: the part of the record that only a resumption needs."""

from __future__ import annotations

import msgspec


class OptionsOfRun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Options of a run that no other member of its start holds; a resumption takes them over."""

    duration_sec: float | None = None
    """Bound by time; None: there was none."""
    scenarios: int | None = None
    """Bound by the number of scenarios."""
    requests: int | None = None
    """Bound by the number of requests."""
    quiet_sec: float | None = None
    """The run was to end when it found nothing new for so long."""
    in_flight: int = 1
    """Scenarios at once in each worker."""
    record: str = ""
    """Which scenarios the record keeps whole: a `cartfuzz.harness.plan.RecordPolicy`."""
    max_record: int | None = None
    """Bound on the size of the record, in bytes."""
    minimise_sec: float | None = None
    """Budget of minimisation; None: nothing is minimised."""
