"""The chat's scripts as they go out: one file per entry, without what only a reader needs.

The source runs as it is, module by module; served, a module holds those it imports, so that opening the chat costs
one request. Comments and spaces go, and imports and the word `export`, because all is in one scope then. Only private
members (`#name`) are renamed: nothing outside their class can name them. Ends of lines stay: JavaScript may read them
as ends of statements.
"""

from __future__ import annotations

import itertools
import re
import string
from collections import Counter
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const |class )", re.MULTILINE)
# What spaces mean something in: strings, templates, regular expressions (of this project: none begins with a space).
_LITERAL = re.compile(
    r"""("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<![\w)\]])/(?![/*\s])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/)"""
)
_BLOCK = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"(?<=[;{},)\] ])// .*$|^[ \t]*// .*$", re.MULTILINE)
_MARGIN = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)
_BLANK = re.compile(r"\n{2,}")
_AROUND = re.compile(r"[ \t]*([{}()\[\];,:?=<>+*&|!-])[ \t]*")
_PRIVATE = re.compile(r"#[A-Za-z_]\w*")
_PRIVATE_IN_TEMPLATE = re.compile(r"(?<=this\.)#[A-Za-z_]\w*")  # not a colour
_STYLE = re.compile(r"\s*([{};:,])\s+")


def lean(source: str) -> str:
    """Leave out what only a reader needs."""
    text = _BLANK.sub("\n", _MARGIN.sub("", _COMMENT.sub("", _BLOCK.sub("", source)))).strip()
    code, literals = _LITERAL.split(text)[::2], _LITERAL.findall(text)
    # A template of several lines is a style sheet.
    literals = [_STYLE.sub(r"\1", one).replace("\n", "") if one[0] == "`" and "\n" in one else one for one in literals]
    squeezed = [_AROUND.sub(r"\1", part) for part in code]
    short = _short_names(squeezed)
    squeezed = [_PRIVATE.sub(lambda found: short[found[0]], part) for part in squeezed]
    literals = [_PRIVATE_IN_TEMPLATE.sub(lambda found: short[found[0]], one) for one in literals]
    return "".join(part + literal for part, literal in zip(squeezed, [*literals, "\n"], strict=True))


def _short_names(code: list[str]) -> dict[str, str]:
    """Give private members names of one or two letters, the shortest to the most frequent."""
    counts = Counter(name for part in code for name in _PRIVATE.findall(part))
    letters = string.ascii_letters
    names = itertools.chain(letters, ("".join(pair) for pair in itertools.product(letters, repeat=2)))
    return {long: f"#{name}" for (long, _), name in zip(counts.most_common(), names, strict=False)}


def bundled(entry: Path) -> str:
    """Give a module with all that it imports, each once, in the order in which they run."""
    parts: dict[Path, str] = {}
    _collect(entry, parts)
    *imported, own = parts.values()
    return lean("".join(_EXPORT.sub("", part) for part in imported) + own)


def _collect(module: Path, parts: dict[Path, str]) -> None:
    source = module.read_text(encoding="utf-8")
    for name in _IMPORT.findall(source):
        if module.parent / name not in parts:
            _collect(module.parent / name, parts)
    parts[module] = _IMPORT.sub("", source)
