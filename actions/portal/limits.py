"""Slowing down guesses, without a lock that a stranger could put on someone else's account.

Failures are counted per conversation and per keyed value (the login typed, the NAM tried), and forgiven as
time goes by. A conversation that fails too often waits longer and longer, up to a quarter of an hour. A value
that fails too often, from whichever conversations, makes waits of half a minute at most. When a clinic, or all
together, has had too many failures within an hour, conversations that failed already wait until there are fewer.
Both hold only conversations that failed already: whoever comes with the right password is always heard the first time.
An address (of the network) from which too much fails is heard once in ten seconds, whatever the conversation: else a
guesser would begin a new one for each try.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from actions.portal.counting import Counts, Failures, Use, Window, remaining
from actions.portal.limit_settings import Limits

HOUR_SECONDS: Final = 3600.0
DAY_SECONDS: Final = 24 * HOUR_SECONDS
ADDRESS_SECONDS: Final = 10.0
"""How long an address that is over its limit waits for its next turn."""

Kind = Literal["login", "match", "code"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How failures of one kind slow the next try. All times in seconds."""

    free: int
    """Failures that cost nothing."""
    step: float
    """The first wait; it doubles with each further failure."""
    cap: float
    """The longest wait."""
    forgiven_every: float
    """Time after which one failure is forgotten."""

    def wait(self, failures: Failures | None, now: float) -> float:
        """Seconds to wait from now, 0 for none."""
        over = math.ceil(remaining(failures, self.forgiven_every, now)) - self.free
        if failures is None or over < 0:
            return 0.0
        wait: float = min(self.cap, self.step * 2 ** min(over, 30))
        return max(0.0, failures.last_at + wait - now)

    def forgiven_in(self, failures: Failures | None, now: float) -> int:
        """Whole seconds until nothing is counted any more."""
        return math.ceil(remaining(failures, self.forgiven_every, now) * self.forgiven_every)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a try is not made now: this conversation or value failed too often, or too many fail everywhere."""

    status: Literal["slowed", "busy"]
    limit: str
    """What refused, as a word for the metrics and the audit trail: « login_slowed », « match_failures_clinic »."""
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that may fail: by which conversation (keyed hash), with which value (keyed hash, or None)."""

    kind: Kind
    conv_index: str
    value_index: str | None = None
    crowd: Sequence[Use] = ()
    """What its failure counts for besides; these hold only conversations that failed already."""
    address_index: str | None = None
    """Keyed hash of the address that it comes from; None where that says nothing of the patient."""

    @property
    def names(self) -> list[str]:
        """Under which names its failures are counted: the conversation's, then the value's."""
        own = f"{self.kind}:c:{self.conv_index}"
        return [own] if self.value_index is None else [own, f"{self.kind}:v:{self.value_index}"]

    @property
    def address_name(self) -> str | None:
        """Under which name the failures of its address are counted."""
        return None if self.address_index is None else f"{self.kind}:a:{self.address_index}"


class Slowing:
    """The rules, with the thresholds of the settings."""

    def __init__(self, limits: Limits):
        self._by_conversation = {
            "login": Rule(limits.conversation_login_failures, step=30, cap=900, forgiven_every=600),
            "match": Rule(limits.conversation_match_failures, step=30, cap=900, forgiven_every=300),
            "code": Rule(limits.conversation_code_failures, step=30, cap=900, forgiven_every=300),
        }
        self._by_value = {
            "login": Rule(limits.name_login_failures, step=5, cap=30, forgiven_every=60),
            "match": Rule(limits.nam_match_failures, step=5, cap=30, forgiven_every=60),
        }
        self._by_address = {
            "login": _of_address(limits.address_login_failures_per_hour),
            "match": _of_address(limits.address_match_failures_per_hour),
            "code": _of_address(limits.address_code_failures_per_hour),
        }

    async def hold(self, counts: Counts, now: float, attempt: Attempt) -> Hold | None:
        """Whether the conversation has to wait before it tries (again); None when it may now."""
        address, of_address = attempt.address_name, self._by_address[attempt.kind]
        names = attempt.names
        mine, *others = await counts.failures([*names, *([address] if address is not None else [])])
        of_value = others[: len(names) - 1]
        if address is not None and of_address is not None and (wait := of_address.wait(others[-1], now)) > 0:
            return Hold("busy", f"{attempt.kind}_failures_address", math.ceil(wait))
        by_conversation, by_value = self._by_conversation[attempt.kind], self._by_value.get(attempt.kind)
        if not remaining(mine, by_conversation.forgiven_every, now):
            return None
        wait = max(
            [by_conversation.wait(mine, now), *(by_value.wait(each, now) for each in of_value if by_value is not None)]
        )
        if wait > 0:
            return Hold("slowed", f"{attempt.kind}_slowed", math.ceil(wait))
        refusal = await counts.refusal(attempt.crowd) if attempt.crowd else None
        if refusal is None:
            return None
        # Heard again when there are fewer failures everywhere, or when its own are forgiven: whichever comes first.
        return Hold("busy", refusal.reason, min(refusal.wait_seconds, by_conversation.forgiven_in(mine, now)))

    async def failed(self, counts: Counts, attempt: Attempt) -> None:
        """Count a failed try."""
        rules = [self._by_conversation[attempt.kind], self._by_value.get(attempt.kind)]
        for name, rule in zip(attempt.names, rules, strict=False):
            if rule is not None:
                await counts.add_failure(name, rule.forgiven_every)
        of_address = self._by_address[attempt.kind]
        if attempt.address_name is not None and of_address is not None:
            await counts.add_failure(attempt.address_name, of_address.forgiven_every)
        if attempt.crowd:
            await counts.note(attempt.crowd, secrets.token_hex(8))

    @staticmethod
    async def succeeded(counts: Counts, attempt: Attempt) -> None:
        """A try succeeded: the conversation starts afresh; the value does not, others may still guess it."""
        await counts.forget(attempt.names[:1])


def _of_address(per_hour: int) -> Rule | None:
    """The rule of an address; None when there is no limit."""
    if not per_hour:
        return None
    return Rule(per_hour, step=ADDRESS_SECONDS, cap=ADDRESS_SECONDS, forgiven_every=HOUR_SECONDS / per_hour)


def of_crowd(name: str, limit: int, reason: str) -> list[Use]:
    """A use that many share, within an hour; nothing when there is no limit, and nothing is to be counted."""
    return [Use(name, (Window(limit, HOUR_SECONDS, reason),))] if limit else []


def failed_logins_of(login_index: str) -> str:
    """Under which name the failed logins with a username or an email are counted."""
    return f"login:v:{login_index}"


def codes_to(email_index: str) -> str:
    """Under which name the codes mailed to a mailbox are counted."""
    return f"codes:mailbox:{email_index}"
