"""The configuration: what is read, and how mistakes are answered."""

from __future__ import annotations

import textwrap
from pathlib import Path

import click
import pytest

from cartfuzz.cli.run import command as run
from cartfuzz.contract import (
    CodeCase,
    ConfigurationError,
    ContractVersion,
    CostScope,
    Environment,
    Level,
    RuleLevel,
    UnknownCodes,
)
from cartfuzz.harness import configuration
from cartfuzz.harness.configuration import Configuration, read_configuration

WHOLE = """
[target]
url = "https://staging.example.com"
allow_hosts = ["staging.example.com"]
rps = 10
workers = 2

[environment]
contract = "current"
flattening = true
unknown_codes = "accepted"
code_case = "upper"

[environment.session_attributes]
channel = { type = "string", enum = ["web", "app"] }

[environment.item_attributes]
color = { type = "string" }

[environment.additional_costs]
shipping = "session"
wrapping = "item"
handling = "both"

[environment.coupon_limits]
WELCOME = 100

[rules]
CART-02 = { level = "observe", reason = "raised limit" }
STATE-03 = "observe"
"""


def read(folder: Path, text: str) -> Configuration:
    path = folder / "cartfuzz.toml"
    path.write_text(text, "utf-8")
    return read_configuration(path)


def test_a_whole_file(tmp_path: Path) -> None:
    """Every table and key is read into its place."""
    path = tmp_path / "cartfuzz.toml"
    path.write_text(WHOLE, "utf-8")
    whole = read_configuration(path)
    environment = whole.environment
    assert environment.contract is ContractVersion.CURRENT
    assert environment.unknown_codes is UnknownCodes.ACCEPTED
    assert environment.code_case is CodeCase.UPPER
    assert environment.session_attributes["channel"]["enum"] == ["web", "app"]
    assert environment.additional_costs["wrapping"] is CostScope.ITEM
    assert environment.session_costs == ("shipping", "handling")
    assert environment.item_costs == ("wrapping", "handling")
    assert environment.coupon_limits == {"WELCOME": 100}
    assert whole.target.rps == 10
    assert whole.target.workers == 2
    assert whole.rule_levels["CART-02"].reason == "raised limit"
    assert whole.rule_levels["STATE-03"].level is Level.OBSERVE


def test_attribute_types_are_short_for_schemas(tmp_path: Path) -> None:
    """A type, a list of one, allowed values, and what OpenAPI calls nullable."""
    declared = read(
        tmp_path,
        """
        [environment.session_attributes]
        PickupTime = "time"
        Tags = "(list string)"
        Size = { type = "string", allowed = ["S", "M"] }
        Slots = { type = "(list time)", allowed = [2024-02-29T10:00:00Z] }
        Note = { type = "string", nullable = true }
        """,
    ).environment.session_attributes
    time = {"type": "string", "format": "date-time"}
    assert declared == {
        "PickupTime": time,
        "Tags": {"type": "array", "items": {"type": "string"}},
        "Size": {"type": "string", "enum": ["S", "M"]},
        "Slots": {"type": "array", "items": {**time, "enum": ["2024-02-29T10:00:00Z"]}},
        "Note": {"type": ["string", "null"]},
    }
    written = Environment(session_attributes={"PickupTime": "time", "Tags": "(list string)"})
    assert written.session_attributes == {name: declared[name] for name in ("PickupTime", "Tags")}


