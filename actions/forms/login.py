"""`login_form`: for who has an account already."""

from __future__ import annotations

from actions.forms.base import ConversationForm
from actions.forms.run import FormRun
from actions.forms.secret import read_secret
from actions.rules.email import parse_email
from actions.rules.username import find_username


class ValidateLoginForm(ConversationForm):
    """Validates `login_form`."""

    def name(self) -> str:
        """Name of the action."""
        return "validate_login_form"

    async def opening(self, run: FormRun) -> None:
        """Both are asked, every time."""
        run.set(login_id=None, login_password=None)
        email = run.turn.value("email")
        if email is not None and run.turn.intent == "login":
            run.set(login_id=email)

    def next_question(self, run: FormRun) -> str | None:
        """The name, then the password."""
        if run.get("correcting") == "login_id":
            return "login_id"
        return next((slot for slot in ("login_id", "login_password") if run.get(slot) is None), None)

    async def answer_login_id(self, run: FormRun) -> bool:
        """A username or an email; whether it exists is not said."""
        turn = run.turn
        typed = None
        if not turn.is_payload:
            typed = parse_email(turn.text).value
            one_token = len(turn.text.split()) == 1
            command = one_token and turn.interrupts and turn.text.strip("!?. ").isalpha()  # « Aide! » is no name
            if typed is None and one_token and not command:
                typed = turn.text
            if typed is None and not command and not turn.waits and not turn.refuses:
                typed = find_username(turn.text, None)
        if not typed:
            return run.unanswered("login_id")
        run.accept("login_id", typed[:254])
        run.answer_question_too()
        return True

    async def answer_login_password(self, run: FormRun) -> bool:
        """Try both while the password is in memory; action_login says how it went."""
        secret = read_secret(run)
        if secret is None:
            return run.unanswered("login_password")
        if len(secret.get_secret_value().split()) > 1:  # no password has a space: not worth a try that counts
            run.wrong("login_password")
            return True
        result = await (await run.portal()).login(
            run.get("login_id"), secret, run.conversation, address=run.turn.address
        )
        run.accept("login_password", result.status == "ok")
        if result.status == "ok":
            run.set(account_id=result.account_id, wait=None)
        elif result.status == "wrong":
            run.set(wait=None)
        else:
            run.set(wait={"seconds": result.wait_seconds, "busy": result.status == "busy"})
        return True
