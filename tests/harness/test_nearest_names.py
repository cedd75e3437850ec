"""Unknown names in a configuration are answered with the nearest known one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.contract.nearest import did_you_mean
from cartfuzz.harness.configuration import read_configuration


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("[enviroment]", '"enviroment"; did you mean "environment"?'),
        ("[target]\nrsp = 3", '"rsp"; did you mean "rps"?'),
        ("[target]\nallow-hosts = []", '"allow-hosts"; did you mean "allow_hosts"?'),
        ("[target]\ntimeout = 3", '"timeout"; did you mean "timeout_sec"?'),
        ("[target]\ntransport = 'request'", '"request"; did you mean "requests"?'),
        ("[target]\ntraffic = 'Read'", '"Read"; did you mean "reads"?'),
        ("[environment]\nunknown_codes = 'accept'", '"accept"; did you mean "accepted"?'),
        ("[environment]\ncontract = 'curent'", '"curent"; did you mean "current"?'),
        ("[environment.item_attributes]\na = 'strnig'", '"strnig"; did you mean "string"?'),
        (
            "[environment.item_attributes]\na = { type = 'sting' }",
            '"sting"; did you mean "string"?',
        ),
        (
            "[environment.item_attributes]\na = { minLenght = 3 }",
            '"minLenght"; did you mean "minLength"?',
        ),
        (
            "[environment.item_attributes]\na = { format = 'datetime' }",
            "'datetime'; did you mean \"date-time\"?",
        ),
        ("[[environment.coupons]]\ncod = 'A'", '"cod"; did you mean "code"?'),
        ("[[environment.budgets]]\ncampain = 'A'", '"campain"; did you mean "campaign"?'),
        ("[rules]\nCRAT-02 = 'observe'", '"CRAT-02"; did you mean "CART-02"?'),
        ("[rules]\nCART-02 = 'observed'", '"observed"; did you mean "observe"?'),
        ("[rules]\nCART-02 = { level = 'observe', resaon = '' }", 'did you mean "reason"?'),
        ("[compare]\nignored = []", '"ignored"; did you mean "ignore"?'),
        ("[environment]\nrps = 3", "this key in the table [target], found it in [environment]"),
        (
            "flattening = true",
            "this key in the table [environment], found it outside of all tables",
        ),
    ],
)
def test_the_nearest_name_ends_the_line(text: str, end: str, tmp_path: Path) -> None:
    """Tables, keys, values, attribute types, keywords, formats, rules; a key of another table."""
    path = tmp_path / "cartfuzz.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        read_configuration(path)
    assert str(raised.value).endswith(end)


def test_nothing_near_is_no_hint() -> None:
    """A guess that is far off would mislead."""
    assert did_you_mean("qwertz", ("rps", "url")) == ""
    assert did_you_mean(3, ("rps",)) == ""
