"""Finds plugins, imports them, and refuses what is none, before anything is sent."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import entry_points

from ...contract import (
    RETIRED_RULES,
    ConfigurationError,
    ContractVersion,
    Demand,
    Rule,
    Sureness,
    catalogue,
)
from ...oracle.own_checks import Check
from ..named_import import named_object
from .extensions import NO_EXTENSIONS, Extensions, LoadedPlugin
from .plugin import Plugin

GROUP = "cartfuzz.plugins"
"""The entry points that name plugins."""
MAX_CHECK_SEC = 600.0
DEFAULT_NAME = "PLUGIN"
"""What a module offers where only the module is named."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", re.ASCII)
_RULE_ID = re.compile(r"[A-Z][A-Z0-9]{0,11}-[0-9]{1,4}", re.ASCII)
_SOURCE = re.compile(r"[A-Za-z_][\w.]*(?::[A-Za-z_][\w.]*)?", re.ASCII)


def sources_of(named: Iterable[str], *, installed: bool = True) -> tuple[str, ...]:
    """``"module:attribute"`` of each plugin, once: those of installed packages, then the others.

    Args:
        named: ``MODULE`` or ``MODULE:ATTRIBUTE``, as the user wrote them.
        installed: whether plugins of installed packages take part.
    """
    found = [point.value for point in entry_points(group=GROUP)] if installed else []
    sources = (*sorted(found), *named)
    return tuple(dict.fromkeys(one if ":" in one else f"{one}:{DEFAULT_NAME}" for one in sources))


@lru_cache(maxsize=8)
def extensions_of(sources: tuple[str, ...]) -> Extensions:
    """The plugins that ``sources`` name.

    Each process of a run calls it once. It registers nothing: the same sources are the same value.

    Raises:
        ConfigurationError: there is no such plugin, it is none, or two do not go together.
    """
    if not sources:
        return NO_EXTENSIONS
    with slow_start_allowed():
        loaded = tuple(LoadedPlugin(source=source, plugin=_loaded(source)) for source in sources)
    _check_together(loaded)
    return Extensions(loaded=loaded)


@contextmanager
def slow_start_allowed() -> Iterator[None]:
    """Keeps Hypothesis from warning that pytest starts more slowly: a plugin needs it."""
    from hypothesis.errors import HypothesisSideeffectWarning  # noqa: PLC0415 - only with plugins

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisSideeffectWarning)
        yield


def _loaded(source: str) -> Plugin:
    where = f"plugin {source}"
    if not _SOURCE.fullmatch(source):
        raise ConfigurationError(
            where,
            expected="MODULE or MODULE:ATTRIBUTE, such as acme_rules:PLUGIN",
            found=repr(source[:60]),
        )
    module_name, _, name = source.partition(":")
    try:
        found = named_object(module_name, name)
    except (Exception, SystemExit) as error:
        raise ConfigurationError(
            where,
            expected=f"the module {module_name}, which Python can import here (on the workers of a "
            "cluster as well)",
            found=short_error(error),
        ) from error
    if not isinstance(found, Plugin):
        raise ConfigurationError(
            where,
            expected=f"a cartfuzz.plugin.Plugin at {name}",
            found="nothing" if found is None else f"a value of type {type(found).__name__}",
        )
    _check(where, found)
    return found


def short_error(error: BaseException) -> str:
    """What a plugin raised, on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _check(where: str, plugin: Plugin) -> None:
    """Refuses a plugin whose parts are not of the types that they must have."""
    if not _NAME.fullmatch(str(plugin.name)):
        raise ConfigurationError(
            f"{where}: name",
            expected="letters, digits, hyphens and underscores, at most 40",
            found=repr(plugin.name),
        )
    for name in ("scenarios", "drawn", "header_lines"):
        part = getattr(plugin, name)
        if part is not None and not callable(part):
            raise ConfigurationError(
                f"{where}: {name}", expected="a function", found=type(part).__name__
            )
    translation = plugin.translation
    if translation is not None and not (
        callable(getattr(translation, "request", None))
        and callable(getattr(translation, "response", None))
    ):
        raise ConfigurationError(
            f"{where}: translation",
            expected="an object with the methods request and response",
            found=type(translation).__name__,
        )
    if not isinstance(plugin.checks, tuple):
        raise ConfigurationError(
            f"{where}: checks", expected="a tuple of Check", found=type(plugin.checks).__name__
        )
    rules: dict[str, Rule] = {}
    for check in plugin.checks:
        _check_check(f"{where}: checks", check)
        if rules.setdefault(check.rule.id, check.rule) != check.rule:
            raise ConfigurationError(
                f"{where}: checks", expected="one rule of each ID", found=f"two of {check.rule.id}"
            )


def _check_check(where: str, check: object) -> None:
    if not isinstance(check, Check):
        raise ConfigurationError(where, expected="a tuple of Check", found=type(check).__name__)
    rule = check.rule
    if not isinstance(rule, Rule):
        raise ConfigurationError(where, expected="a Rule in each", found=type(rule).__name__)
    if not _RULE_ID.fullmatch(rule.id):
        raise ConfigurationError(
            where, expected="a rule ID such as ACME-01", found=f'"{rule.id[:60]}"'
        )
    seconds: object = check.seconds
    if not isinstance(seconds, int | float) or not 0 < seconds <= MAX_CHECK_SEC:
        raise ConfigurationError(
            f"{where}: {rule.id}",
            expected=f"seconds above 0, at most {MAX_CHECK_SEC:g}",
            found=repr(seconds),
        )
    if not callable(check.judge):
        raise ConfigurationError(
            f"{where}: {rule.id}", expected="a function that judges", found="none"
        )
    if rule.sureness is Sureness.SILENT or Demand.NOTHING in rule.demands or not rule.demands:
        raise ConfigurationError(
            f"{where}: {rule.id}",
            expected="a rule that demands something and is documented or implied",
            found="one that judges nothing",
        )


def _check_together(loaded: Sequence[LoadedPlugin]) -> None:
    """Refuses plugins that share a name, and rules whose ID is taken."""
    taken = {rule: "the contract" for version in ContractVersion for rule in catalogue(version)}
    taken |= dict.fromkeys(RETIRED_RULES, "the contract, where it is retired")
    names: dict[str, str] = {}
    translators: list[str] = []
    for one in loaded:
        where, plugin = f"plugin {one.source}", one.plugin
        if plugin.name in names:
            raise ConfigurationError(
                where, expected=f"another name than {names[plugin.name]}", found=plugin.name
            )
        names[plugin.name] = one.source
        translators += [plugin.name] * (plugin.translation is not None)
        for rule in one.record.rules:
            if rule.id in taken:
                raise ConfigurationError(
                    where,
                    expected="rule IDs of its own",
                    found=f"{rule.id}, which is a rule of {taken[rule.id]}",
                )
        taken |= {rule.id: f"plugin {plugin.name}" for rule in one.record.rules}
    if len(translators) > 1:
        raise ConfigurationError(
            "plugins", expected="one translation at most", found=" and ".join(translators)
        )