def test_an_unknown_attribute_type_in_python_is_named() -> None:
    """An environment that is written in Python reports the key as well."""
    with pytest.raises(ConfigurationError, match=r"item_attributes\.color: expected a JSON Schema"):
        Environment(item_attributes={"color": "colour"})


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    """No table is required."""
    assert read(tmp_path, "") == read_configuration(tmp_path / "cartfuzz.toml")
    assert read_configuration(tmp_path / "cartfuzz.toml").environment == Environment()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[environment", "expected a TOML file, found"),
        (
            "[other]\n",
            "other: expected one of the keys target, run, environment, rules, compare, plugins",
        ),
        ("environment = 3", "environment: expected a table, found 3"),
        ('[environment]\ncontract = "3"', "environment.contract: expected one of 2.5.1, current"),
        (
            '[environment]\ncontract = "current"\nsince = "26.99"',
            'environment.since: expected a release from "26.01" to "26.17", found "26.99"',
        ),
        (
            '[environment]\nsince = "26.03"',
            'environment.since: expected no such key with contract = "2.5.1"',
        ),
        ('[environment]\nflattening = "yes"', "environment.flattening: expected true or false"),
        ("[environment]\nflatening = true", "environment.flatening: expected one of the keys"),
        (
            '[environment.additional_costs]\nshipping = "cart"',
            "environment.additional_costs.shipping: expected one of session, item, both",
        ),
        (
            '[environment.item_attributes]\ncolor = "text"',
            "color: expected a JSON Schema as a table, or one of the types string, number",
        ),
        ("[environment.item_attributes]\ncolor = 3", "item_attributes.color: expected a JSON"),
        (
            '[environment.item_attributes]\ncolor = "(list boolean)"',
            "item_attributes.color: expected a JSON Schema as a table, or one of",
        ),
        (
            '[environment.item_attributes]\ncolor = { type = "text" }',
            "environment.item_attributes.color.type: expected an attribute type or a type of JSON",
        ),
        (
            '[environment.item_attributes]\ncolor = { type = "time", allowed = [] }',
            "item_attributes.color.allowed: expected a list of values, at least one, found []",
        ),
        (
            '[environment.session_attributes]\na = { type = "string", minLenght = 3 }',
            'session_attributes.a.minLenght: expected a keyword of JSON Schema, found "minLenght"',
        ),
        (
            "[environment.session_attributes.a.properties]\nb = { nonsense = 3 }",
            "session_attributes.a.properties.b.nonsense: expected a keyword of JSON Schema",
        ),
        (
            '[environment.session_attributes]\na = { type = "string", format = "datetime" }',
            "session_attributes.a.format: expected one of the formats date-time, date, time,",
        ),
        (
            '[environment.session_attributes]\na = { pattern = "(" }',
            "session_attributes.a.pattern: expected a regular expression of ECMA-262",
        ),
        (
            "[environment.session_attributes]\na = { minimum = 5, maximum = 4 }",
            "session_attributes.a: expected minimum to be at most maximum, found minimum 5 and",
        ),
        (
            "[environment.session_attributes]\na = { minimum = 5, exclusiveMaximum = 5 }",
            "session_attributes.a: expected minimum to be below exclusiveMaximum, found minimum 5",
        ),
        (
            "[environment.session_attributes]\na = { items = { minLength = 2, maxLength = 1 } }",
            "session_attributes.a.items: expected minLength to be at most maxLength",
        ),
        (
            '[environment.session_attributes]\na = { "$ref" = "http://127.0.0.1:9/other" }',
            "session_attributes.a.$ref: expected a reference within the schema",
        ),
        (
            '[environment.session_attributes]\na = { "$ref" = "#/$defs/nowhere" }',
            "session_attributes.a: expected a valid JSON Schema",
        ),
        (
            '[environment.session_attributes]\na = { minimum = "5" }',
            "session_attributes.a.minimum: expected a valid JSON Schema",
        ),
        (
            '[environment.session_attributes]\na = { type = "string", enum = [1, 2] }',
            "session_attributes.a: expected a schema that some value fits, found types that",
        ),
        (
            '[environment.session_attributes]\na = { enum = ["red"], format = "date" }',
            "session_attributes.a: expected a schema that some value fits, found no value of enum",
        ),
        (
            '[environment]\ncode_case = "title"',
            "environment.code_case: expected one of unspecified, sensitive, upper, lower",
        ),
        (
            "[environment.coupon_limits]\nX = 0",
            "environment.coupon_limits.X: expected a whole number from 1 to 2^63 - 1, found 0",
        ),
        (
            f"[environment.coupon_limits]\nX = {2**64}",
            f"coupon_limits.X: expected a whole number from 1 to 2^63 - 1, found {2**64}",
        ),
        ('[rules]\nCART-99 = "observe"', "rules.CART-99: expected the ID of a rule"),
        ('[rules]\nCART-02 = "ignore"', "rules.CART-02: expected one of enforce, observe"),
        ('[rules]\nCART-02 = { level = "observe", why = "" }', "rules.CART-02.why: expected one"),
        ('[rules]\nSTATE-U1 = "enforce"', 'rules.STATE-U1: expected "observe"'),
        ("[target]\nrps = 0", "target.rps: expected a number above 0, found 0"),
        ("[target]\nworkers = 1.5", "target.workers: expected a whole number from 1 to 256"),
        ("[target]\nrps = nan", "target.rps: expected a number above 0, found nan"),
        ("[target]\nrps = inf", "target.rps: expected a number above 0, found inf"),
        ("[target]\nrps = true", "target.rps: expected a number above 0, found true"),
        ('[target]\nurl = ["x"]', "target.url: expected a URL, found ['x']"),
        ("[target]\ntimeout_sec = 1e300", "target.timeout_sec: expected a number above 0, at"),
        ("[environment]\nadditional_costs = 3", "environment.additional_costs: expected a table"),
        ("[rules]\nCART-02 = { reason = 'x' }", "rules.CART-02.level: expected one of enforce"),
        (
            "[rules]\nCART-02 = { level = 'observe', reason = 3 }",
            "reason: expected a text, found 3",
        ),
        ('[compare]\nignore = "$.a"', "compare.ignore: expected a list of JSONPaths, found"),
        ("[compare]\nskip = []", "compare.skip: expected one of the keys ignore, found"),
        ('[target]\nallow_hosts = "x"', "target.allow_hosts: expected a list of host names"),
    ],
)
def test_mistakes_name_file_key_expected_and_found(tmp_path: Path, text: str, message: str) -> None:
    """Each mistake is one line that says where, what was expected, and what was found."""
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "cartfuzz.toml"))
    assert message in str(caught.value)
    assert ", found " in str(caught.value)


