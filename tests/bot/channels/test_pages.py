import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.channels.mailbox import read_spool
from bot.channels.pages import WEB_FOLDER, digest
from bot.channels.scripts import bundled, lean

from .conftest import Open

ROOT = WEB_FOLDER.parents[1]
ASKED_FOR = {"more.js", "criteria.js", "http.js"}
SMALL = 8_192  # bytes: 8 kB
PAGES = ["/", "/conditions", "/confidentialite", "/demo/mailbox"]


@pytest.mark.parametrize("path", PAGES)
async def test_pages_are_safe_and_whole(open_app: Open, path: str) -> None:
    client = await open_app()
    answer = await client.get(path)
    assert answer.status == 200
    assert answer.content_type == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    text = await answer.text()
    assert '<html lang="fr-CA">' in text
    assert not re.search(r"\bstyle=|<style|\bon\w+=|<script(?![^>]*src=)", text)  # the policy would block it
    for link in re.findall(r'(?:href|src)="(/[^"#?]*)', text):
        assert (await client.get(link)).status == 200, link


class Balance(HTMLParser):
    VOID = frozenset({"meta", "link", "br", "img", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("file", sorted(WEB_FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_html_is_balanced(file: Path) -> None:
    parser = Balance()
    parser.feed(file.read_text(encoding="utf-8"))
    assert not parser.open


async def test_front_outside_demo_is_one_line(open_app: Open) -> None:
    client = await open_app(demo="0")
    answer = await client.get("/")
    assert answer.content_type == "text/plain"
    assert (await client.get("/demo/mailbox")).status == 404
    assert (await client.get("/conditions")).status == 200


async def test_assets_are_kept_for_a_year_under_a_name_of_their_own(open_app: Open) -> None:
    client = await open_app()
    widget = await client.get("/widget.js")
    assert widget.headers["Access-Control-Allow-Origin"] == "*"
    assert widget.headers["Cache-Control"] == "public, max-age=300"
    assert (await client.get("/widget.js", headers={"If-None-Match": widget.headers["ETag"]})).status == 304
    [path] = re.findall(r"/assets/[0-9a-f]{12}/chat/chat.js", await widget.text())
    answer = await client.get(path)
    assert answer.content_type == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    older = await client.get(path.replace(digest(), "0" * 12))
    assert older.headers["Cache-Control"] == "no-cache"  # a page opened before an upgrade goes on
    assert await older.text() == await answer.text()
    for wrong in ("/assets/../pages.py", "/assets/chat/%2e%2e/%2e%2e/index.html", "/assets/chat/"):
        assert (await client.get(wrong)).status == 404


async def test_packed_for_who_can_unpack(open_app: Open) -> None:
    client = await open_app()
    packed = await client.get("/assets/chat/chat.js", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/assets/chat/chat.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert await packed.text() == await plain.text()


async def test_the_chat_is_small(open_app: Open) -> None:
    """In bytes as they go over the line: the closed chat, the chat, and what is fetched when it is asked for."""
    client = await open_app()
    limits = {"/widget.js": 2_000, "/assets/chat/chat.js": SMALL}
    limits |= {f"/assets/chat/{name}.js": 2_000 for name in ("more", "criteria", "http")}
    for path, limit in limits.items():
        answer = await client.get(path, headers={"Accept-Encoding": "gzip"})
        assert int(answer.headers["Content-Length"]) <= limit, path


def test_a_served_script_is_its_source_without_what_a_reader_needs() -> None:
    source = '/* Says. */\nexport const a = "x  : y"; // why\n\n  /* More. */\n  // alone\n  const b = `1 , ${a}`;\n'
    assert lean(source) == 'export const a="x  : y";\nconst b=`1 , ${a}`;\n'
    assert lean("b = a.replace(/x  +, [/ ]/gu, c / 2);\n") == "b=a.replace(/x  +, [/ ]/gu,c / 2);\n"
    private = 'class A {\n  #far = "#far";\n  #near = `${this.#far} #far`;\n  b() { this.#far = this.#near; }\n}\n'
    assert lean(private) == 'class A{\n#a="#far";\n#b=`${this.#a} #far`;\nb(){this.#a=this.#b;}\n}\n'
    whole = bundled(WEB_FOLDER / "assets" / "chat" / "chat.js")
    assert not re.search(r"^import ", whole, re.MULTILINE)
    assert re.findall(r"^export .*", whole, re.MULTILINE) == ["export class Chat{"]
    modules = [file for file in (WEB_FOLDER / "assets" / "chat").glob("*.js") if file.name not in ASKED_FOR]
    sources = "\n".join(file.read_text(encoding="utf-8") for file in modules)
    assert not re.search(r"[(,=:] ?/ ", sources)  # a regular expression that begins with a space
    names = re.findall(r"^(?:export )?(?:const|class) (\w+)", sources, re.MULTILINE)
    assert len(names) == len(set(names))  # one scope: no two modules may use a name for different things


@pytest.mark.parametrize("name", ["conditions.html", "confidentialite.html"])
def test_the_documents_are_the_version_that_is_accepted(name: str) -> None:
    domain = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    slot = {"conditions.html": "terms_version", "confidentialite.html": "privacy_version"}[name]
    assert f"Version {domain['slots'][slot]['initial_value']}<" in (WEB_FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(WEB_FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_canadian_french_typography(file: Path) -> None:
    text = re.sub(r"<[^>]*>", "", file.read_text(encoding="utf-8"))
    assert not re.search(r"[ \u00a0\u202f](?:[;!?])|&nbsp;[;!?]|\w'\w", text)


def test_the_chat_never_parses_html() -> None:
    for file in WEB_FOLDER.rglob("*.js"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|cssText", text
        )
        assert "localStorage" not in text


async def test_a_mail_is_shown_apart(open_app: Open, tmp_path: Path) -> None:
    client = await open_app()
    spool = tmp_path / "mail"
    spool.mkdir()
    head = "From: a@example.ca\nTo: b@example.ca\nSubject: Code\nMIME-Version: 1.0\nContent-Type: text/html\n\n"
    (spool / "1.eml").write_text(head + "<p>123 456</p><script>alert(1)</script>", encoding="utf-8")
    page = await client.get("/demo/mailbox")
    assert '<iframe src="/demo/mailbox/1.eml"' in await page.text()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    mail_page = await client.get("/demo/mailbox/1.eml")
    assert "sandbox" in mail_page.headers["Content-Security-Policy"]
    assert "script-src" not in mail_page.headers["Content-Security-Policy"]  # default-src 'none'
    for wrong in ("2.eml", "..%2f..%2ft.db", "t.db", ".eml"):
        assert (await client.get(f"/demo/mailbox/{wrong}")).status == 404


def mail(folder: Path, name: str, body: str, date: str = "Mon, 05 Jan 2026 15:00:00 -0500") -> None:
    headers = f"From: a@example.ca\nTo: Lucie <lucie@example.ca>\nSubject: =?utf-8?q?Code_d=C3=A9?=\nDate: {date}\n"
    kind = 'MIME-Version: 1.0\nContent-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: 8bit\n'
    (folder / name).write_text(headers + kind + "\n" + body, encoding="utf-8")


async def test_mailbox(open_app: Open, tmp_path: Path) -> None:
    client = await open_app()
    assert await (await client.get("/demo/mailbox?format=json")).json() == []
    spool = tmp_path / "mail"
    spool.mkdir()
    mail(spool, "1.eml", "Votre code : 123 456\n<script>alert(1)</script> https://example.ca/x?a=1&b=2\n")
    mail(spool, "2.eml", "plus récent\n", date="hier")
    (spool / "3.eml").write_bytes(b"\xff\xfe\x00")
    (spool / "4.part").write_text("not yet", encoding="utf-8")
    mails = await (await client.get("/demo/mailbox?format=json")).json()
    assert set(mails[0]) == {"to", "subject", "text", "sent_at"}
    [first] = [one for one in mails if "123 456" in one["text"]]
    assert first["to"] == "Lucie <lucie@example.ca>"
    assert first["subject"] == "Code dé"
    assert first["sent_at"] == "2026-01-05T20:00:00Z"
    page = await (await client.get("/demo/mailbox")).text()
    assert "<script>alert" not in page
    assert '<a href="https://example.ca/x?a=1&amp;b=2">' in page


def test_newest_first(tmp_path: Path) -> None:
    import os

    for number in range(3):
        mail(tmp_path, f"{number}.eml", f"{number}\n")
        os.utime(tmp_path / f"{number}.eml", (1_000 + number, 1_000 + number))
    assert [one["text"].strip() for one in read_spool(tmp_path)] == ["2", "1", "0"]
    assert read_spool(tmp_path / "none") == []
