"""The keys of ``[run]`` as options of ``run`` and ``ci``; those of the command line count first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ..harness.configuration import Configuration
from ..harness.run_choice import UNTIL, option_values
from ..harness.run_settings import RunSettings
from ..harness.settings import Settings
from ..record import Phase, RunStarted
from ..reports.formats import check_formats

if TYPE_CHECKING:
    from .run import RunOptions

_FIELDS = {"report": "formats"}
"""Keys whose value in a command has another name."""
KEY_PARAMETERS = frozenset(_FIELDS.get(name, name) for name in RunSettings.__struct_fields__)
"""The names of the options that keys stand for."""
OF_EACH_PART = frozenset(
    (
        *("report", "clean", "status_file", "otel"),
        *("log_file", "log_format", "metrics_file", "metrics_port"),
    )
)
"""The keys that count for a part of a run that goes on; the others are those of its beginning."""


def keys_of_part(started: RunStarted) -> frozenset[str]:
    """The keys that count for a further part of the run: its corpus too, if it had one."""
    return OF_EACH_PART | {"corpus"} if Phase.CORPUS in started.phases else OF_EACH_PART


def given_options(context: click.Context | None = None) -> Mapping[str, object]:
    """The options that the user wrote, by the names of keys, and ``until``."""
    context = context or click.get_current_context(silent=True)
    if context is None:
        return {}
    written = (click.core.ParameterSource.COMMANDLINE, click.core.ParameterSource.ENVIRONMENT)
    return {
        name: context.params[field]
        for name in (*RunSettings.__struct_fields__, UNTIL)
        for field in [_FIELDS.get(name, name)]
        if context.get_parameter_source(field) in written
    }


def with_keys(
    settings: Settings,
    options: RunOptions,
    configuration: Configuration | None,
    *,
    names: frozenset[str] = frozenset(RunSettings.__struct_fields__),
) -> tuple[Settings, RunOptions]:
    """``settings`` and ``options`` with the keys that no option replaces.

    Args:
        settings: of the command line.
        options: as well.
        configuration: has the keys; None: there are none.
        names: the keys that may count.

    Raises:
        ConfigurationError: a format of a report needs what is not installed.
    """
    if configuration is None:
        return settings, options
    chosen = option_values(configuration.run, configuration.folder, given=given_options())
    values = {name: value for name, value in chosen.items() if name in names}
    origins = {
        name: source
        for name in values
        if (source := configuration.sources.get(f"run.{name}")) is not None
    }
    of_settings = {name: values.pop(name) for name in ("seed", "corpus") if name in values}
    options = replace(
        options,
        origins=origins,
        **{_FIELDS.get(name, name): value for name, value in values.items()},  # type: ignore[arg-type]
    )
    if "report" in origins:
        check_formats(options.formats, option=options.origin("report"))
    return replace(settings, **of_settings), options  # type: ignore[arg-type]
