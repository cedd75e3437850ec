"""Plugins are found and checked before anything is sent."""

from __future__ import annotations

import pickle
import sys
from importlib import import_module
from pathlib import Path

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ConfigurationError
from cartfuzz.harness.plugins.extensions import NO_EXTENSIONS
from cartfuzz.harness.plugins.loading import extensions_of, sources_of
from cartfuzz.harness.plugins.trial import check_extensions
from cartfuzz.harness.resolution import resolve
from cartfuzz.harness.settings import Settings

MODULE = "tests.harness.plugins.acme"


def of(*names: str) -> tuple[str, ...]:
    return sources_of([f"{MODULE}:{name}" for name in names], installed=False)


def test_a_module_offers_its_plugin() -> None:
    """Without a name it is PLUGIN; what is named twice counts once."""
    assert sources_of([MODULE, f"{MODULE}:PLUGIN"], installed=False) == (f"{MODULE}:PLUGIN",)
    extensions = extensions_of((f"{MODULE}:PLUGIN",))
    assert [rule.id for rule in extensions.rules] == ["TEST-01"]
    assert extensions.records[0].source == f"{MODULE}:PLUGIN"


def test_without_plugins_there_is_nothing() -> None:
    """No plugin, no check, no rule."""
    assert extensions_of(()) is NO_EXTENSIONS
    assert not NO_EXTENSIONS.checks


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("OF_CONTRACT",), "CART-02, which is a rule of the contract"),
        (("PLUGIN", "SAME_RULE"), "TEST-01, which is a rule of plugin test"),
        (("PLUGIN", "NAMESAKE"), "expected another name"),
        (("TWO_RULES",), "one rule of each ID, found two of TEST-01"),
        (("NO_ID",), "a rule ID such as ACME-01"),
        (("A_LIST",), "a tuple of Check, found list"),
        (("NO_CHECK",), "a tuple of Check, found function"),
        (("NO_NAME",), "letters, digits"),
        (("NO_TRANSLATION",), "the methods request and response"),
        (("NUMBER",), "a value of type int"),
        (("NOWHERE",), "found nothing"),
        (("NO_SCENARIOS",), "an iterable of Scenario, found int"),
        (("BROKEN_SCENARIOS",), "ZeroDivisionError"),
        (("BURST",), "within a burst"),
    ],
)
def test_what_is_no_plugin_is_refused(names: tuple[str, ...], expected: str) -> None:
    """The message names the plugin, and is one line."""
    with pytest.raises(ConfigurationError, match=expected) as caught:
        check_extensions(extensions_of(of(*names)), EXAMPLE_ENVIRONMENT)
    assert f"plugin {MODULE}:{names[-1]}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_module_that_is_not_there_is_named() -> None:
    """As is the reason."""
    with pytest.raises(ConfigurationError, match=r"the module no_such_module, .*ModuleNotFound"):
        extensions_of(("no_such_module:PLUGIN",))


def test_what_is_no_name_of_a_module_is_shown() -> None:
    """A raise shows the value that it complains about."""
    with pytest.raises(ConfigurationError, match=r"found '\./rules\.py:PLUGIN'"):
        extensions_of(sources_of(["./rules.py"], installed=False))


def test_the_working_directory_shadows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin in it is found, and a module in it that has the name of another one is not."""
    monkeypatch.setattr(sys, "path", [one for one in sys.path if one])
    monkeypatch.chdir(tmp_path)
    source = "from cartfuzz.plugin import Plugin\nPLUGIN = Plugin(name='local')\n"
    (tmp_path / "plugin_of_this_folder.py").write_text(source, "utf-8")
    (tmp_path / "colorsys.py").write_text("raise LookupError\n", "utf-8")
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    extensions = extensions_of(("plugin_of_this_folder:PLUGIN",))
    assert [one.name for one in extensions.plugins] == ["local"]
    assert hasattr(import_module("colorsys"), "rgb_to_hsv")


def test_a_plan_holds_names_alone() -> None:
    """So that it can be sent to any process, which imports the plugins itself."""
    plan = resolve(
        Settings(sandbox=True, plugins=(MODULE,)),
        None,
        sandbox_environment=lambda: EXAMPLE_ENVIRONMENT,
    )
    assert plan.plugins == (f"{MODULE}:PLUGIN",)
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301 - of this test
