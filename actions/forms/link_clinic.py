"""`link_clinic_form`: find the clinic, choose it among what was found."""

from __future__ import annotations

import re
from typing import Any

from actions.forms.base import ConversationForm
from actions.forms.run import FormRun
from actions.rules.text import fold
from actions.turn import Turn

_ORDINALS = (
    (1, re.compile(r"\b(?:premiere?|1ere?|prem|un|une|1)\b")),
    (2, re.compile(r"\b(?:deuxieme|seconde?|2e|2eme|deux|2)\b")),
    (3, re.compile(r"\b(?:troisieme|3e|3eme|trois|3)\b")),
    (4, re.compile(r"\b(?:quatrieme|4e|4eme|quatre|4)\b")),
    (5, re.compile(r"\b(?:cinquieme|5e|5eme|cinq|5)\b")),
)
_LAST = re.compile(r"\b(?:derniere?)\b")
_NONE = re.compile(r"\baucune?\b|\bpas (?:la|dans la liste|une de)|\bni l ?une\b|\bnon plus\b")
_LEAD = re.compile(
    r"^\W*(?:(?:oui|ok|bon|alors|bonjour|euh|ben|c ?est|je cherche|je veux(?: ajouter)?|j ?e? vais|"
    r"je suis(?: suivie?)?|"
    r"ajoute[rz]?|cherche[rz]?|trouve[rz]?|mon|ma|mes|la|le|les|l|a|au|aux|du|de|des|dans|pour|sur|en ville|"
    r"s ?appelle|se nomme|nom|est|cliniqu?e?|clinik|medecin|docteur|svp|stp|une?)\b[\s:,']*)+",
)
_TAIL = re.compile(r"(?:[\s,]*\b(?:svp|stp|s ?il vous plait|merci|je pense|je crois|la)\b[\s!.]*)+$")
_NAMED = re.compile(r"\b(?:clinique|polyclinique|gmf|clsc)\b(.{4,})")
_OF_SITES = ("faq_clinic_sites", "faq_multiple_clinics")
"""Questions that may sound like « none of these » (« mon site n'est pas là »)."""
SHORT = 6
"""A message of at most this many words may be the name of a clinic, whatever it also sounds like."""


