"""What a record keeps of the plugins of its run."""

from __future__ import annotations

import msgspec

from ..contract import Rule


class PluginRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A plugin of a run. Reports need no more of it; judging again needs the plugin itself."""

    name: str
    source: str
    """Where it was found: ``"acme_rules.plugin:PLUGIN"``."""
    version: str = ""
    rules: tuple[Rule, ...] = ()
    changes_requests: bool = False
    """Whether it changes requests on their way out, so that a script without it sends others."""
