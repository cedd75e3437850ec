"""Which of several places of the API key counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.access.key_choice import KeyPlace, chosen_place
from cartfuzz.harness.settings import API_KEY_VARIABLE, Settings
from cartfuzz.harness.target_settings import TargetSettings

CONFIG = Path("/shop/cartfuzz.toml")


@pytest.mark.parametrize(
    ("settings", "target", "place"),
    [
        (Settings(), TargetSettings(), KeyPlace(API_KEY_VARIABLE)),
        (Settings(), TargetSettings(api_key_file="key"), KeyPlace(file="/shop/key")),
        (Settings(), TargetSettings(api_key_keyring="a/b"), KeyPlace(keyring="a/b")),
        (Settings(api_key_env="X"), TargetSettings(api_key_file="key"), KeyPlace("X")),
        (
            Settings(api_key_file=Path("/own")),
            TargetSettings(api_key_keyring="a"),
            KeyPlace(file="/own"),
        ),
        (Settings(api_key_keyring="a"), TargetSettings(), KeyPlace(keyring="a/cartfuzz")),
    ],
)
def test_an_option_before_the_file(
    settings: Settings, target: TargetSettings, place: KeyPlace
) -> None:
    """Options count before the configuration, both before the usual variable."""
    assert chosen_place(settings, target, CONFIG) == place


def test_one_place_only() -> None:
    """Two places at once are refused, by the names that the user wrote."""
    both = Settings(api_key_file=Path("k"), api_key_keyring="a")
    with pytest.raises(ConfigurationError, match="--api-key-file and --api-key-keyring"):
        chosen_place(both, TargetSettings(), None)
    target = TargetSettings(api_key_file="k", api_key_keyring="a")
    with pytest.raises(ConfigurationError, match=r"api_key_file and target\.api_key_keyring"):
        chosen_place(Settings(), target, CONFIG)
