"""Customer sessions of a promotion engine's API: generated, sent, judged, recorded.

The public names below are imported on first use, so that ``import cartfuzz`` costs nothing. Each
has its documentation where it is defined; ``docs/library.md`` shows them at work.

==================  ==========================================================================
name                what it is
==================  ==========================================================================
`Environment`       what the target's application has configured
`ContractVersion`   which version of the contract holds: ``2.5.1`` or ``current``
`Scenario`          steps on some sessions, with `Update`, `Fetch`, `ReturnItems`, `Reopen`
`MARK`              the part of session IDs that each execution replaces
`Oracle`            judges the `Response` to each step of one scenario
`Plan`              what a run is to do
`run_campaign`      carries out a plan and yields its events
`read_events`       yields the events of a run record
`summarise`         folds events into a summary: bugs, coverage, counts
`diff`              compares two summaries
`start_sandbox`     starts the embedded sandbox, a real HTTP server
``__version__``     the installed version
==================  ==========================================================================
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .analysis import compare as diff
    from .analysis import summarise
    from .contract import (
        MARK,
        ContractVersion,
        Environment,
        Fetch,
        Reopen,
        ReturnItems,
        Scenario,
        Update,
    )
    from .harness.campaign import run_campaign
    from .harness.plan import Plan
    from .oracle import Oracle
    from .record import read_events
    from .sandbox import start as start_sandbox
    from .wire import Response

    __version__: str

_HOMES = {
    "MARK": "contract.MARK",
    "ContractVersion": "contract.ContractVersion",
    "Environment": "contract.Environment",
    "Fetch": "contract.Fetch",
    "Oracle": "oracle.Oracle",
    "Plan": "harness.plan.Plan",
    "Reopen": "contract.Reopen",
    "Response": "wire.Response",
    "ReturnItems": "contract.ReturnItems",
    "Scenario": "contract.Scenario",
    "Update": "contract.Update",
    "diff": "analysis.compare",
    "read_events": "record.read_events",
    "run_campaign": "harness.campaign.run_campaign",
    "start_sandbox": "sandbox.start",
    "summarise": "analysis.summarise",
}
"""Public name to the module and name that define it, inside this package."""

__all__ = [
    "MARK",
    "ContractVersion",
    "Environment",
    "Fetch",
    "Oracle",
    "Plan",
    "Reopen",
    "Response",
    "ReturnItems",
    "Scenario",
    "Update",
    "__version__",
    "diff",
    "read_events",
    "run_campaign",
    "start_sandbox",
    "summarise",
]


def __getattr__(name: str) -> object:
    """Imports a public name on first use (PEP 562).

    Raises:
        AttributeError: the package offers no such name.
    """
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - half of the time of an import

        return version("cartfuzz")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {__all__}")
    module, _, attribute = home.rpartition(".")
    found: object = getattr(import_module(f".{module}", __name__), attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
