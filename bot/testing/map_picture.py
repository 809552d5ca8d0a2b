"""The map of a conversation as a picture that people who write no code can read."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.project.story_map import Card, StoryMap

_INK, _GREY, _PAPER = "#1f2933", "#616e7c", "#ffffff"
_COLOURS = ("#2a6f97", "#2a7f62", "#b4532a", "#7a4f9a", "#8a6d1d", "#a23b5e", "#3d5a80", "#4d7c0f")
_LINE, _PAD, _WIDTH, _GAP = 0.235, 0.2, 6.3, 0.75  # inches
_CHARACTERS = 74  # of a line, in a card
_SIZE = 10.5  # points


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    indent: float = 0.0
    colour: str = _INK
    bold: bool = False
    target: str | None = None


@dataclass(frozen=True, slots=True)
class _Placed:
    card: Card
    lines: Sequence[_Line]
    left: float
    top: float

    @property
    def height(self) -> float:
        return _LINE * (len(self.lines) + 1.6) + 2 * _PAD


def draw_map(story_map: StoryMap, path: Path) -> None:
    """Write the picture: SVG, PNG or PDF, by the ending of `path`. Raises OSError when it cannot be written."""
    from matplotlib import rc_context  # noqa: PLC0415 - asked for once in a while
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    colours = {card.name: _COLOURS[at % len(_COLOURS)] for at, card in enumerate(story_map.forms)}
    titles = {card.name: card.title for card in story_map.forms}
    placed, width, height = _lay_out(story_map, titles)
    everywhere = textwrap.wrap("\u00a0\u00a0· ".join(story_map.everywhere), int(width * 12.5))
    foot = _LINE * (len(everywhere) + 1.6) + 2 * _PAD
    figure = Figure(figsize=(width + 2 * _GAP, height + foot + 2.5 * _GAP), facecolor=_PAPER)
    FigureCanvasAgg(figure)
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set_axis_off()
    axis.set_xlim(-_GAP, width + _GAP)
    axis.set_ylim(height + foot + 1.5 * _GAP, -_GAP)
    for each in placed:
        _draw_card(axis, each, colours, titles)
    _draw_ways(axis, placed, colours)
    top = height + 0.5 * _GAP
    _box(axis, (0, top), (width, foot), _GREY)
    _write(axis, _PAD, top + _PAD + _LINE / 2, "En tout temps, aussi au milieu d’une question", _GREY, bold=True)
    for at, line in enumerate(everywhere):
        _write(axis, _PAD, top + _PAD + _LINE * (at + 1.9), line, _INK)
    # The same picture gives the same file, and its words stay words in an SVG.
    with rc_context({"svg.hashsalt": "map", "svg.fonttype": "none"}):
        figure.savefig(path, dpi=110, metadata={"Date": None} if path.suffix == ".svg" else None)


def _lay_out(story_map: StoryMap, titles: Mapping[str, str]) -> tuple[list[_Placed], float, float]:
    """Cards in rows and columns: with the width and the height of them all."""
    places = story_map.places()
    placed: list[_Placed] = []
    top = width = 0.0
    for row in range(1 + max(row for row, _ in places.values())):
        tallest = 0.0
        for card in (story_map.beginning, *story_map.forms):
            if places[card.name][0] == row:
                left = places[card.name][1] * (_WIDTH + _GAP)
                one = _Placed(card, tuple(_lines(card, titles)), left, top)
                placed.append(one)
                width, tallest = max(width, left + _WIDTH), max(tallest, one.height)
        top += tallest + _GAP
    return placed, width, top - _GAP


def _lines(card: Card, titles: Mapping[str, str]) -> Iterator[_Line]:
    for number, question in enumerate(card.questions, 1):
        for at, text in enumerate(_wrapped(f"{number}. {question}")):
            yield _Line(text, 0.22 * bool(at))
    if card.between:
        yield _Line("Au besoin", bold=True, colour=_GREY)
        for question in card.between:
            yield from (_Line(text, colour=_GREY) for text in _wrapped(question))
    if card.questions:
        yield _Line("Ensuite", bold=True, colour=_GREY)
    for way in card.exits:
        shown = f"{way.label}\u00a0\u00a0→ " if way.target else way.label
        indent = 0.3 * way.depth
        room = 0 if way.target is None else len(titles[way.target]) + 2
        lines = _wrapped(shown, room + 4 * way.depth)
        yield from (_Line(text, indent) for text in lines[:-1])
        yield _Line(lines[-1], indent, target=way.target)


def _wrapped(text: str, less: int = 0) -> list[str]:
    return textwrap.wrap(text, max(20, _CHARACTERS - less)) or [""]


def _draw_card(axis: Any, placed: _Placed, colours: Mapping[str, str], titles: Mapping[str, str]) -> None:
    colour = colours.get(placed.card.name, _GREY)
    left, y = placed.left + _PAD, placed.top + _PAD + _LINE / 2
    _box(axis, (placed.left, placed.top), (_WIDTH, placed.height), colour)
    _write(axis, left, y, placed.card.title, colour, bold=True, size=_SIZE + 3.5)
    y += 1.6 * _LINE
    for line in placed.lines:
        text = _write(axis, left + line.indent, y, line.text, line.colour, bold=line.bold)
        if line.target is not None:
            axis.annotate(
                titles[line.target],
                xy=(1, 0.5),
                xycoords=text,
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=_SIZE - 1,
                fontweight="bold",
                color=_PAPER,
                bbox={"boxstyle": "round,pad=0.25", "facecolor": colours[line.target], "edgecolor": "none"},
            )
        y += _LINE


def _draw_ways(axis: Any, placed: Sequence[_Placed], colours: Mapping[str, str]) -> None:
    """Arrows to the cards beside and just below; the other ways are told by name and colour alone."""
    tops = sorted({each.top for each in placed})
    below = dict(itertools.pairwise(tops))
    by_name = {each.card.name: each for each in placed}
    for each in placed:
        for target in dict.fromkeys(way.target for way in each.card.exits if way.target is not None):
            there = by_name[target]
            if there.top == each.top and there is not each:
                right = there.left > each.left
                y = each.top + 2 * _LINE
                ends = ((each.left + _WIDTH * right, y), (there.left + _WIDTH * (not right), y))
            elif there.top == below.get(each.top):
                aside = 0.5 if there.left == each.left else 0.85 if there.left < each.left else 0.15
                ends = ((each.left + _WIDTH * 0.5, each.top + each.height), (there.left + _WIDTH * aside, there.top))
            else:
                continue
            arrow = {"arrowstyle": "-|>", "color": colours[target], "linewidth": 2, "mutation_scale": 18}
            axis.annotate("", xy=ends[1], xytext=ends[0], arrowprops=arrow)


def _box(axis: Any, corner: tuple[float, float], size: tuple[float, float], colour: str) -> None:
    from matplotlib.patches import FancyBboxPatch  # noqa: PLC0415

    style = "round,pad=0,rounding_size=0.12"
    axis.add_patch(FancyBboxPatch(corner, *size, style, facecolor=f"{colour}0f", edgecolor=colour, linewidth=1.6))


def _write(axis: Any, x: float, y: float, text: str, colour: str, *, bold: bool = False, size: float = _SIZE) -> Any:
    weight = "bold" if bold else "normal"
    return axis.text(x, y, text.replace("$", r"\$"), color=colour, fontsize=size, fontweight=weight, va="center")
