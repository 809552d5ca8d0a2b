"""The mails that the demo sent, read from its spool folder: a page as a patient's mailbox, or JSON for programs."""

from __future__ import annotations

import asyncio
import contextlib
import email.policy
import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from string import Template
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from bot.channels.http import POLICY, RUNTIME, ApiError, json_response
from bot.channels.pages import page_text

SPOOL = "spool:"
_MOST = 200  # mails shown


_NAME = re.compile(r"[\w.-]+\.eml")
_HERE: Final = "America/Toronto"
_MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
# A mail is shown as it was written, apart from everything: it runs nothing and fetches nothing.
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; frame-ancestors 'self'"


@dataclass(frozen=True)
class Mail:
    """A mail of the spool; times are UTC."""

    name: str
    written: datetime
    sender: str
    to: str
    subject: str
    text: str
    page: str | None
    """Its HTML, when it has one."""
    sent: datetime

    def as_json(self) -> dict[str, str]:
        """Give what programs get."""
        sent_at = self.sent.isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"to": self.to, "subject": self.subject, "text": self.text, "sent_at": sent_at}


def routes() -> list[web.RouteDef]:
    """Give the demo's routes; outside demo mode they answer 404."""
    return [web.get("/demo/mailbox", _mailbox), web.get("/demo/mailbox/{name}", _mail)]


def read_spool(folder: Path) -> list[dict[str, str]]:
    """Give the newest mails of the folder, newest first: `{to, subject, text, sent_at}` (ISO 8601, UTC)."""
    return [mail.as_json() for mail in mails_in(folder)]


def mails_in(folder: Path) -> list[Mail]:
    """Give the newest mails of the folder, newest first.

    A file that is still being written, or is no mail, is left out.
    """
    try:
        files = list(folder.glob("*.eml"))
    except OSError:
        return []
    mails = []
    for file in files:
        try:
            mails.append(_read(file))
        except (OSError, ValueError, LookupError):  # removed meanwhile; a header or charset that can't be read
            continue
    mails.sort(key=lambda mail: (mail.written, mail.name), reverse=True)
    return mails[:_MOST]


def _read(file: Path) -> Mail:
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    message = BytesParser(policy=email.policy.default).parsebytes(file.read_bytes())
    text, page = message.get_body(preferencelist=("plain",)), message.get_body(preferencelist=("html",))
    try:
        sent = parsedate_to_datetime(str(message["Date"])).astimezone(UTC)
    except (TypeError, ValueError):
        sent = written
    return Mail(
        name=file.name,
        written=written,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=str(text.get_content()) if text is not None else "",
        page=str(page.get_content()) if page is not None else None,
        sent=sent,
    )


def _spool(request: web.Request) -> Path:
    settings = request.app[RUNTIME].settings
    address = settings.mail_url.get_secret_value()
    if not settings.demo:
        raise ApiError(404, "not_found", "there is nothing at this address")
    if not address.startswith(SPOOL):
        raise ApiError(404, "no_spool", "the mails of this demo go to a mail server")
    return request.app[RUNTIME].root / address.removeprefix(SPOOL)


async def _mail(request: web.Request) -> web.Response:
    """Show one mail as it was written."""
    name = request.match_info["name"]
    file = _spool(request) / name
    if not _NAME.fullmatch(name):
        raise ApiError(404, "not_found", "there is no such mail")
    try:
        mail = await asyncio.to_thread(_read, file)
    except (OSError, ValueError, LookupError):
        raise ApiError(404, "not_found", "there is no such mail") from None
    headers = {"Content-Security-Policy": _MAIL_POLICY}
    return web.Response(text=mail.page or mail.text, headers=headers, content_type="text/html" if mail.page else None)


async def _mailbox(request: web.Request) -> web.Response:
    mails = await asyncio.to_thread(mails_in, _spool(request))
    if request.query.get("format") == "json":
        return json_response([mail.as_json() for mail in mails])
    page = Template(page_text("mailbox.html"))
    shown = "\n".join(map(_article, mails)) or _NONE
    answer = web.Response(text=page.substitute(mails=shown), content_type="text/html")
    answer.headers["Content-Security-Policy"] = request.app[POLICY] + "; frame-src 'self'"
    return answer


_NONE = '<p class="empty">Aucun courriel pour le moment.</p>'
_ARTICLE = Template(
    '<article class="mail"><h2>$subject</h2><dl><dt>De</dt><dd>$sender</dd><dt>À</dt><dd>$to</dd><dt>Reçu</dt>'
    '<dd><time datetime="$sent_at">$received</time></dd></dl>$body</article>'
)


def _article(mail: Mail) -> str:
    facts = {**mail.as_json(), "sender": mail.sender, "received": _french(mail.sent)}
    safe = {name: html.escape(value) for name, value in facts.items()}
    if mail.page is None:
        body = "<br>\n".join(_with_links(line) for line in safe["text"].splitlines())
        body = f'<div class="text">{body}</div>'
    else:
        address = f"/demo/mailbox/{html.escape(mail.name)}"
        body = f'<iframe src="{address}" title="Courriel&nbsp;: {safe["subject"]}" loading="lazy"></iframe>'
    return _ARTICLE.substitute(safe, body=body)


def _french(moment: datetime) -> str:
    with contextlib.suppress(ZoneInfoNotFoundError):  # a machine without time zones: UTC
        moment = moment.astimezone(ZoneInfo(_HERE))
    day = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day} à {moment.hour}\u00a0h\u00a0{moment.minute:02}"


def _with_links(line: str) -> str:
    """Make links of the addresses in a line that is already escaped."""
    words = line.split(" ")
    return " ".join(
        f'<a href="{word}">{word}</a>' if word.startswith(("http://", "https://")) else word for word in words
    )
