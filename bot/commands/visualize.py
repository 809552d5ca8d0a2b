"""`sofy visualize`: the conversation's map, as a picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.commands.project import project_root
from bot.errors import SofyError

ENDINGS = (".svg", ".png", ".pdf")


def visualize(arguments: argparse.Namespace) -> int:
    """Draw the forms, their questions, and where each outcome leads."""
    from bot.project.project import load_project  # noqa: PLC0415
    from bot.project.story_map import read_map  # noqa: PLC0415
    from bot.testing.map_picture import draw_map  # noqa: PLC0415

    out: Path = arguments.out
    if out.suffix.lower() not in ENDINGS:
        raise SofyError(f"Le nom de l'image doit finir par {', '.join(ENDINGS[:-1])} ou {ENDINGS[-1]}.")
    story_map = read_map(load_project(project_root()))
    if not story_map.forms:
        raise SofyError("Ce projet n'a pas de formulaire : il n'y a pas de carte à dessiner.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        draw_map(story_map, out)
    except OSError as error:
        raise SofyError(f"L'image {out} ne peut pas être écrite.") from error
    sys.stdout.write(f"Carte de la conversation : {out}\n")
    return 0
