"""A channel whose deliveries could be forged does not start."""

from __future__ import annotations

import pytest

from bot.channels.base import ChannelSettingsError
from bot.channels.messaging import open_channels
from bot.settings import Settings, settings_from
from tests.bot.channels.messaging.providers import CREDENTIALS, SID, TOKEN
from tests.bot.fakes import KEY


def settings(*, demo: bool = False, **values: str) -> Settings:
    return settings_from({"SOFY_SECRET_KEY": KEY, "PUBLIC_URL": "https://exemple.ca", **values}, demo=demo)


def test_all_of_them() -> None:
    channels = open_channels({**CREDENTIALS, "rest": {}}, settings())
    assert [channel.name for channel in channels] == ["twilio", "facebook", "telegram"]
    assert channels[0].webhook_url == "https://exemple.ca/webhooks/twilio/webhook"


def test_none() -> None:
    assert open_channels({"rest": {}}, settings()) == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("twilio", "auth_token"),
        ("twilio", "account_sid"),
        ("twilio", "twilio_number"),
        ("facebook", "secret"),
        ("facebook", "verify"),
        ("facebook", "page-access-token"),
        ("telegram", "secret_token"),
        ("telegram", "access_token"),
    ],
)
@pytest.mark.parametrize("value", [None, "", "  ", "${NOT_SET}"])
def test_a_missing_secret(name: str, key: str, value: str | None) -> None:
    with pytest.raises(ChannelSettingsError) as raised:
        open_channels({name: {**CREDENTIALS[name], key: value}}, settings())
    assert key in str(raised.value)
    assert name in str(raised.value)
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize("url", ["", "http://exemple.ca", "http://localhost:5005"])
@pytest.mark.parametrize("name", CREDENTIALS)
def test_without_a_public_address(name: str, url: str) -> None:
    with pytest.raises(ChannelSettingsError, match="PUBLIC_URL"):
        open_channels({name: CREDENTIALS[name]}, settings(PUBLIC_URL=url))


def test_the_trial_needs_to_be_told_too() -> None:
    with pytest.raises(ChannelSettingsError, match="PUBLIC_URL"):
        open_channels({"twilio": CREDENTIALS["twilio"]}, settings(demo=True, PUBLIC_URL=""))
    assert open_channels({"twilio": CREDENTIALS["twilio"]}, settings(demo=True, PUBLIC_URL="http://localhost:5005"))


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({"slack": {}}, "slack"),
        ({"twilio": {**CREDENTIALS["twilio"], "acount_sid": SID}}, "acount_sid"),
        ({"twilio": {**CREDENTIALS["twilio"], "trust_forwarded": True}}, "SOFY_PROXY_HOPS"),
        ({"telegram": {**CREDENTIALS["telegram"], "secret_token": "trop court"}}, "secret_token"),
        ({"telegram": {**CREDENTIALS["telegram"], "webhook_url": "https://autre.ca/x"}}, "webhook_url"),
    ],
)
def test_settings_that_can_not_be_meant(credentials: dict[str, dict[str, object]], said: str) -> None:
    with pytest.raises(ChannelSettingsError, match=said):
        open_channels(credentials, settings())
