"""Tells for each key of the configuration which value counts, and where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from ..contract import EXAMPLE_ENVIRONMENT, ConfigurationError, Environment
from ..record import FORMAT
from .access.access_keys import AccessKeys, keys_of
from .access.api_key import KeySource
from .access.url_words import url_words
from .configuration import Configuration
from .plan import Plan
from .reference import TABLES, keys_of_table
from .resolution import resolve
from .run_choice import UNTIL, check_cleaning, shown_values
from .settings import API_KEY_VARIABLE, Settings
from .target_settings import TargetSettings

DEFAULT_SOURCE = "default"
_ACCESS_OPTIONS = {"headers": "header"}
"""Keys whose options have another name."""
_URLS = ("target.url", "target.proxy")
"""Keys that hold a URL, also where the scheme is missing; ``@`` is lawful in a path."""


class EffectiveValue(msgspec.Struct, frozen=True, kw_only=True):
    """A key with what counts."""

    key: str
    """``target.rps``."""
    value: Any
    """A value of JSON; None: nothing is set."""
    source: str
    """An option, a variable, file and key, or ``default``."""


class EffectiveConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """All that counts for a run."""

    file: str
    """The configuration file; empty: there is none."""
    api_key: str
    """Where the key is read, and whether something is there. The key itself is never shown."""
    values: tuple[EffectiveValue, ...]
    problem: str = ""
    """Why a run would refuse a value, or values together; empty: it would not for that."""
    until_sec: float | None = None
    """How long a run may last by ``--until``, which has no key; None: it was not given."""
    format_version: int = msgspec.field(name="format", default=FORMAT)
    """`FORMAT` of the Cartfuzz that wrote it; ``format`` in JSON."""


def effective_configuration(
    settings: Settings,
    configuration: Configuration | None,
    *,
    given: Mapping[str, object] = MappingProxyType({}),
) -> EffectiveConfiguration:
    """What counts for a run with ``settings`` and ``configuration``.

    Args:
        settings: the options.
        configuration: the file and the variables; None: there is neither.
        given: the options that are keys of ``[run]``, and ``until``, by their names.
    """
    found = configuration or Configuration()
    plan, problem = _plan(settings, configuration)
    written = _target_values(settings, found, plan)
    options = _options(settings)
    values = [
        EffectiveValue(
            key=f"target.{name}",
            value=_without_secrets(f"target.{name}", value),
            source=_source(f"target.{name}", options, found.sources),
        )
        for name, value in written.items()
    ]
    values += _run_values(found, given, settings)
    environment = msgspec.to_builtins(plan.environment)
    values += [
        EffectiveValue(
            key=key.path,
            value=environment[key.name] or None if key.name == "since" else environment[key.name],
            source=_source(key.path, options, found.sources),
        )
        for key in keys_of_table("environment", TABLES["environment"])
    ]
    values += [
        EffectiveValue(
            key=f"rules.{rule}",
            value=msgspec.to_builtins(level),
            source=_source(f"rules.{rule}", options, found.sources),
        )
        for rule, level in found.rule_levels.items()
    ]
    lists: dict[str, object] = {
        "compare.ignore": list(found.compare.ignore),
        "plugins.modules": [*found.plugins.modules, *settings.plugins],
        "plugins.installed": found.plugins.installed,
    }
    values += [
        EffectiveValue(key=key, value=value, source=_source(key, options, found.sources))
        for key, value in lists.items()
    ]
    until = given.get(UNTIL)
    return EffectiveConfiguration(
        file=found.file,
        api_key="not looked for" if problem else _key_words(plan),
        values=tuple(values),
        until_sec=until if isinstance(until, int | float) else None,
        problem=problem or _cleaning_problem(found, given, settings, plan),
    )


def _cleaning_problem(
    configuration: Configuration, given: Mapping[str, object], settings: Settings, plan: Plan
) -> str:
    key = "run.clean"
    options = {key: settings.option("clean")} if "clean" in given else {}
    clean = bool(given.get("clean", configuration.run.clean))
    try:
        origin = _source(key, options, configuration.sources)
        check_cleaning(clean, plan.traffic, origin=origin)
    except ConfigurationError as error:
        return str(error)
    return ""


def _run_values(
    configuration: Configuration, given: Mapping[str, object], settings: Settings
) -> Iterator[EffectiveValue]:
    """The keys of ``[run]``: a bound that another one replaces has no source."""
    run = shown_values(configuration.run, configuration.folder, given=given)
    options = {f"run.{name}": _run_option(name, given[name], settings) for name in given}
    for name, value in run.items():
        key = f"run.{name}"
        sources = {} if value is None else configuration.sources
        yield EffectiveValue(
            key=key, value=_without_secrets(key, value), source=_source(key, options, sources)
        )


def _run_option(name: str, value: object, settings: Settings) -> str:
    option = name.replace("_", "-")
    return f"option {settings.option(option if value is not False else f'no-{option}')}"


def _plan(settings: Settings, configuration: Configuration | None) -> tuple[Plan, str]:
    """The plan; where something is wrong, one with what is not, and what is wrong."""

    def sandbox_environment() -> Environment:
        return EXAMPLE_ENVIRONMENT if settings.sandbox else Environment()

    try:
        return resolve(settings, configuration, sandbox_environment=sandbox_environment), ""
    except ConfigurationError as error:
        base = msgspec.structs.replace(
            configuration or Configuration(), target=TargetSettings(), sources={}
        )
        default = Settings(sandbox=True, prefix=settings.prefix)
        try:
            return resolve(default, base, sandbox_environment=Environment), str(error)
        except ConfigurationError:  # variables of the environment do not go together
            return resolve(default, None, sandbox_environment=Environment), str(error)


def _target_values(
    settings: Settings, configuration: Configuration, plan: Plan
) -> Mapping[str, Any]:
    """The values of the keys of ``[target]``, by name."""
    target = configuration.target
    reached = keys_of(plan.access)
    if not plan.url:  # nothing was resolved of how it is reached
        configured = {
            name: getattr(target, name)
            for name in AccessKeys.__struct_fields__
            if f"target.{name}" in configuration.sources
        }
        reached = msgspec.structs.replace(reached, **configured)
        # What was not checked may hold a secret.
        hidden = dict.fromkeys(reached.headers, "(not shown)")
        reached = msgspec.structs.replace(reached, headers=hidden)
    give_up = settings.give_up_sec or target.give_up_sec or plan.give_up_sec
    own = {
        "url": plan.url or settings.url or target.url,
        "allow_hosts": [*dict.fromkeys((*settings.allow_hosts, *target.allow_hosts))],
        "rps": settings.rps or target.rps or plan.rps,
        "timeout_sec": settings.timeout_sec or target.timeout_sec or plan.timeout_sec,
        "workers": settings.workers or target.workers or plan.workers,
        "in_flight": settings.in_flight or target.in_flight or plan.in_flight,
        "traffic": settings.traffic or target.traffic or plan.traffic,
        "slow_down": target.slow_down if settings.slow_down is None else settings.slow_down,
        "give_up_after": f"{give_up:g}s",
        "max_requests": settings.max_requests or target.max_requests,
        "api_key_env": plan.api_key_env or None,
        "api_key_file": plan.api_key_file or target.api_key_file,
        "api_key_keyring": plan.api_key_keyring or target.api_key_keyring,
        "trace_header": plan.trace_header if plan.url else target.trace_header,
        "traceparent": plan.traceparent if plan.url else target.traceparent,
    }
    values = {**own, **msgspec.structs.asdict(reached)}
    return {
        key.name: msgspec.to_builtins(values[key.name])
        for key in keys_of_table("target", TargetSettings)
    }


def _options(settings: Settings) -> Mapping[str, str]:
    """By key, the option that was given."""
    access = settings.access
    named: Mapping[str, tuple[str, object]] = {
        "target.url": ("url", settings.url),
        "target.allow_hosts": ("allow-host", settings.allow_hosts),
        "target.rps": ("rps", settings.rps),
        "target.timeout_sec": ("timeout", settings.timeout_sec),
        "target.workers": ("workers", settings.workers),
        "target.in_flight": ("in-flight", settings.in_flight),
        "target.traffic": (f"{settings.traffic}-only".replace("reads", "read"), settings.traffic),
        "target.slow_down": (
            "slow-down" if settings.slow_down else "no-slow-down",
            settings.slow_down is not None,
        ),
        "target.give_up_after": ("give-up-after", settings.give_up_sec),
        "target.max_requests": ("max-requests", settings.max_requests),
        "target.api_key_env": ("api-key-env", settings.api_key_env != API_KEY_VARIABLE),
        "target.api_key_file": ("api-key-file", settings.api_key_file),
        "target.api_key_keyring": ("api-key-keyring", settings.api_key_keyring),
        "target.trace_header": (
            "trace-header" if settings.trace_header else "no-trace-header",
            settings.trace_header is not None,
        ),
        "target.traceparent": (
            "traceparent" if settings.traceparent else "no-traceparent",
            settings.traceparent is not None,
        ),
        "environment.contract": ("contract", settings.contract),
        "plugins.modules": ("plugin", settings.plugins),
        **{
            f"target.{name}": (option.replace("_", "-"), getattr(access, option, None))
            for name in AccessKeys.__struct_fields__
            for option in [_ACCESS_OPTIONS.get(name, name)]
        },
    }
    return {
        key: "argument URL" if name == "url" else f"option {settings.option(name)}"
        for key, (name, given) in named.items()
        if given
    }


_JOINED = (
    *("target.allow_hosts", "target.headers", "target.header_env", "target.header_file"),
    "plugins.modules",
)
"""Keys whose option adds to what the file has."""


def _source(key: str, options: Mapping[str, str], sources: Mapping[str, str]) -> str:
    given = list(_given(key, options, sources))
    return " and ".join(given if key in _JOINED else given[:1]) or DEFAULT_SOURCE


def _given(key: str, *places: Mapping[str, str]) -> Iterator[str]:
    yield from (place[key] for place in places if key in place)


def _key_words(plan: Plan) -> str:
    source = KeySource.of(plan)
    if not plan.url:
        return "none is needed: no target is named"
    if source.file or source.keyring:
        return source.words
    return f"{source.words}, which is {'set' if os.environ.get(source.variable) else 'not set'}"


def _without_secrets(key: str, value: Any) -> Any:
    """``value``; of a URL with credentials, which is refused elsewhere, scheme and host alone."""
    if not isinstance(value, str) or "@" not in value:
        return value
    return url_words(value) if key in _URLS or "://" in value else value
