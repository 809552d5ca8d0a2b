"""One conversation from the first word to the last, judged turn by turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.dialogue.messages import UserMessage
from tests.simulation.memory import SECRETS
from tests.simulation.patients import Patient
from tests.simulation.player import TALK, Move, Player
from tests.simulation.reading import Reader, Reading
from tests.simulation.world import World

MOST_TURNS = 90
MOST_MESSAGES = 12
"""For a signup without a mistake, the code included."""
MOST_TRIES = 3
"""Times that a good answer may be asked for again before it counts as a loop."""
_BROKEN = re.compile(r"{\w*}|\bNone\b|\butter_|\baction_|\bnull\b|\[\]")
_TROUBLE = re.compile(
    r"utter_(?:wrong_\w+|stuck_\w+|rephrase|did_you_mean|not_understood_clinic|password_restart|code_\w+|login_wrong)"
)
_NO_TROUBLE = {"utter_code_sent", "utter_code_resent"}


@dataclass
class Turn:
    """What was sent, what came back, what was wrong with it."""

    move: Move
    reading: Reading
    failures: list[str]


@dataclass
class Played:
    """A finished conversation."""

    patient: Patient
    turns: list[Turn] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    struggles: Counter[tuple[str, str]] = field(default_factory=Counter)
    linked: bool = False

    @property
    def messages(self) -> int:
        """How many messages the patient sent."""
        return len(self.turns)

    @property
    def until_linked(self) -> int:
        """Messages up to the one that linked the clinic."""
        for number, turn in enumerate(self.turns, 1):
            if turn.reading.has("utter_linked"):
                return number
        return len(self.turns)

    def transcript(self) -> str:
        """The conversation, to be read by a person."""
        lines = [str(self.patient)]
        for number, turn in enumerate(self.turns, 1):
            move = turn.move
            lines.append(f"{number:3} {move.kind:>18} > {move.text[:160]!r}{' (masked)' if move.masked else ''}")
            lines += [f"{'':22}   {line.text}" for line in turn.reading.lines]
            lines += [f"{'':12}!!!!!!!!!! {failure}" for failure in turn.failures]
        lines += [f"!! {failure}" for failure in self.failures]
        return "\n".join(lines)


async def play(
    world: World, reader: Reader, phrases: Mapping[str, Mapping[str, Sequence[str]]], patient: Patient
) -> Played:
    """Let a patient talk until they are satisfied, or until something is clearly stuck."""
    player, played = Player(patient, phrases, world.codes), Played(patient)
    reading: Reading | None = None
    page = 1
    refused: Counter[str] = Counter()
    while len(played.turns) < MOST_TURNS:
        move = player.next(reading)
        if move is None:
            break
        world.clock.now += move.wait
        if move.wait > 24 * 3600:
            player.memory.forget()
        page += move.new_page
        if move.new_page:
            await world.portal.kill_code(patient.conversation, f"page-{page - 1}")
        before = player.memory.asked
        previous, reading = (
            reading,
            reader.read(await world.send(_message(patient, move, page), own_button=move.payload)),
        )
        turn = Turn(move, reading, [])
        played.turns.append(turn)
        player.memory.typed.update(move.values)
        turn.failures += player.memory.observe(
            reading,
            answered=before if move.slot == before and move.kind not in TALK else None,
            reopened=set(move.reopened),
        )
        after = player.memory.asked
        turn.failures += _wrong_with(reading, previous, after)
        actual = world.live(patient.conversation).requested_slot
        if actual != after and move.kind != "too_long":
            turn.failures.append(f"misled: {after} seems to be asked, it is {actual}")
            player.memory.asked = actual
        if (
            move.kind in TALK
            and before is not None
            and after not in (before, None)
            and not reading.has("utter_closing")
        ):
            turn.failures.append(f"talk taken for an answer: {move.kind} at {before}")
        if move.good and after == before and before is not None:
            refused[before] += 1
            played.struggles[before, "good answer not taken"] += 1
            if refused[before] >= MOST_TRIES:
                turn.failures.append(f"loop: a good answer to {before} is not taken")
                break
        elif move.good and before is not None:
            refused[before] = 0
        _note(played.struggles, before, move, reading)
    await _judge(world, player, played)
    return played


def _message(patient: Patient, move: Move, page: int) -> UserMessage:
    channel = "webchat" if patient.channel == "webchat" else "rest"
    metadata = {"page_session": f"page-{page}"} if channel == "webchat" else {}
    if move.masked:
        metadata["input"] = "secret"
    return UserMessage(
        move.text if move.masked else move.text.strip(),
        patient.conversation,
        channel,
        metadata,
        payloads=False,
        masked=move.masked,
    )


def _wrong_with(reading: Reading, previous: Reading | None, asked: str | None) -> list[str]:
    wrong = []
    if not reading.lines:
        wrong.append("silence")
    for line in reading.lines:
        if _BROKEN.search(line.text):
            wrong.append(f"broken text: {line.text}")
        if not line.names:
            wrong.append(f"not a sentence of the domain: {line.text}")
    wrong += [
        f"broken button: {one}" for one in reading.buttons if _BROKEN.search(str(one["title"])) or not one["title"]
    ]
    if reading.has("utter_internal_error"):
        wrong.append("internal error")
    if len(reading.asks) > 1:
        wrong.append(f"several questions at once: {', '.join(reading.asks)}")
    if previous is not None:
        wrong += [f"said twice in a row: {sentence}" for sentence in reading.sentences & previous.sentences]
    if asked in SECRETS and reading.secret != asked and not reading.has("utter_too_long"):
        wrong.append(f"{asked} is asked without a masked field")
    return wrong


def _note(struggles: Counter[tuple[str, str]], before: str | None, move: Move, reading: Reading) -> None:
    for name in reading.names - _NO_TROUBLE:
        if _TROUBLE.fullmatch(name):
            by = move.kind if move.kind in TALK or move.kind.startswith("slip") else move.kind.split("_")[0]
            struggles[before or "-", f"{name.removeprefix('utter_')} ({by})"] += 1


async def _judge(world: World, player: Player, played: Played) -> None:
    patient = played.patient
    played.failures += [failure for turn in played.turns for failure in turn.failures]
    tracker = world.live(patient.conversation)
    played.linked = player.memory.linked > 0
    if not (played.linked and player.done):
        played.failures.append(f"not linked: stopped at {player.memory.asked}")
        return
    account = tracker.slot("account_id")
    if account is not None:
        profile = await world.portal.profile(account)
        for slot, stored in (("email", profile.email), ("nam", profile.nam), ("username", profile.username)):
            same_as_email = slot == "username" and "@" in stored  # the address of then, which may have been mended
            if stored != player.want[slot] and not same_as_email:
                played.failures.append(f"account opened with another {slot}")
        if len(await world.portal.linked_clinics(account)) < player.memory.linked:
            played.failures.append("said to be linked, and is not")
    # Nine digits may be a NAS: New Brunswick's patients are asked about theirs, once or twice.
    most = MOST_MESSAGES + (2 if patient.province == "NB" else 0)
    if patient.flawless and played.until_linked > most:
        played.failures.append(f"{played.until_linked} messages for a signup without a mistake")
