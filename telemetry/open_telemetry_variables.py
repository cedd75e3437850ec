"""The OTEL_* variables that Cartfuzz reads itself; the libraries of OpenTelemetry read the rest."""

from __future__ import annotations

from collections.abc import Mapping

from ..contract import ConfigurationError

_PROTOCOL = "http/protobuf"
_ALWAYS = frozenset(("always_on", "parentbased_always_on"))
_NEVER = frozenset(("always_off", "parentbased_always_off"))
_RATIO = frozenset(("traceidratio", "parentbased_traceidratio"))


def check_variables(environment: Mapping[str, str]) -> None:
    """Refuses what `cartfuzz run --otel` cannot do, before anything is sent.

    Raises:
        ConfigurationError: a variable has another value than those that are known.
    """
    for signal in ("TRACES", "METRICS"):
        exports(environment, signal)
    for name in (
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
    ):
        found = environment.get(name, "")
        if found not in ("", _PROTOCOL):
            raise ConfigurationError(f"${name}", expected=_PROTOCOL, found=repr(found[:40]))
    traced_share(environment)


def exports(environment: Mapping[str, str], signal: str) -> bool:
    """Whether spans (``"TRACES"``) or metrics (``"METRICS"``) are exported.

    Raises:
        ConfigurationError: by something else than OTLP.
    """
    name = f"OTEL_{signal}_EXPORTER"
    found = environment.get(name, "").strip().lower() or "otlp"
    if found not in ("otlp", "none"):
        raise ConfigurationError(f"${name}", expected="otlp or none", found=repr(found[:40]))
    return found == "otlp"


def traced_share(environment: Mapping[str, str]) -> float:
    """Which share of the executions is traced, from 0 to 1.

    Raises:
        ConfigurationError: the sampler is not known, or its share is none.
    """
    sampler = environment.get("OTEL_TRACES_SAMPLER", "").strip().lower()
    if not sampler or sampler in _ALWAYS:
        return 1.0
    if sampler in _NEVER:
        return 0.0
    if sampler not in _RATIO:
        raise ConfigurationError(
            "$OTEL_TRACES_SAMPLER",
            expected=f"one of {', '.join(sorted(_ALWAYS | _NEVER | _RATIO))}",
            found=repr(sampler[:40]),
        )
    text = environment.get("OTEL_TRACES_SAMPLER_ARG", "").strip() or "1"
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ConfigurationError(
            "$OTEL_TRACES_SAMPLER_ARG", expected="a share from 0 to 1", found=repr(text[:40])
        )
    return share
