"""`sofy shell` and `sofy shell nlu`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from bot.commands.project import open_settings, project_root, start_log
from bot.lean import import_rasa_sdk
from bot.model import load_model


def talk(arguments: argparse.Namespace) -> int:
    """Converse in the terminal; without a key, with the demo's data."""
    root = project_root()
    if arguments.mode == "nlu":
        return _understand()
    import_rasa_sdk()
    from bot.channels.shell import Shell  # noqa: PLC0415
    from bot.runtime import open_runtime  # noqa: PLC0415

    demo = arguments.demo or not _has_key(root)
    # One person at a keyboard, or a script: nobody to protect from a flood.
    settings = open_settings(root, demo=demo).model_copy(update={"messages_per_minute": 0})
    start_log("WARNING")
    load_model(root)  # before anything is opened: a missing model is said at once

    async def converse() -> None:
        runtime = await open_runtime(root, settings, os.environ)
        try:
            await Shell(runtime, sender=arguments.sender, debug=arguments.debug).run()
        finally:
            await runtime.close()

    asyncio.run(converse())
    return 0


def _has_key(root: Path) -> bool:
    if os.environ.get("SOFY_SECRET_KEY"):
        return True
    path = root / ".env"
    if not path.is_file():
        return False
    from dotenv import dotenv_values  # noqa: PLC0415

    return bool(dotenv_values(path).get("SOFY_SECRET_KEY"))


def _understand() -> int:
    """Read sentences, give what each means as JSON."""
    model = load_model(project_root())
    interactive = sys.stdin.isatty()
    while True:
        if interactive:
            sys.stdout.write("Une phrase (Ctrl+D pour finir) > ")
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return 0
        if line.strip():
            sys.stdout.write(json.dumps(model.parse(line.strip()), ensure_ascii=False, indent=2) + "\n")
            sys.stdout.flush()
