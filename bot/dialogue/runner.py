"""Running one action by its name: a response, a form, a default action or a custom one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bot.dialogue.action_client import ActionClient
from bot.dialogue.events import Event, bot_uttered, from_action
from bot.dialogue.responses import Responses
from bot.dialogue.tracker import View
from bot.project.domain import Domain

logger = logging.getLogger(__name__)


class Runner:
    """What actions need to run in one turn: the domain, the responses, the action server, the channel."""

    def __init__(
        self,
        domain: Domain,
        responses: Responses,
        client: ActionClient,
        *,
        channel: str,
        said: Mapping[str, int],
        secret: bool = False,
    ) -> None:
        """`said` has the variation of each response said last; `secret` is whether this turn's text is one."""
        self.domain = domain
        self.secret = secret
        self._responses = responses
        self._client = client
        self._channel = channel
        self._said = dict(said)

    def utter(
        self, name: str, view: View, extra: Mapping[str, Any] | None = None, *, silent: bool = False
    ) -> list[Event]:
        """Say a response: one bot event, or none when it has no variation for this channel and these slots."""
        message = self._generate(name, view, extra)
        if message is None:
            if not silent:
                logger.error("The response %s has nothing to say here", name)
            return []
        return [bot_uttered(message)]

    async def remote(self, name: str, view: View) -> list[Event]:
        """Run a custom action: its messages, then its events. Raises ActionRejectedError, ActionFailedError."""
        result = await self._client.run(name, view, self.domain)
        messages = [event for raw in result.responses for event in self._message(raw, view)]
        events, unknown = from_action(result.events)
        for kind in unknown:
            logger.error("The action %s returned an event that is not supported: %s", name, kind)
        return messages + events

    def _message(self, raw: Mapping[str, Any], view: View) -> list[Event]:
        """A message of a custom action; `response` names one of the domain's, to be filled in."""
        values = dict(raw)
        name = values.pop("response", None)
        message: dict[str, Any] = {}
        if name:
            generated = self._generate(str(name), view, values)
            if generated is None:
                logger.error("The response %s has nothing to say here", name)
                return []
            message = generated
        buttons = values.pop("buttons", None) or []
        if buttons:
            message["buttons"] = [*(message.get("buttons") or []), *buttons]
        message.update({key: value for key, value in values.items() if value})
        return [bot_uttered(message)]

    def _generate(self, name: str, view: View, extra: Mapping[str, Any] | None) -> dict[str, Any] | None:
        message = self._responses.generate(name, view, self._channel, self._said, extra)
        if message is not None and "variation" in message:
            self._said[name] = message["variation"]
        return message
