"""The map of the conversation, drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import main
from bot.project.project import load_project
from bot.project.story_map import StoryMap, read_map
from bot.testing.map_picture import draw_map
from tests.bot.tiny import write_project
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def story_map() -> StoryMap:
    return read_map(load_project(ROOT))


def test_an_svg_keeps_its_words(story_map: StoryMap, tmp_path: Path) -> None:
    draw_map(story_map, tmp_path / "a.svg")
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for card in story_map.forms:
        assert card.title in drawn
    draw_map(story_map, tmp_path / "b.svg")
    assert (tmp_path / "b.svg").read_text(encoding="utf-8") == drawn


def test_a_png(story_map: StoryMap, tmp_path: Path) -> None:
    draw_map(story_map, tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    out = tmp_path / "new" / "carte.svg"
    assert main(["visualize", "--out", str(out)]) == 0
    assert out.is_file()
    assert str(out) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("out", "said"), [("carte.docx", ".svg"), ("/proc/nowhere/carte.svg", "ne peut pas être écrite")]
)
def test_what_cannot_be_drawn(
    out: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["visualize", "--out", out]) == 1
    assert said in capsys.readouterr().err


def test_a_project_without_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    code = main(["visualize", "--out", str(tmp_path / "a.svg")])
    assert code == (0 if load_project(tmp_path).domain.forms else 1)
    assert "Erreur inattendue" not in capsys.readouterr().err
