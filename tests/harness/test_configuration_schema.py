"""The JSON Schema of the configuration and its reference page: up to date, and as the reader."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness import configuration_schema
from cartfuzz.harness.configuration import read_configuration
from cartfuzz.harness.configuration_schema import FILE_NAME, schema_text
from cartfuzz.harness.initial_file import Answers, initial_text
from cartfuzz.harness.reference import CAMPAIGN_TABLES, TABLES, keys_of_table
from cartfuzz.harness.reference_page import reference_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TABLES_OF_A_FILE = {"target", "run", "environment", "rules", "compare"}
FENCE = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)


@cache
def validator() -> jsonschema_rs.Validator:
    """The published schema."""
    published = (DOCS / "schemas" / FILE_NAME).read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(published))


def is_valid(text: str) -> bool:
    # Of dates an editor knows what JSON knows: texts.
    return validator().is_valid(msgspec.to_builtins(tomllib.loads(text)))


def is_read(folder: Path, text: str) -> bool:
    path = folder / "cartfuzz.toml"
    path.write_text(text, "utf-8")
    try:
        read_configuration(path)
    except ConfigurationError:
        return False
    return True


def examples() -> list[str]:
    """The configurations in all documents; those below ``[tool.cartfuzz]`` as files of their own.

    Blocks of other files, such as a baseline, are left out.
    """
    blocks = [
        block
        for page in (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
        for block in FENCE.findall(page.read_text("utf-8"))
    ]
    own = [block.replace("[tool.cartfuzz.", "[") for block in blocks]
    return [block for block in own if tomllib.loads(block).keys() <= TABLES_OF_A_FILE]


def test_the_schema_and_the_page_are_up_to_date() -> None:
    """``make schemas`` has written both from the types of today, and the schema is one."""
    published = (DOCS / "schemas" / FILE_NAME).read_text("utf-8")
    assert published == schema_text(), "make schemas writes it anew"
    jsonschema_rs.meta.validate(configuration_schema.configuration_schema())
    page = (DOCS / "configuration-reference.md").read_text("utf-8")
    assert page == reference_page(), "make schemas writes it anew"


def test_every_key_is_explained() -> None:
    """Each has a sentence, a value and a default in the reference."""
    page = reference_page()
    for table, kind in {**TABLES, **CAMPAIGN_TABLES}.items():
        for key in keys_of_table(table, kind):
            assert f"| `{key.name}` | {key.about.text} |" in page
            assert key.about.text.endswith(".")
            assert "another type" not in key.value_words


def test_the_examples_of_the_documents_are_valid(tmp_path: Path) -> None:
    """What is read is valid by the schema as well, the file of ``cartfuzz init`` too."""
    found = [*examples(), initial_text(Answers(url="http://127.0.0.1:1"))]
    assert len(found) > 5
    for text in found:
        assert is_read(tmp_path, text), text
        assert is_valid(text), text


@pytest.mark.parametrize(
    "text",
    [
        "[targets]",
        "[target]\nrsp = 3",
        "[target]\nrps = 0",
        "[target]\nworkers = 257",
        "[target]\nworkers = '3'",
        "[target]\ntraffic = 'read'",
        "[target]\ntransport = 'pigeon'",
        "[target]\ngive_up_after = 'soon'",
        "[target]\nmax_requests = 0",
        "[target.headers]\nX-A = 3",
        "[run]\nrequests = 0",
        "[run]\nduration = 'soon'",
        "[run]\nreport = ['pdf']",
        "[run]\nmax_record = '1 fathom'",
        "[run]\nphases = ['edges']",
        "[environment]\nflatening = true",
        "[environment]\nsince = '26.99'",
        "[environment]\ncode_case = 'title'",
        "[environment.additional_costs]\nshipping = 'cart'",
        "[environment.session_attributes]\na = 'text'",
        "[environment.session_attributes]\na = { typ = 'string' }",
        "[environment.session_attributes]\na = { type = 'text' }",
        "[environment.coupon_limits]\nX = 0",
        "[[environment.coupons]]\nlimit = 2",
        "[[environment.coupons]]\ncode = 'A'\nlimits = 2",
        "[rules]\nCART-99 = 'observe'",
        "[rules]\nCART-02 = 'ignore'",
        "[rules]\nCART-02 = { reason = 'x' }",
        "[compare]\nskip = []",
    ],
)
def test_what_the_reader_refuses_is_marked(text: str, tmp_path: Path) -> None:
    """An editor marks unknown names, and values of a wrong type or out of bounds."""
    assert not is_read(tmp_path, text)
    assert not is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "[target]\nrps = 1\ntimeout_sec = 2.5\ngive_up_after = '1h 30m'",
        "[target]\nallow_hosts = []\nurl = 'x'",
        "[run]\nreport = ['html', 'har']\nmax_record = '1.5 GB'\nmetrics_port = '[::1]:9'",
        "[environment]\ncontract = 'current'\nsince = '26.17'",
        "[environment.session_attributes]\na = { type = '(list time)', x-note = 'own' }",
        "[environment.session_attributes]\na = { type = ['string', 'null'], maxLength = 3 }",
        "[environment.session_attributes]\na = { type = 'string', allowed = ['S'] }",
        "[environment.session_attributes]\na = { type = 'string', nullable = true }",
        "[rules]\nLIMIT-01 = 'observe'",
        "[rules]\nCART-02 = { level = 'observe' }",
    ],
)
def test_what_the_reader_takes_is_not_marked(text: str, tmp_path: Path) -> None:
    """Short forms of attributes, retired rules, and what else is right."""
    assert is_read(tmp_path, text)
    assert is_valid(text)
