"""Reading a CSV file as spreadsheets really write it, with a clear reason for whatever cannot be read.

Reasons are in French, for the staff who import; they never repeat a cell's content.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from actions.portal.errors import PortalError
from actions.rules.text import fold

_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = ",;\t"
LARGEST_FILE: Final = 500_000_000


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something about one line; line 0 stands for the whole file."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, ligne {self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class UnreadableFileError(PortalError):
    """The file as a whole cannot be read: not there, not text, not CSV, no header."""

    def __init__(self, file: str, reason: str, line: int = 0):
        self.problem = Problem(file, line, reason)
        super().__init__(str(self.problem))


@dataclass(frozen=True, slots=True)
class Row:
    """A data line: where it begins in the file (1 is the first line), and its trimmed cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class Table:
    """A file's data lines, and what was wrong with others."""

    file: str
    rows: list[Row] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, line: int, reason: str) -> None:
        """Refuse a line (and so the file)."""
        self.errors.append(Problem(self.file, line, reason))

    def warn(self, line: int, reason: str) -> None:
        """Accept a line, and say what is odd about it."""
        self.warnings.append(Problem(self.file, line, reason))


def read_table(path: Path, columns: Sequence[str]) -> Table:
    """Read a file that must have these columns, in any order.

    Raises:
        UnreadableFileError: nothing of it can be used.
    """
    return parse_table(path.name, _read(path), columns)


def parse_table(file: str, content: bytes, columns: Sequence[str]) -> Table:
    """The same on the file's content."""
    table = Table(file)
    lines = _lines(table, _decode(table, content))
    header = next(lines, None)
    if header is None:
        raise UnreadableFileError(file, f"le fichier est vide. Colonnes attendues: {', '.join(columns)}.")
    names = _columns(table, header[0], header[1], columns)
    for line, cells in lines:
        row = _row(table, line, cells, names, columns)
        if row is not None:
            table.rows.append(row)
    return table


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFileError(str(path), "le fichier est trop gros.")
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFileError(str(path), "ce fichier n’existe pas.") from None
    except OSError as error:
        raise UnreadableFileError(str(path), f"ce fichier ne se lit pas ({error.strerror}).") from None


def _decode(table: Table, content: bytes) -> str:
    if content.startswith(_WORKBOOKS):
        raise UnreadableFileError(table.file, "c’est un classeur. Dans le tableur, enregistrez-le en « CSV UTF-8 ».")
    try:
        text = content.decode("utf-16" if content.startswith(_UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError as error:
        text = _decode_windows(table, content, error)
    if "\0" in text:
        raise UnreadableFileError(table.file, "ce n’est pas un fichier texte.")
    return text


def _decode_windows(table: Table, content: bytes, error: UnicodeDecodeError) -> str:
    line = content.count(b"\n", 0, error.start) + 1
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableFileError(
            table.file, "le fichier n’est pas en UTF-8. Enregistrez-le en « CSV UTF-8 ».", line
        ) from None
    table.warn(line, "le fichier n’est pas en UTF-8: il a été lu en Windows-1252, vérifiez les accents.")
    return text


def _lines(table: Table, text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty, each with the number of its first physical line."""
    delimiter, skipped = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            table.error(line, "les guillemets ou les fins de ligne sont mal formés (guillemet jamais fermé?).")
            continue
        if line > skipped and any(cell.strip() for cell in cells):
            yield line, cells


def _delimiter(text: str) -> tuple[str, int]:
    """The delimiter of the header, and how many lines to skip (spreadsheets' own « sep=; »)."""
    skipped = 0
    for line in io.StringIO(text):
        first = line.strip()
        if not skipped and first.lower().startswith("sep=") and len(first) == 5 and first[4] in _DELIMITERS:
            return first[4], 1
        if first:
            return max(_DELIMITERS, key=first.count), 0
    return ",", 0


def _columns(table: Table, line: int, header: list[str], columns: Sequence[str]) -> list[str]:
    names = ["_".join(fold(cell).replace("-", " ").split()) for cell in header]
    while names and not names[-1]:
        names.pop()
    missing = [column for column in columns if column not in names]
    if missing:
        raise UnreadableFileError(
            table.file,
            f"il manque {_listed(missing)} à la ligne d’en-tête. Colonnes attendues: {', '.join(columns)}.",
            line,
        )
    twice = sorted({name for name in names if name in columns and names.count(name) > 1})
    if twice:
        raise UnreadableFileError(table.file, f"{_listed(twice)}: deux fois dans l’en-tête.", line)
    extra = len([name for name in names if name not in columns])
    if extra:
        table.warn(line, f"{extra} colonne(s) de trop, sans effet.")
    return names


def _listed(columns: Sequence[str]) -> str:
    return ("la colonne " if len(columns) == 1 else "les colonnes ") + ", ".join(columns)


def _row(table: Table, line: int, cells: list[str], names: Sequence[str], columns: Sequence[str]) -> Row | None:
    if any(cell.strip() for cell in cells[len(names) :]):
        table.error(line, f"{len(cells)} colonnes au lieu de {len(names)} (virgule sans guillemets?).")
        return None
    given = {name: " ".join(cell.split()) for name, cell in zip(names, cells, strict=False)}
    missing = [column for column in columns if column not in given]
    if missing:
        table.error(line, f"il manque {_listed(missing)}.")
        return None
    return Row(line, {column: given[column] for column in columns})
