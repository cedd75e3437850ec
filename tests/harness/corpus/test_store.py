"""A corpus returns what was stored, and ignores entries that are not valid."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.database import (
    ExampleDatabase,
    InMemoryExampleDatabase,
    ReadOnlyDatabase,
)

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    ConfigurationError,
    ContractVersion,
    Reopen,
    Scenario,
    Update,
)
from cartfuzz.harness.corpus.backends import open_corpus
from cartfuzz.harness.corpus.entries import (
    MAX_ENTRY_BYTES,
    CorpusEntry,
    EntryKind,
    encode_entry,
    key_of,
)
from cartfuzz.harness.corpus.store import MAX_ENTRIES, Corpus
from cartfuzz.harness.errors import CorpusError
from cartfuzz.record import encode_value
from cartfuzz.strategies import lost_answers, malformed_scenarios, races, scenarios

REOPENING = Scenario(title="", sessions=(f"s-{MARK}",), steps=(Reopen(),))
OLD, NEW = ContractVersion.V2_5_1, ContractVersion.CURRENT
RAW = [
    raw
    for raw in malformed_scenarios(EXAMPLE_ENVIRONMENT)
    if 2 * len(encode_value(raw)) < MAX_ENTRY_BYTES
]
"""Without those that are too large for a corpus."""
ANY_SCENARIO = st.one_of(
    scenarios(EXAMPLE_ENVIRONMENT, max_steps=8),
    races(EXAMPLE_ENVIRONMENT),
    lost_answers(EXAMPLE_ENVIRONMENT),
    st.sampled_from(RAW),
)


def corpus(database: ExampleDatabase | None = None) -> Corpus:
    return Corpus(database or InMemoryExampleDatabase(), location="memory")


def scenario(*profiles: str) -> Scenario:
    return Scenario(
        title="some updates",
        sessions=(f"s-{MARK}",),
        steps=tuple(Update(body={"customerSession": {"profileId": name}}) for name in profiles),
    )


@settings(deadline=None)
@given(st.lists(ANY_SCENARIO, max_size=4))
def test_what_is_stored_is_read(drawn: list[Scenario]) -> None:
    """Scenarios are read as they were stored, with bursts, cuts, raw bytes and lone surrogates."""
    stored = corpus()
    stored.add_seeds(OLD, drawn)
    failures = {f"RULE-{number}": one for number, one in enumerate(drawn)}
    assert stored.add_failures(OLD, failures) == len(drawn)
    seeds = stored.read(OLD, EntryKind.SEEDS)
    found = stored.read(OLD, EntryKind.FAILURES)
    assert set(map(repr, seeds.scenarios)) == set(map(repr, drawn))
    assert {one.signature: one.scenario for one in found.entries} == failures
    assert not seeds.notes
    assert not found.notes


def test_a_lone_surrogate_survives() -> None:
    """A text that UTF-8 cannot encode is read as it was stored."""
    odd = scenario("\ud800")
    stored = corpus()
    assert stored.add_seeds(OLD, [odd]) == 1
    assert stored.read(OLD, EntryKind.SEEDS).scenarios == (odd,)


def test_another_contract_version_has_entries_of_its_own() -> None:
    """An entry is read under its own contract version and kind only."""
    stored = corpus()
    stored.add_failures(OLD, {"STATE-08-1": scenario("a")})
    assert stored.read(NEW, EntryKind.FAILURES).entries == ()
    assert stored.read(OLD, EntryKind.SEEDS).entries == ()


def test_a_signature_keeps_its_simplest_scenario() -> None:
    """The simpler of two scenarios stays, whichever is stored first."""
    long, short = scenario("a", "b"), scenario("c")
    for order in ((long, short), (short, long)):
        stored = corpus()
        assert [stored.add_failures(OLD, {"STATE-08-1": one}) for one in order] == [1, 0]
        assert stored.read(OLD, EntryKind.FAILURES).scenarios == (short,)


def test_the_simplest_entries_come_first() -> None:
    """The simplest entries come first, in whatever order the database returns them."""
    names = ["a", "bb", "ccc"]
    several = {f"RULE-{name}": scenario(*([name] * len(name))) for name in names}
    stored = corpus()
    stored.add_failures(OLD, dict(reversed(several.items())))
    assert stored.read(OLD, EntryKind.FAILURES).scenarios == tuple(several.values())


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (b"", "expected a scenario as JSON"),
        (b"\xff\xfe\x00", "expected a scenario as JSON"),
        (b"{}", "missing required field `scenario`"),
        (b"[" * 100_000, "expected a scenario as JSON"),
        (b"1" * 5_000, "expected a scenario as JSON"),
        (b'{"scenario":{"title":"","sessions":[],"steps":[]}}', "at least one step"),
        (b'{"scenario":{"title":"","sessions":["s"],"steps":[{"type":"get"}]}}', "must hold"),
        (b" " * (MAX_ENTRY_BYTES + 1), "expected at most 1,048,576 bytes"),
        (encode_entry(CorpusEntry(scenario=scenario("a"))), "expected a signature in failures"),
        (b'{"scenario":{},"newer":1}', "expected a scenario as JSON"),
        (encode_entry(CorpusEntry(scenario=REOPENING, signature="STATE-15-1")), "found a reopen"),
        (b"\x1b[2Jevil", "expected a scenario as JSON"),
    ],
)
def test_a_bad_entry_is_left_out_and_named(entry: bytes, reason: str) -> None:
    """A note names it with the reason, and it is not deleted."""
    database = InMemoryExampleDatabase()
    stored = corpus(database)
    stored.add_failures(OLD, {"STATE-08-1": scenario("a")})
    database.save(key_of(OLD, EntryKind.FAILURES), entry)
    read = stored.read(OLD, EntryKind.FAILURES)
    assert read.scenarios == (scenario("a"),)
    (note,) = read.notes
    assert note.startswith("corpus memory: entry ")
    assert "of failures, contract 2.5.1" in note
    assert reason in note
    assert note.isprintable()
    assert entry in database.fetch(key_of(OLD, EntryKind.FAILURES))


def test_the_entries_of_a_kind_are_bounded() -> None:
    """A run uses the simplest entries, and a note reports how many are left out."""
    stored = corpus()
    stored.add_seeds(
        OLD, [scenario(f"p{number:04}") for number in range(MAX_ENTRIES[EntryKind.SEEDS] + 5)]
    )
    read = stored.read(OLD, EntryKind.SEEDS)
    assert len(read.scenarios) == MAX_ENTRIES[EntryKind.SEEDS]
    assert "5 of 205 seeds are left out" in read.notes[0]


def test_a_database_that_stores_nothing_is_an_error() -> None:
    """An entry that the database did not store is an error."""
    stored = corpus(ReadOnlyDatabase(InMemoryExampleDatabase()))
    with pytest.raises(CorpusError, match="corpus memory: expected it to keep what is stored"):
        stored.add_failures(OLD, {"STATE-08-1": scenario("a")})


def test_a_folder_is_a_corpus_that_others_can_read(tmp_path: Path) -> None:
    """The folder is created, and its files have the permissions of their folder."""
    where = tmp_path / "deep" / "corpus"
    open_corpus(str(where), option="--corpus").add_seeds(OLD, [scenario("a")])
    again = open_corpus(str(where), option="--corpus")
    assert again.read(OLD, EntryKind.SEEDS).scenarios == (scenario("a"),)
    files = [path for path in where.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.stat().st_mode & 0o666 == path.parent.stat().st_mode & 0o666


def test_a_path_below_a_file_is_an_error(tmp_path: Path) -> None:
    """A path below a file is a configuration error that names the option."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"--corpus: expected a folder .*not a directory"):
        open_corpus(str(tmp_path / "file" / "corpus"), option="--corpus")


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("redis://me:geheim@127.0.0.1:1/0", "no user name or password in the URL"),
        ("redis://:geheim@127.0.0.1", "set CARTFUZZ_REDIS_PASSWORD"),
        ("redis://127.0.0.1/0?password=geheim", "a URL without a host, or with more in it"),
        ("redis:///0", "a URL without a host"),
        ("redis://127.0.0.1/shop", "redis://HOST"),
        ("redis://127.0.0.1:geheim/0", "a URL of another kind"),
        ("http://geheim.example", "a URL of another kind"),
        ("redis://127.0.0.1:1/0", "redis://127.0.0.1:1/0: Error 111"),
    ],
)
def test_an_unusable_server_is_an_error_without_secrets(where: str, reason: str) -> None:
    """The error says what is wrong with the URL or the server, and shows no password."""
    with pytest.raises(ConfigurationError) as raised:
        open_corpus(where, option="--corpus")
    assert reason in str(raised.value)
    assert "geheim" not in str(raised.value)
