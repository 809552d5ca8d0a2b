"""One patient in front of the screen: reads a turn, decides what to do next."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.rules.email import mask_email
from actions.rules.nam import mask_nam
from tests.simulation.answers import Answer, Pen
from tests.simulation.memory import ONCE, PARENT, SECRETS, Memory, main
from tests.simulation.patients import NAS, Patient
from tests.simulation.reading import Reading

_CHOICE = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
_HOUR = 3600.0
_SIGNUP = (*ONCE, *PARENT, "signup_confirmed")
_BY_KIND = {
    "hello": "hello",
    "thanks": "thanks",
    "upset": "upset",
    **{kind: kind for kind in ("question", "explain", "help", "status", "repeat", "human", "bot", "chat", "emoji")},
    **{kind: kind for kind in ("noise", "english", "emergency", "medical", "wait", "refuse")},
}
TALK = frozenset(_BY_KIND) | {"long", "too_long"}
"""What is said without giving, changing or stopping anything: it must not answer the question."""
_RAMBLING = "vous savez dans mon temps on téléphonait puis une dame nous répondait tout de suite et c'était réglé "


@dataclass
class Move:
    """What the patient does: wait, perhaps load the page again, then send a text."""

    text: str
    kind: str
    slot: str | None = None
    good: bool = False
    payload: bool = False
    masked: bool = False
    wait: float = 10.0
    new_page: bool = False
    values: Mapping[str, str | None] = field(default_factory=dict)
    reopened: set[str] = field(default_factory=set)


class Player:
    """Plays one patient. `codes` looks into the mailbox of an address."""

    def __init__(
        self,
        patient: Patient,
        phrases: Mapping[str, Mapping[str, Sequence[str]]],
        codes: Callable[[str], list[str]],
    ) -> None:
        self.patient = patient
        self.rng = random.Random(f"{patient.seed}:{patient.number}:play")
        self.pen = Pen(patient, phrases, self.rng)
        self.memory = Memory()
        self.want: dict[str, str] = {
            "email": patient.old_email or patient.email,
            "nam": patient.nam,
            "username": patient.username,
        }
        self.done = False
        self._codes = codes
        self._slips = {slot: list(kinds) for slot, kinds in patient.slips.items()}
        self._asides = list(patient.asides)
        self._cancelling: bool | None = None
        self._tries: dict[str, int] = {}
        self._page_left = False
        self._wait = 0.0
        self._question_beside = False
        self._said = ""
        self._taken: str | None = None
        self._not_the_card = False  # the last nine digits given were a NAS
        self._more = patient.second_clinic is not None

    # -- deciding

    def next(self, reading: Reading | None) -> Move | None:
        """The next move; None when the patient is satisfied and leaves."""
        if reading is not None and reading.has("utter_closing"):
            self.done = True
            return None
        if self._taken is not None and self.memory.asked != "username":
            self.want["username"] = self._taken  # its owner's account has expired meanwhile: it was free
        move = self._decide(reading)
        self._taken = move.text if move.kind == "slip taken" else None
        move.wait += self._wait
        move.new_page = self._page_left
        self._wait, self._page_left = 0.0, False
        self._said = move.text if not move.payload else ""
        digits = "".join(filter(str.isdigit, move.text))
        if any(nas in digits for nas in NAS):
            self._not_the_card = True
        elif self.want["nam"][-8:] in digits:
            self._not_the_card = False
        return move

    def _decide(self, reading: Reading | None) -> Move:
        if reading is None:
            return self._open()
        asked = self.memory.asked
        if asked is None:
            return self._start_again(reading)
        if asked != "cancel_confirmed" and self._asides and self.rng.random() < self.patient.talkative:
            move = self._aside(self._asides.pop(0), asked, reading)
            if move is not None:
                return move
        return self._answer(asked, reading)

    def _open(self) -> Move:
        opening = self.patient.opening
        if opening == "click" and self.patient.channel == "webchat":
            return Move("/signup", "open", payload=True)
        if opening == "with_email":
            email = self.want["email"]
            return Move(self.pen.phrase("signup_with_email", value=email), "open", values={"email": email})
        return Move(self.pen.phrase("hello" if opening == "hello" else "signup"), "open")

    def _start_again(self, reading: Reading) -> Move:
        """Nothing is being asked: take up what was left."""
        self._tries["start"] = self._tries.get("start", 0) + 1
        if reading.has("utter_code_limit", "utter_match_slowed", "utter_login_slowed"):
            self._wait = 1.1 * _HOUR
        if reading.has("utter_need_account") and self.memory.linked + self.memory.account:
            return self._press(reading, "/login", self.pen.phrase("login"))
        if self.memory.account:
            return Move(self.pen.phrase("add_clinic"), "start")
        if reading.has("utter_cancelled", "utter_terms_refused"):
            return Move(self.pen.phrase("resume"), "start")
        return self._press(reading, "/signup", self.pen.phrase("signup"))

    def _press(self, reading: Reading, payload: str, otherwise: str) -> Move:
        shown = any(button["payload"] == payload for button in reading.buttons)
        if shown and self.patient.channel == "webchat" and self.rng.random() < 0.5:
            return Move(payload, "press", payload=True)
        return Move(otherwise, "start")

    # -- answering

    def _answer(self, asked: str, reading: Reading) -> Move:
        kind = self._next_slip(asked)
        if kind is not None:
            return self._make_slip(asked, kind, reading)
        self._tries[asked] = self._tries.get(asked, 0) + 1
        bare = self._tries[asked] > 1
        method = getattr(self, f"_answer_{asked}", None)
        move: Move = method(reading, bare) if method else self._yes(asked, reading, bare=bare)
        if self._question_beside and asked not in SECRETS and not move.payload and move.kind == "answer":
            self._question_beside = False
            move.text = f"{move.text}, {self.pen.question()}"
            move.kind = "answer and question"
        return move

    def _next_slip(self, asked: str) -> str | None:
        kinds = self._slips.get(asked)
        return kinds.pop(0) if kinds else None

    def _move(self, slot: str, answer: Answer, **values: Any) -> Move:
        masked = slot in SECRETS and self.patient.channel == "webchat"
        return Move(answer.text, "answer", slot, answer.good, masked=masked, values=answer.values, **values)

    def _yes(self, slot: str, reading: Reading, *, bare: bool = False, good: bool = True) -> Move:
        return self._say_or_press(slot, reading, "/affirm", "oui" if bare else self.pen.phrase("yes"), good=good)

    def _no(self, slot: str, reading: Reading, *, good: bool = True) -> Move:
        return self._say_or_press(slot, reading, "/deny", self.pen.phrase("no"), good=good)

    def _say_or_press(self, slot: str, reading: Reading, payload: str, text: str, *, good: bool = True) -> Move:
        shown = any(button["payload"] == payload for button in reading.buttons)
        if shown and self.patient.channel == "webchat" and self.rng.random() < 0.4:
            return Move(payload, "answer", slot, good, payload=True)
        return Move(text, "answer", slot, good)

    def _answer_email(self, reading: Reading, bare: bool) -> Move:
        return self._move("email", self.pen.email(self.want["email"], bare=bare))

    def _answer_email_correction(self, reading: Reading, bare: bool) -> Move:
        meant = reading.shown.get("suggestion", "").casefold() == self.want["email"].partition("@")[2].casefold()
        if "typo_kept" in self.patient.slips.get("email", ()):
            move = self._no("email_correction", reading)
            move.values = {"email": None}
            return move
        move = self._yes("email_correction", reading, bare=bare) if meant else self._no("email_correction", reading)
        move.values = {"email": self.want["email"] if meant else None}
        return move

    def _answer_nam(self, reading: Reading, bare: bool) -> Move:
        return self._move("nam", self.pen.nam(self.want["nam"], bare=bare))

    def _answer_nam_province(self, reading: Reading, bare: bool) -> Move:
        brunswick = self.patient.province == "NB"
        payload = f'/inform{{"province": "{"NB" if brunswick else self.patient.province}"}}'
        text = self.pen.phrase("province_nb" if brunswick else "province_qc")
        move = self._say_or_press("nam_province", reading, payload, text)
        move.values = {"nam": self.want["nam"] if brunswick else None}
        return move

    def _answer_nam_correction(self, reading: Reading, bare: bool) -> Move:
        move = self._yes("nam_correction", reading, bare=bare)
        move.values = {"nam": self.want["nam"]}
        return move

    def _answer_nam_confirmation(self, reading: Reading, bare: bool) -> Move:
        brunswick = self.patient.province == "NB" and not self._not_the_card
        move = self._yes("nam_confirmation", reading, bare=bare) if brunswick else self._no("nam_confirmation", reading)
        move.values = {"nam": self.want["nam"] if brunswick else None}
        return move

    def _answer_username(self, reading: Reading, bare: bool) -> Move:
        if reading.has("utter_wrong_username_other_email"):
            return Move(self.pen.phrase("correct_email"), "change", reopened={"email"})
        free = [button["payload"] for button in reading.buttons if not button["payload"].startswith("/")]
        if reading.has("utter_wrong_username_taken") and free:
            self.want["username"] = self.rng.choice(free)
            bare = True
        elif not bare and self.rng.random() < 0.1:
            self.want["username"] = self.want["email"]
            if self.rng.random() < 0.5:
                same = {"username": self.memory.held.get("email")}
                return self._move("username", Answer(self.pen.phrase("username_same"), values=same))
            bare = True
        return self._move("username", self.pen.username(self.want["username"], bare=bare))

    def _answer_password(self, reading: Reading, bare: bool) -> Move:
        return self._move("password", Answer(self.patient.password))

    def _answer_password_confirmation(self, reading: Reading, bare: bool) -> Move:
        return self._move("password_confirmation", Answer(self.patient.password))

    def _answer_login_id(self, reading: Reading, bare: bool) -> Move:
        return self._move("login_id", Answer(self.rng.choice((self.want["username"], self.want["email"]))))

    def _answer_login_password(self, reading: Reading, bare: bool) -> Move:
        return self._move("login_password", Answer(self.patient.password))

    def _answer_terms_accepted(self, reading: Reading, bare: bool) -> Move:
        return self._say_or_press("terms_accepted", reading, "/affirm", self.pen.phrase("accept"))

    def _answer_privacy_accepted(self, reading: Reading, bare: bool) -> Move:
        return self._say_or_press("privacy_accepted", reading, "/affirm", self.pen.phrase("accept"))

    def _answer_signup_confirmed(self, reading: Reading, bare: bool) -> Move:
        shown = {**(self.memory.last.shown if self.memory.last else {}), **reading.shown}
        checks = (
            ("email", "email_masked", mask_email),
            ("nam", "nam_masked", mask_nam),
            ("username", "username_shown", None),
        )
        for slot, place, mask in checks:
            right = mask(self.want[slot]) if mask else self._username_shown()
            if place in shown and shown[place] != right and self._tries.get(f"fix {slot}", 0) < 2:
                return self._change(slot)
        return self._yes("signup_confirmed", reading, bare=bare)

    def _username_shown(self) -> str:
        value = self.want["username"]
        return mask_email(value) if "@" in value and "." in value else value

    def _change(self, slot: str) -> Move:
        self._tries[f"fix {slot}"] = self._tries.get(f"fix {slot}", 0) + 1
        self._tries[slot] = 0
        if self.patient.channel == "webchat" and self.rng.random() < 0.4:
            return Move(f'/correct_info{{"field": "{slot}"}}', "change", payload=True, reopened={slot})
        return Move(self.pen.phrase("change_choice", slot), "change", reopened={slot})

    def _answer_cancel_confirmed(self, reading: Reading, bare: bool) -> Move:
        stop, self._cancelling = bool(self._cancelling), None
        if stop:
            self._wait = self.rng.choice((60.0, 600.0, 5 * _HOUR))
            move = self._yes("cancel_confirmed", reading, bare=bare)
            move.reopened = {"password", "password_confirmation", "terms_accepted", "privacy_accepted"}
            return move
        return self._no("cancel_confirmed", reading)

    def _answer_resume_draft(self, reading: Reading, bare: bool) -> Move:
        if self.rng.random() < 0.8 or bare:
            return self._yes("resume_draft", reading, bare=bare)
        return self._no("resume_draft", reading)

    def _answer_clinic_query(self, reading: Reading, bare: bool) -> Move:
        return self._move("clinic_query", self.pen.clinic(bare=bare))

    def _answer_clinic_choice(self, reading: Reading, bare: bool) -> Move:
        listed = _CHOICE.findall(reading.text) or _CHOICE.findall(self._list)
        site = self.pen.site
        mine = [(int(number), line) for number, line in listed if line.startswith(site.name)]
        if listed:
            self._list = "\n".join(f"{number}. {line}" for number, line in listed)
        if not mine:
            return self._move("clinic_choice", Answer(site.name if bare else self.pen.phrase("none_of_these")))
        number, line = mine[0]
        button = next((one for one in reading.buttons if one["title"] == line), None)
        if button and self.patient.channel == "webchat" and self.rng.random() < 0.4:
            return Move(button["payload"], "answer", "clinic_choice", good=True, payload=True)
        return self._move("clinic_choice", self.pen.choice(number, site.name, alone=len(listed) == 1, bare=bare))

    _list = ""

    def _answer_match_repair(self, reading: Reading, bare: bool) -> Move:
        record = {"email": self.patient.email, "nam": self.patient.nam}
        shown = reading.shown.get("email_masked")
        if self.want["email"] != record["email"] or (shown is not None and shown != mask_email(record["email"])):
            self.want["email"] = record["email"]
            return self._change("email")
        if reading.shown.get("nam_masked") not in (None, mask_nam(record["nam"])):
            return self._change("nam")
        # Both look right on the screen: say them again, one after the other, then try another clinic.
        tries = self._tries["match_repair"]
        return (
            self._change("email") if tries % 3 == 1 else self._change("nam") if tries % 3 == 2 else self._other_clinic()
        )

    def _other_clinic(self) -> Move:
        return Move(
            '/correct_info{"field": "clinic"}' if self.patient.channel == "webchat" else "une autre clinique",
            "change",
            payload=self.patient.channel == "webchat",
        )

    def _answer_activation_code(self, reading: Reading, bare: bool) -> Move:
        offered = reading.has("utter_code_expired", "utter_code_dead", "utter_code_other_page", "utter_code_none")
        codes = self._codes(self.want["email"]) or self._codes(self.patient.email)
        if offered or not codes or self._tries["activation_code"] % 3 == 0:
            self._wait = 65.0
            return self._press(reading, "/resend_code", self.pen.phrase("resend"))
        return self._move("activation_code", self.pen.code(codes[-1], bare=bare))

    def _answer_another_clinic(self, reading: Reading, bare: bool) -> Move:
        if self._more and self.patient.second_clinic is not None:
            self._more = False
            self.pen.site = self.patient.second_clinic
            return self._yes("another_clinic", reading)
        return self._say_or_press("another_clinic", reading, "/deny", "non" if bare else self.pen.phrase("no_more"))

    # -- mistakes

    def _make_slip(self, asked: str, kind: str, reading: Reading) -> Move:
        if asked == "activation_code":
            move = self._slip_code(kind, reading)
        elif asked == "signup_confirmed":
            move = self._slip_summary(kind)
        else:
            answer = self.pen.slip(asked, kind)
            if answer is None:
                return self._answer(asked, reading)
            move = self._move(asked, answer)
            if asked in ("email", "nam", "username"):
                move.values = {asked: None}
            if kind == "mismatch_twice":
                self._slips[asked].insert(0, "mismatch")
            if asked in ("terms_accepted", "privacy_accepted") and kind == "refuse":
                move.reopened = {"password", "password_confirmation", "terms_accepted", "privacy_accepted"}
        move.kind = f"slip {kind}"
        return move

    def _slip_summary(self, kind: str) -> Move:
        if kind.startswith("change_"):
            return self._change(kind.removeprefix("change_"))
        text = self.pen.phrase("no") if kind == "say_no" else "hum je sais pas"
        return Move(text, "answer", "signup_confirmed")

    def _slip_code(self, kind: str, reading: Reading) -> Move:
        codes = self._codes(self.want["email"])
        last = codes[-1] if codes else "000000"
        wrong = f"{(int(last) + self.rng.randint(1, 999_998)) % 1_000_000:06}"
        if kind in ("wrong_thrice", "dead"):
            self._slips["activation_code"][:0] = ["wrong"] * (2 if kind == "wrong_thrice" else 4)
        if kind == "too_soon":
            return Move(self.pen.phrase("resend"), "resend")
        if kind == "old":
            self._wait = 65.0
            self._slips["activation_code"].insert(0, "oldest")
            return self._press(reading, "/resend_code", self.pen.phrase("resend"))
        if kind == "expired":
            self._wait = 11 * 60.0
            return self._move("activation_code", Answer(last, good=False))
        if kind == "other_page":
            self._page_left = True
            return self._move("activation_code", Answer(last, good=self.patient.channel == "plain"))
        if kind == "words":
            return self._move("activation_code", self.pen.code_in_words(last))
        if kind == "oldest" and len(codes) > 1:
            return self._move("activation_code", Answer(codes[-2], good=False))
        return self._move("activation_code", Answer(wrong, good=False))

    # -- everything else

    def _aside(self, kind: str, asked: str, reading: Reading) -> Move | None:
        if kind in _BY_KIND:
            if kind == "refuse" and asked not in ("email", "nam", "username", "password"):
                return None
            return Move(self.pen.phrase(_BY_KIND[kind]), kind, slot=asked)
        if kind == "long":
            return Move(_RAMBLING * 6, kind, slot=asked)
        if kind == "too_long":
            return Move(_RAMBLING * 60, kind, slot=asked)
        if kind == "answer_and_question":
            self._question_beside = True
            return None
        if kind in ("silence", "night"):
            self._wait = self.rng.choice((0.4, 1.5, 6, 20)) * _HOUR if kind == "silence" else 26 * _HOUR
            return None
        if kind == "reload":
            self._page_left = self.patient.channel == "webchat"
            return None
        if kind == "twice":
            return Move(self._said, kind) if self._said and asked not in SECRETS else None
        return self._navigate(kind, asked)

    def _navigate(self, kind: str, asked: str) -> Move | None:
        if asked not in _SIGNUP:
            return None
        if kind == "restart":
            self.memory.held.clear()
            return Move(self.pen.phrase("restart"), kind, reopened=set(ONCE))
        if kind in ("cancel_no", "cancel_return"):
            self._cancelling = kind == "cancel_return"
            return Move(self.pen.phrase("cancel"), kind)
        if kind == "back":
            return Move(self.pen.phrase("back"), kind, reopened=self._before(asked))
        slot = kind.removeprefix("correct_").removesuffix("_to")
        if slot not in self.memory.given:
            return None
        if kind.endswith("_to"):
            value = self.want[slot]
            return Move(self.pen.phrase(kind, value=value), kind, values={slot: value}, reopened={slot})
        reopened = {slot, "password_confirmation"} if slot == "password" else {slot}
        return Move(self.pen.phrase(kind), kind, reopened=reopened)

    @staticmethod
    def _before(asked: str) -> set[str]:
        if asked in PARENT:
            return {main(asked)}
        order = [*ONCE, "signup_confirmed"]
        place = order.index(asked)
        before = set(order[max(place - 1, 0) : place + 1])
        return before | ({"password", "password_confirmation"} if "password_confirmation" in before else set())
