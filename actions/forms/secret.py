"""Reading a secret: the text is used for this turn and kept nowhere."""

from __future__ import annotations

from pydantic import SecretStr

from actions.forms.run import FormRun
from actions.rules.commands import command_in

_POLITE = frozenset({"greet", "thank", "goodbye"})
_CERTAIN = 0.9


def read_secret(run: FormRun) -> SecretStr | None:
    """The secret that the message is, None when it is something else (decision 1 of the conversation contract).

    From a masked field: the whole text, whatever it looks like. Typed in a normal box: a text without spaces that
    is not a command as a whole; a sentence is a secret only to be refused, unless it is a clear question.
    """
    turn = run.turn
    if turn.masked:
        return turn.secret_text
    if turn.is_payload or turn.by_link:
        return None
    text = turn.text
    # « ? », « ... », « oui », « non merci »: no password looks like this
    if not any(map(str.isalnum, text)) or turn.yes() is not None:
        return None
    if len(text.split()) == 1:
        # « Bonjour! » cannot be the password that was accepted a moment ago: it must not count as a failed repeat.
        repeated = run.requested == "password_confirmation"
        talk = repeated and turn.intent in _POLITE and turn.confidence >= _CERTAIN
        return None if turn.interrupts and (talk or command_in(text)) else SecretStr(text)
    talk = turn.interrupts and not (turn.intent == "out_of_scope" and any(map(str.isdigit, text)))
    if talk or turn.waits or turn.refuses:
        return None
    return SecretStr(text)
