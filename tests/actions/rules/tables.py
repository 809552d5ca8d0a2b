"""Reads the tables of cases: one per line, `what the patient types  =>  what is read`."""

from pathlib import Path

_FOLDER = Path(__file__).parent / "cases"


def table(name: str) -> list[tuple[str, str]]:
    """The cases of `cases/<name>.txt`; blank lines and lines that begin with `##` are left out."""
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    cases = []
    for line in lines:
        if line.strip() and not line.startswith("##"):
            said, arrow, expected = line.rpartition("=>")
            assert arrow, f"{name}: no => in {line!r}"
            cases.append((said.strip(), expected.strip()))
    return cases


def lines(name: str) -> list[str]:
    """The lines of `cases/<name>.txt` that are texts by themselves."""
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("##")]
