"""The API key that the plugin reads: cleaned and checked as the command line does it."""

from __future__ import annotations

import pytest

from cartfuzz.sandbox import start
from tests import talkative

KEY = "key-of-the-shop"
TEST = """
def test_update(cartfuzz_client):
    reply = cartfuzz_client.open().update({"profileId": "p"})
    assert reply.accepted
"""


@pytest.mark.parametrize("blanks", ["\n", " \r\n", "\t"])
def test_blanks_around_the_key_reach_no_header_line(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, blanks: str
) -> None:
    """With a line feed or blanks behind the key the target still gets the key that it knows."""
    pytester.makepyfile(TEST)
    with start(api_key=KEY) as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", KEY + blanks)
        result = pytester.runpytest_inprocess("--cartfuzz-url", sandbox.url)
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("key", "found"),
    [("gehe\nim", "another character in it"), (" \n", "nothing but blanks"), ("", "no value")],
)
def test_what_can_be_no_key_ends_before_any_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, key: str, found: str
) -> None:
    """It is refused in one line that names the variable and does not show the key."""
    pytester.makepyfile(TEST)
    monkeypatch.setenv("SHOP_KEY", key)
    result = pytester.runpytest_inprocess(
        "--cartfuzz-url", "http://127.0.0.1:1", "--cartfuzz-api-key-env", "SHOP_KEY"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*environment variable SHOP_KEY: expected *, found {found}*"])
    assert "gehe" not in result.stderr.str()


def test_a_key_in_a_file(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option names it; the variable is not needed."""
    monkeypatch.delenv("CARTFUZZ_API_KEY", raising=False)
    pytester.makepyfile(TEST)
    pytester.path.joinpath("key").write_text(KEY + "\n")
    with start(api_key=KEY) as sandbox:
        result = pytester.runpytest_inprocess(
            "--cartfuzz-url", sandbox.url, "--cartfuzz-api-key-file", "key"
        )
    result.assert_outcomes(passed=1)


def test_a_refused_url_is_not_repeated(pytester: pytest.Pytester) -> None:
    """It may hold a password, also next to --cartfuzz-sandbox."""
    pytester.makepyfile(TEST)
    for url in ("http://user:geheim@shop", "http://shop/?key=geheim"):
        for further in ((), ("--cartfuzz-sandbox",)):
            result = pytester.runpytest_inprocess("--cartfuzz-url", url, *further)
            assert result.ret == pytest.ExitCode.USAGE_ERROR
            assert "geheim" not in result.stderr.str() + result.stdout.str()


def test_no_output_of_pytest_holds_the_key(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tracebacks with locals, conversations and JUnit: the target says the key in every way."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(24))
        def test_update(cartfuzz_client, number):
            session = cartfuzz_client.open()
            assert session.update({"profileId": "p"}).status == 299
        """
    )
    monkeypatch.setenv("CARTFUZZ_API_KEY", talkative.KEY)
    with start(api_key=talkative.KEY) as sandbox, talkative.talkative(sandbox.url) as url:
        result = pytester.runpytest_inprocess(
            "--cartfuzz-url", url, "--showlocals", "--junitxml=junit.xml", "-rA"
        )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    shown = result.stdout.str() + result.stderr.str()
    assert "[API key]" in shown
    assert talkative.leaks(shown + pytester.path.joinpath("junit.xml").read_text()) == []
