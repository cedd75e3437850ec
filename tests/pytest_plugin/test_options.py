"""Options, configuration files, header and marker: what goes wrong is said before a test runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.harness import configuration_sources
from cartfuzz.harness.configuration import Configuration, read_configuration
from cartfuzz.harness.variables import CONFIG_VARIABLE, key_variables
from cartfuzz.pytest_plugin.options import VARIABLES, PluginSettings, settings_of
from cartfuzz.pytest_plugin.process import SEED_INPUT

PLAIN = "def test_nothing():\n    pass\n"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARTFUZZ_API_KEY", raising=False)


def settings(pytester: pytest.Pytester, *args: str) -> PluginSettings:
    return settings_of(pytester.parseconfig(*args))


def test_a_duration_is_written_as_everywhere(pytester: pytest.Pytester) -> None:
    """As on Cartfuzz's command line, in its file and in the variable."""
    assert settings(pytester, "--cartfuzz-give-up-after", "1h30m").give_up_sec == 5_400


def test_the_variables_of_options_exist() -> None:
    """Their names are copied, so that pytest starts quickly."""
    copied = {f"CARTFUZZ_{key}" for keys in VARIABLES.values() for key in keys}
    assert copied <= {*key_variables(), CONFIG_VARIABLE}


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (
            ["--cartfuzz-url", "http://example.com"],
            "*permission to send load to example.com: add --cartfuzz-allow-host*",
        ),
        (["--cartfuzz-url", "ftp://127.0.0.1"], "*expected http://HOST*"),
        (["--cartfuzz-url", "http://u:geheim@127.0.0.1"], "*no user name or password*"),
        (["--cartfuzz-url", "http://127.0.0.1:1"], "*environment variable CARTFUZZ_API_KEY*"),
        (
            ["--cartfuzz-url", "http://127.0.0.1:1", "--cartfuzz-api-key-env", "SHOP_KEY"],
            "*environment variable SHOP_KEY*",
        ),
        (
            ["--cartfuzz-contract", "3"],
            '*--cartfuzz-contract: expected one of 2.5.1, current, found "3"*',
        ),
        (["--cartfuzz-config", "none.toml"], "*none.toml*"),
        (["--cartfuzz-seed", "x"], "*--cartfuzz-seed: expected a whole number*, or random*'x'*"),
        (["--cartfuzz-seed", "-1"], "*--cartfuzz-seed: expected a whole number*'-1'*"),
        (["--cartfuzz-url", ""], "*--cartfuzz-url: expected the base URL*, found ''; is the var*"),
        (["--cartfuzz-url", " "], "*--cartfuzz-url: expected the base URL*, found ' '*"),
        (
            ["--cartfuzz-sandbox", "--cartfuzz-url", "http://127.0.0.1:1"],
            "*--cartfuzz-sandbox: expected one target, found the sandbox and*",
        ),
        (["--cartfuzz-scenario", "edges"], "*--cartfuzz-scenario: expected an ID such as*'edges'*"),
        (["--cartfuzz-rps", "0"], "*--cartfuzz-rps: expected a number above 0*"),
        (["--cartfuzz-rps", "nan"], "*--cartfuzz-rps: expected a number above 0, found 'nan'*"),
        (["--cartfuzz-timeout", "1e300"], "*--cartfuzz-timeout: *, at most 86400, found '1e300'*"),
        (["--cartfuzz-give-up-after", "90"], "*-give-up-after: expected a duration*, found '90'*"),
        (["--cartfuzz-sandbox-fault", "closes-canceled"], "*closes-cancelled-sessions*"),
        (["--cartfuzz-baseline", "none.json"], "*--cartfuzz-baseline*none.json*"),
        (
            ["--cartfuzz-report", "sarif,pdf", "--cartfuzz-report-dir", "out"],
            "*--cartfuzz-report: expected some of html, junit, *found 'sarif,pdf'*",
        ),
        (["--cartfuzz-report", "sarif"], "*--cartfuzz-report: expected --cartfuzz-report-dir DIR*"),
    ],
)
def test_bad_usage_ends_before_any_test(
    pytester: pytest.Pytester, args: list[str], expected: str
) -> None:
    """A wrong value ends pytest at once, in a line that names the option and shows no secret."""
    pytester.makepyfile(PLAIN)
    result = pytester.runpytest_inprocess(*args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([expected])
    assert "geheim" not in result.stderr.str()


def test_a_plain_run_says_nothing_of_cartfuzz(pytester: pytest.Pytester) -> None:
    """A run that asks for no target has neither header line nor section."""
    pytester.makepyfile(PLAIN)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
    assert not [line for line in result.outlines if line.startswith("cartfuzz:")]
    result.stdout.no_fnmatch_line("*= cartfuzz =*")


def test_the_header_names_the_target(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One header line holds target and seed; the key is not shown, and nothing is sent."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "geheim")
    pytester.makepyfile(PLAIN)
    result = pytester.runpytest_inprocess(
        "--cartfuzz-url", "http://127.0.0.1:1", "--cartfuzz-seed", "7"
    )
    result.stdout.fnmatch_lines(["cartfuzz: http://127.0.0.1:1, seed 7"])
    result.assert_outcomes(passed=1)
    pytester.path.joinpath("shop.toml").write_text(
        '[target]\nurl = "http://127.0.0.1:2"\n', "utf-8"
    )
    result = pytester.runpytest_inprocess("--cartfuzz-config", "shop.toml")
    result.stdout.fnmatch_lines(["cartfuzz: http://127.0.0.1:2, seed 0 *"])
    assert "geheim" not in result.stdout.str()


def with_attribute(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, declared: str
) -> pytest.RunResult:
    """A run that sends nothing, with one declared attribute."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "geheim")
    pytester.makepyfile(PLAIN)
    pytester.path.joinpath("shop.toml").write_text(
        f"[environment.session_attributes]\nkey = {declared}\n", "utf-8"
    )
    return pytester.runpytest_subprocess(
        "-W", "error", "--cartfuzz-url", "http://127.0.0.1:1", "--cartfuzz-config", "shop.toml"
    )


def test_the_header_names_attributes_whose_values_are_dropped(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of its own, and no warning of Hypothesis, where hardly a value fits the schema."""
    hard = '{ type = "string", pattern = "^a", format = "uuid" }'
    result = with_attribute(pytester, monkeypatch, hard)
    result.stdout.fnmatch_lines(
        ["cartfuzz: environment.session_attributes.key: *% of the values drawn for it do not fit*"]
    )
    result.assert_outcomes(passed=1)


def test_an_attribute_that_no_value_fits_ends_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any test, with the key."""
    impossible = '{ type = "string", pattern = "^a$", minLength = 5 }'
    result = with_attribute(pytester, monkeypatch, impossible)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*cartfuzz: environment.session_attributes.key: expected a schema that some value fits*"]
    )


def test_the_configuration_file_of_pytest_holds_every_option(pytester: pytest.Pytester) -> None:
    """Each kind of option is read from there; paths are relative to that file."""
    pytester.makepyprojecttoml(
        """
        [tool.pytest.ini_options]
        cartfuzz_contract = "current"
        cartfuzz_seed = "5"
        cartfuzz_explore = "20"
        cartfuzz_rps = "2.5"
        cartfuzz_baseline = "known.toml"
        cartfuzz_baseline_strict = "true"
        cartfuzz_allow_host = ["a.example", "b.example"]
        cartfuzz_report_dir = "out"
        """
    )
    pytester.path.joinpath("known.toml").write_text("", "utf-8")
    read = settings(pytester)
    assert (read.contract, read.seed, read.explore, read.rps) == ("current", 5, 20, 2.5)
    assert read.baseline == pytester.path / "known.toml"
    assert read.baseline_strict
    assert read.allow_hosts == ("a.example", "b.example")
    assert read.report_dir == pytester.path / "out"


def test_the_command_line_comes_first(pytester: pytest.Pytester) -> None:
    """An option of the command line counts before pytest's file."""
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\ncartfuzz_seed = "5"\n')
    assert settings(pytester, "--cartfuzz-seed", "6").seed == 6


@pytest.mark.parametrize(
    ("written", "args", "expected"),
    [
        ("url", ["--cartfuzz-sandbox"], (None, True)),
        ("sandbox", ["--cartfuzz-url", "http://b"], ("http://b", False)),
        ("url", [], ("http://a", False)),
        ("sandbox", [], (None, True)),
    ],
)
def test_the_target_of_the_command_line_comes_first(
    pytester: pytest.Pytester, written: str, args: list[str], expected: tuple[str | None, bool]
) -> None:
    """A URL there replaces the sandbox of pytest's file, and the other way round."""
    lines = {"url": 'cartfuzz_url = "http://a"', "sandbox": 'cartfuzz_sandbox = "true"'}
    pytester.makepyprojecttoml(f"[tool.pytest.ini_options]\n{lines[written]}\n")
    read = settings(pytester, *args)
    assert (read.url, read.sandbox) == expected


def test_a_random_seed_is_drawn_and_shown(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the run can be repeated."""
    monkeypatch.setattr("secrets.randbelow", lambda _: 4711)
    pytester.makepyfile(PLAIN)
    result = pytester.runpytest_inprocess("--cartfuzz-sandbox", "--cartfuzz-seed", "random")
    result.stdout.fnmatch_lines(["cartfuzz: embedded sandbox, seed 4711"])


def test_workers_take_the_random_seed_of_their_controller(pytester: pytest.Pytester) -> None:
    """Each of them would draw other scenarios otherwise."""
    config = pytester.parseconfig("--cartfuzz-seed", "random")
    vars(config)["workerinput"] = {SEED_INPUT: 5}  # as pytest-xdist sets it
    assert settings_of(config).seed == 5


@pytest.mark.parametrize(("given", "seed"), [("12", 12), ("random", 0)])
def test_the_seed_of_hypothesis_is_the_seed(
    pytester: pytest.Pytester, given: str, seed: int
) -> None:
    """Without a seed of its own the plugin takes that of Hypothesis if it is a number."""
    assert settings(pytester, f"--hypothesis-seed={given}").seed == seed


def test_strictness_follows_pytest(pytester: pytest.Pytester) -> None:
    """Without an option of its own ``xfail_strict`` decides about known failures that are gone."""
    assert not settings(pytester).baseline_strict
    pytester.makeini("[pytest]\nxfail_strict = true\n")
    assert settings(pytester).baseline_strict


def test_the_marker_is_known_and_checked(pytester: pytest.Pytester) -> None:
    """A marker without ``rule=`` is an error of its test; a right one stands in the JUnit file."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.cartfuzz(rule="CART-01")
        def test_right():
            pass

        @pytest.mark.cartfuzz("CART-01")
        def test_wrong():
            pass
        """
    )
    result = pytester.runpytest_inprocess("--strict-markers", "--junitxml", "out.xml")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*expected @pytest.mark.cartfuzz(rule=RULE-ID)*"])
    assert 'name="cartfuzz_rule" value="CART-01"' in (pytester.path / "out.xml").read_text("utf-8")


def test_the_configuration_file_is_read_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many tests of the suite and fixtures need what it holds."""
    read: list[object] = []

    def counted(path: Path, *, plugins: tuple[str, ...]) -> Configuration:
        read.append(path)
        return read_configuration(path, plugins=plugins)

    monkeypatch.setattr(configuration_sources, "read_configuration", counted)
    pytester.path.joinpath("cartfuzz.toml").write_text("[environment]\n", "utf-8")
    pytester.makepyfile(
        """
        def test_one(cartfuzz_environment):
            assert not cartfuzz_environment.flattening

        def test_two(cartfuzz_target):
            assert cartfuzz_target.url
        """
    )
    result = pytester.runpytest_inprocess(
        "--cartfuzz-sandbox", "--cartfuzz-config", "cartfuzz.toml"
    )
    result.assert_outcomes(passed=2)
    assert len(read) == 1