def test_a_retired_rule_is_the_one_that_took_its_place(tmp_path: Path) -> None:
    """A configuration of an earlier version keeps its meaning."""
    path = tmp_path / "cartfuzz.toml"
    path.write_text('[rules]\nLIMIT-01 = "observe"\n')
    assert read_configuration(path).rule_levels == {"COUP-02": RuleLevel(level=Level.OBSERVE)}


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ConfigurationError, match="expected a readable file, found no such file"):
        read_configuration(tmp_path / "nowhere.toml")


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    """The example in the module's docstring is a valid configuration."""
    text = (configuration.__doc__ or "").partition("Example::")[2].partition("\nThe tables")[0]
    (coupon,) = read(tmp_path, textwrap.dedent(text)).environment.coupons
    assert (coupon.code, coupon.limit, coupon.size) == ("FUZZ-{n}", 2, 5000)


@pytest.mark.parametrize("option", ["workers", "in-flight"])
def test_a_key_has_the_bounds_of_its_option(tmp_path: Path, option: str) -> None:
    """The command line and the file take the same numbers."""
    (declared,) = (one for one in run.params if one.opts == [f"--{option}"])
    assert isinstance(declared.type, click.IntRange)
    least, most = int(declared.type.min or 0), int(declared.type.max or 0)
    key = option.replace("-", "_")
    for number in (least, most):
        target = read(tmp_path, f"[target]\n{key} = {number}").target
        assert getattr(target, key) == number
    for number in (least - 1, most + 1):
        with pytest.raises(ConfigurationError, match=f"from {least} to {most}, found {number}"):
            read(tmp_path, f"[target]\n{key} = {number}")
