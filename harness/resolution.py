"""Resolves settings and the configuration file into a plan, for the command line and for pytest.

An option counts before a variable, a variable before a key of the file, a key before the default:
`cartfuzz.harness.configuration_sources` lays variables over the file.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from ..contract import (
    ConfigurationError,
    ContractVersion,
    Environment,
    Rule,
    RuleLevel,
    Traffic,
    catalogue_with,
)
from ..contract.nearest import did_you_mean
from ..record import Phase, SandboxOptions
from .access.access_choice import resolve_access
from .access.key_choice import KeyPlace, chosen_place
from .access.target_guard import POLITE_RPS, checked_hosts, checked_url, is_loopback
from .access.url_words import url_words
from .configuration import Configuration, plugin_sources
from .plan import (
    DEFAULT_GIVE_UP_SEC,
    DEFAULT_IN_FLIGHT,
    DEFAULT_TIMEOUT_SEC,
    DEFAULT_WORKERS,
    Plan,
)
from .plugins.loading import extensions_of
from .plugins.trial import check_extensions
from .settings import Settings
from .target_settings import TargetSettings
from .typed_tables import shown
from .variables import overridden

_Choice = TypeVar("_Choice", bound=Enum)
_WORDS = {Traffic.DRY: "dry requests and reads", Traffic.READS: "reads"}


def resolve(
    settings: Settings,
    configuration: Configuration | None,
    *,
    sandbox_environment: Callable[[], Environment],
) -> Plan:
    """The plan that ``settings`` and ``configuration`` describe, without bounds for its length.

    Its URL is empty where the embedded sandbox is wanted.

    Args:
        settings: the options.
        configuration: the configuration file; None: there is none.
        sandbox_environment: what the sandbox has configured where there is no file.

    Raises:
        ConfigurationError: an option is wrong, or two do not go together.
        UnknownFaultError: from ``sandbox_environment``.
    """
    target = (configuration or Configuration()).target
    url = _url(settings, configuration)
    traffic = _traffic(settings, target)
    config = _config(settings, configuration)
    key = chosen_place(settings, target, config) if url else KeyPlace()
    environment = resolve_environment(
        settings, configuration, default=Environment if url else sandbox_environment
    )
    table = (configuration or Configuration()).plugins
    plugins = plugin_sources(settings.plugins, table)
    extensions = extensions_of(plugins)
    check_extensions(extensions, environment)
    return Plan(
        url=url,
        environment=environment,
        sandbox=None if url else SandboxOptions(faults=settings.faults),
        access=resolve_access(
            url,
            settings.access,
            target,
            prefix=settings.prefix,
            config=config,
            sources=configuration.sources if configuration else {},
        ),
        api_key_env=key.variable,
        api_key_file=key.file,
        api_key_keyring=key.keyring,
        rule_levels=_rule_levels(configuration, environment.contract, extensions.rules),
        seed=secrets.randbelow(2**32) if settings.seed is None else settings.seed,
        phases=_phases(settings, traffic),
        traffic=traffic,
        production=settings.production,
        workers=settings.workers or target.workers or DEFAULT_WORKERS,
        in_flight=settings.in_flight or target.in_flight or DEFAULT_IN_FLIGHT,
        rps=requested_rps(settings, configuration) or _polite_rps(url),
        timeout_sec=settings.timeout_sec or target.timeout_sec or DEFAULT_TIMEOUT_SEC,
        give_up_sec=settings.give_up_sec or target.give_up_sec or DEFAULT_GIVE_UP_SEC,
        slow_down=target.slow_down if settings.slow_down is None else settings.slow_down,
        max_requests=settings.max_requests or target.max_requests,
        trace_header=target.trace_header
        if settings.trace_header is None
        else settings.trace_header,
        traceparent=target.traceparent if settings.traceparent is None else settings.traceparent,
        plugins=plugins,
    )


def _config(settings: Settings, configuration: Configuration | None) -> Path | None:
    """The configuration file."""
    if configuration is not None and configuration.file:
        return Path(configuration.file)
    return settings.config


def requested_rps(settings: Settings, configuration: Configuration | None) -> float | None:
    """The rate that the user asks for, in requests a second; None: no rate is named."""
    return settings.rps or (configuration.target.rps if configuration else None)


def _polite_rps(url: str) -> float | None:
    """The rate where none is named: no limit on this machine, few requests elsewhere."""
    return None if not url or is_loopback(urlsplit(url).hostname or "") else POLITE_RPS


def _url(settings: Settings, configuration: Configuration | None) -> str:
    target = (configuration or Configuration()).target
    if settings.sandbox and settings.url is not None:
        raise ConfigurationError(
            settings.option("sandbox"),
            expected="no target URL, since the embedded sandbox is a target of its own: "
            "leave one of them out",
            found=f"a target URL, {url_words(settings.url)}",
        )
    url = target.url if settings.url is None else settings.url
    if url is None or settings.sandbox:
        return ""
    sources = configuration.sources if configuration else {}
    if not url.strip():
        raise ConfigurationError(
            "target URL" if settings.url is not None else sources.get("target.url", "target URL"),
            expected="http://HOST[:PORT] or https://HOST[:PORT]",
            found="an empty text; is the variable set that it comes from?",
        )
    if settings.faults:
        raise ConfigurationError(
            settings.option("sandbox-fault"),
            expected="no target URL, since faults exist in the embedded sandbox only: "
            "leave one of them out",
            found=f"{', '.join(settings.faults)} and a target URL",
        )
    checked_hosts(target.allow_hosts, where=sources.get("target.allow_hosts", "allow_hosts"))
    hosts = (*settings.allow_hosts, *target.allow_hosts)
    return checked_url(url, allow_hosts=hosts, option=settings.option("allow-host"))


def resolve_environment(
    settings: Settings,
    configuration: Configuration | None,
    *,
    default: Callable[[], Environment],
) -> Environment:
    """The environment of ``configuration``, or ``default``, in the version that an option names.

    Raises:
        ConfigurationError: the option names no version, or variables do not go together.
    """
    is_declared = configuration is not None and configuration.declares
    environment = configuration.environment if configuration and is_declared else default()
    if configuration is not None and configuration.overrides:
        environment = overridden(environment, configuration.overrides)
    if settings.contract is None:
        return environment
    version = _choice(settings, "contract", settings.contract, ContractVersion)
    since = environment.since if version is ContractVersion.CURRENT else ""
    return msgspec.structs.replace(environment, contract=version, since=since)


def _rule_levels(
    configuration: Configuration | None, version: ContractVersion, own: tuple[Rule, ...]
) -> dict[str, RuleLevel]:
    """The changed levels, without rules that ``version`` lacks: an option may name another one."""
    levels = configuration.rule_levels if configuration else {}
    known = catalogue_with(version, own)
    return {rule: level for rule, level in levels.items() if rule in known}


_PHASES: Mapping[Traffic, tuple[Phase, ...]] = {
    Traffic.ALL: tuple(Phase),
    Traffic.DRY: (Phase.CORPUS, Phase.EDGES, Phase.WIRE, Phase.EXPLORE),
    Traffic.READS: (Phase.CORPUS, Phase.EDGES, Phase.WIRE),
}
"""The phases that hold requests of each traffic: dry requests do not meet each other, and have no
effect that a lost answer could hide."""


def _traffic(settings: Settings, target: TargetSettings) -> Traffic:
    if settings.traffic is None:
        return target.traffic or Traffic.ALL
    return _choice(settings, "traffic", settings.traffic, Traffic)


def _phases(settings: Settings, traffic: Traffic) -> tuple[Phase, ...]:
    """The phases that are wanted, with the corpus first if there is one."""
    possible = _PHASES[traffic]
    chosen = [_choice(settings, "phase", name, Phase) for name in settings.phases] or list(possible)
    for phase in chosen:
        if phase not in possible:
            names = ", ".join(one.value for one in possible)
            raise ConfigurationError(
                settings.option("phase"),
                expected=f"one of {names}, since only {_WORDS[traffic]} may be sent",
                found=shown(phase.value),
            )
    if settings.corpus is not None:
        return tuple(dict.fromkeys((Phase.CORPUS, *chosen)))
    if Phase.CORPUS.value in settings.phases:
        raise ConfigurationError(
            settings.option("corpus"),
            expected="a folder or a URL, since the phase corpus sends what a corpus holds",
            found="no such option",
        )
    return tuple(phase for phase in chosen if phase is not Phase.CORPUS)


def _choice(settings: Settings, option: str, value: str, choices: type[_Choice]) -> _Choice:
    for choice in choices:
        if choice.value == value:
            return choice
    names = ", ".join(str(choice.value) for choice in choices)
    raise ConfigurationError(
        settings.option(option),
        expected=f"one of {names}",
        found=shown(value) + did_you_mean(value, [str(choice.value) for choice in choices]),
    )
