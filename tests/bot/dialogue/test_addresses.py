"""A patient's network address: actions see it for the turn, and nothing keeps it."""

from __future__ import annotations

from bot.channels.http import _subscriber
from bot.dialogue.hearing import Hearing
from bot.dialogue.messages import UserMessage
from bot.dialogue.personal import PersonalText
from bot.dialogue.tracker import Tracker
from bot.nlu.result import ParseResult
from bot.project.domain import Domain

ADDRESS = "203.0.113.7"
DOMAIN = Domain({"intents": ["greet"], "slots": {}, "responses": {}})


def test_it_is_in_the_turn_and_not_in_the_log() -> None:
    parsed = ParseResult("bonjour", {"name": "greet", "confidence": 1.0}, [], [])
    hearing = Hearing(DOMAIN, lambda _text: parsed, PersonalText(["email"]))
    message = UserMessage("bonjour", "p", "webchat", {"page_session": "1"}, address=ADDRESS)
    heard = hearing.hear(Tracker("p", DOMAIN), message, asked_secret=False, now=1.0)
    assert heard.event["metadata"]["address"] == ADDRESS
    assert heard.event["parse_data"]["metadata"]["address"] == ADDRESS
    assert ADDRESS not in str(heard.logged)
    assert heard.logged["metadata"] == {"page_session": "1"}
    assert ADDRESS not in repr(message)
    assert "bonjour" not in repr(heard)


def test_a_subscriber_has_one_address() -> None:
    assert _subscriber("203.0.113.7") == ADDRESS
    assert _subscriber("::ffff:203.0.113.7") == ADDRESS
    assert _subscriber("2001:db8:1:2:3:4:5:6") == _subscriber("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert _subscriber("fe80::1%eth0") == "fe80::/64"
    assert _subscriber("unknown") == "unknown"
    assert len(_subscriber("x" * 5000)) == 64
