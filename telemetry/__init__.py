"""Shows a run to machines: a structured log, metrics for Prometheus, OpenTelemetry.

Each way is a `Listener` of the events of the run. None of them may slow the run down or end it, so
what goes over a network goes there in threads of its own, out of bounded queues.
"""

from __future__ import annotations
