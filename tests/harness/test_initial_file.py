"""The file that ``cartfuzz init`` writes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import ContractVersion
from cartfuzz.harness.configuration import Configuration, read_configuration
from cartfuzz.harness.initial_file import Answers, initial_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def read(text: str) -> Configuration:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cartfuzz.toml"
        path.write_bytes(text.encode())
        return read_configuration(path)


@st.composite
def answers_of_users(draw: st.DrawFn) -> Answers:
    """Whatever a user may answer; in `current` nobody asks for flattening."""
    version = draw(st.sampled_from(ContractVersion))
    places = ("api_key_env", "api_key_file", "api_key_keyring")
    place = {draw(st.sampled_from(places)): draw(st.none() | TEXTS)}
    return Answers(
        url=draw(st.none() | TEXTS),
        allow_hosts=tuple(draw(st.lists(TEXTS, max_size=3))),
        rps=draw(st.none() | st.floats(min_value=1e-9, max_value=1e9)),
        contract=version,
        flattening=version is not ContractVersion.CURRENT and draw(st.booleans()),
        **place,
    )


@given(answers=answers_of_users(), schema=st.sampled_from(("", "./cartfuzz.schema.json")))
def test_the_file_reads_back_to_the_answers(answers: Answers, schema: str) -> None:
    """Whatever the answers hold: quotation marks, line breaks, control characters."""
    found = read(initial_text(answers, schema=schema))
    target = found.target
    assert (
        Answers(
            url=target.url,
            allow_hosts=target.allow_hosts,
            rps=target.rps,
            contract=found.environment.contract,
            flattening=found.environment.flattening,
            api_key_env=target.api_key_env,
            api_key_file=target.api_key_file,
            api_key_keyring=target.api_key_keyring,
        )
        == answers
    )


@pytest.mark.parametrize("version", list(ContractVersion))
def test_each_comment_with_a_key_is_an_example_that_works(version: ContractVersion) -> None:
    """Without its mark, such a line is one that the reader takes."""
    text = initial_text(Answers(contract=version))
    lines = text.splitlines()
    keys = [index for index, line in enumerate(lines) if line.startswith("# ") and " = " in line]
    examples = [index for index in keys if lines[index].split()[2] == "="]
    assert len(examples) > 12
    for index in examples:
        if version is ContractVersion.V2_5_1 and lines[index].startswith("# since"):
            continue
        if lines[index].split()[1] in ("code", "from", "to", "limit", "CART-02"):
            continue
        read("\n".join([*lines[:index], lines[index][2:], *lines[index + 1 :]]))


def test_the_tables_at_its_end_work() -> None:
    """The coupons and rules that are comments are whole tables."""
    text = initial_text(Answers())
    before, _, tail = text.partition("# [[environment.coupons]]")
    lines = ["[[environment.coupons]]", *(line[2:] for line in tail.splitlines())]
    tables = [line for line in lines if " = " in line or line.startswith("[")]
    found = read(before + "\n".join(tables))
    assert [one.code for one in found.environment.coupons] == ["FUZZ-{n}"]
    assert list(found.rule_levels) == ["CART-02"]


def test_lines_fit_a_terminal() -> None:
    """Comments are at most 80 characters wide; examples are as long as they must."""
    for line in initial_text(Answers()).splitlines():
        assert len(line) <= 80 or " = " in line