class ValidateLinkClinicForm(ConversationForm):
    """Validates `link_clinic_form`."""

    def name(self) -> str:
        """Name of the action."""
        return "validate_link_clinic_form"

    async def opening(self, run: FormRun) -> None:
        """A new search; « ajouter la clinique du Parc » starts it at once."""
        run.set(clinic_choice=None, correcting=None, match_repair=None)
        if run.get("outcome") == "failed" and run.get("clinic_hits"):  # the choice is asked again, not the search
            return
        run.set(clinic_query=None, clinic_hits=None)
        named = run.turn.value("clinic") or clinic_named(run.turn)
        if named is not None and run.turn.intent in ("link_clinic", "inform", "correct_info", "affirm"):
            await self._search(run, named, quiet=True)

    def next_question(self, run: FormRun) -> str | None:
        """The search, then the choice."""
        return next((slot for slot in ("clinic_query", "clinic_choice") if run.get(slot) is None), None)

    async def answer_clinic_query(self, run: FormRun) -> bool:
        """Search what was typed; a question or a command is for the rules unless it finds a clinic."""
        turn = run.turn
        if turn.is_payload:
            return run.unanswered("clinic_query")
        if turn.intent == "link_clinic" and not simplify(turn.text):  # « ajouter ma clinique »: yes, but which
            return False
        named = turn.value("clinic")
        doubtful = turn.interrupts and turn.intent != "link_clinic"
        if doubtful and turn.before_question and await self._search(run, turn.before_question, quiet=True):
            run.answer_question_too()
            return True
        if doubtful and (
            turn.is_question or turn.words > SHORT or turn.intent in ("cancel", "help", "human", "emergency")
        ):
            return run.unanswered("clinic_query")
        if turn.waits or (named is None and (turn.refuses or (turn.words <= 2 and turn.yes()))):
            return run.unanswered("clinic_query")
        found = await self._search(run, named or turn.text, quiet=doubtful)
        if not found and doubtful:
            return False
        run.answer_question_too()
        return True

    async def _search(self, run: FormRun, query: str, *, quiet: bool = False) -> bool:
        portal = await run.portal()
        result = await portal.search_clinics(query)
        if result.status != "found":
            simpler = simplify(query)
            if simpler and simpler != fold(query):
                again = await portal.search_clinics(simpler)
                if again.status == "found" or result.status == "none":
                    result = again
        if result.status != "found":
            if not quiet:
                run.wrong("clinic_query", "" if result.status == "none" else result.status)
            return False
        run.accept("clinic_query", query.strip()[:100])
        run.set(
            clinic_choice=None,
            clinic_hits={"hits": [describe(hit) for hit in result.hits], "total": result.total},
        )
        return True

    async def answer_clinic_choice(self, run: FormRun) -> bool:
        """A number, a name, yes to the only one; or a new search."""
        turn = run.turn
        hits: list[dict[str, Any]] = (run.get("clinic_hits") or {}).get("hits", [])
        chosen = self._chosen(run, hits)
        if chosen is not None:
            run.accept("clinic_choice", chosen["id"])
            run.set(clinic_name=chosen["name"])
            run.answer_question_too()
            return True
        asks = turn.is_question or (turn.interrupts and turn.intent in _OF_SITES)
        if turn.yes() is False or (not turn.is_payload and _NONE.search(fold(turn.text)) and not asks):
            return await self._none_of_these(run)
        if turn.intent in ("correct_info", "go_back") and not turn.waits:
            return False
        if turn.is_payload or turn.yes() is True or turn.interrupts:
            return run.unanswered("clinic_choice")
        if turn.waits or turn.text.strip().isdigit():
            return run.unanswered("clinic_choice")
        if not await self._search(run, turn.value("clinic") or turn.text, quiet=True):
            return run.unanswered("clinic_choice")
        return True

    async def _none_of_these(self, run: FormRun) -> bool:
        rest = simplify(_NONE.sub(" ", re.sub(r"\bnon\b", " ", fold(run.turn.text))))
        if len(rest) >= 4 and not run.turn.is_payload and await self._search(run, rest, quiet=True):
            return True
        run.set(clinic_query=None, clinic_choice=None, clinic_hits=None, trouble=None)
        run.say("utter_clinic_search_again")
        return True

    @staticmethod
    def _chosen(run: FormRun, hits: list[dict[str, Any]]) -> dict[str, Any] | None:
        turn = run.turn
        by_id = {hit["id"]: hit for hit in hits}
        if turn.is_payload:
            if turn.yes() and len(hits) == 1:
                return hits[0]
            return by_id.get(turn.value("clinic") or "")
        if turn.waits:  # « une minute » is not the first one
            return None
        folded = fold(turn.text)
        if len(hits) == 1 and turn.yes():
            return hits[0]
        if turn.text.strip().isdigit():
            number = int(turn.text)
            return hits[number - 1] if 1 <= number <= len(hits) else None
        named = [hit for hit in hits if fold(hit["name"]) in folded or folded in (fold(hit["name"]), fold(hit["site"]))]
        if len(named) == 1:
            return named[0]
        if turn.words <= SHORT and not turn.interrupts:
            if _LAST.search(folded) and hits:
                return hits[-1]
            ordinal = [number for number, pattern in _ORDINALS if pattern.search(folded)]
            if len(ordinal) == 1 and ordinal[0] <= len(hits):
                return hits[ordinal[0] - 1]
            words = set(simplify(turn.text).split())
            scored = [
                hit
                for hit in hits
                if words and words <= set(fold(f"{hit['name']} {hit['site']} {hit['city']}").split())
            ]
            if len(scored) == 1:
                return scored[0]
        return None


def describe(hit: Any) -> dict[str, str]:
    """A found clinic as the conversation keeps it."""
    return {"id": hit.clinic_id, "name": hit.name, "site": hit.site, "address": hit.address, "city": hit.city}


def clinic_named(turn: Turn) -> str | None:
    """What follows « clinique » in a wish to add one: « ajouter la clinique du Parc svp »."""
    if turn.is_payload or turn.is_question or turn.intent != "link_clinic":
        return None
    found = _NAMED.search(fold(turn.text))
    rest = simplify(found[1]) if found is not None else ""
    return rest if len(rest) >= 4 else None


def simplify(text: str) -> str:
    """What is left of « ma clinique c'est la clinique du Parc svp »: the words to search with."""
    folded = fold(text).replace("’", "'").replace("'", " ")
    return _TAIL.sub("", _LEAD.sub("", folded)).strip(" .,!?;:")
