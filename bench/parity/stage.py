"""A stock action server that story tests are staged on: `python -m bench.parity.stage PORT FOLDER`.

It is rasa-sdk's own server over the project's `actions`, with two more routes. `POST /stage {now}` begins a story: a
portal on a copy of the demonstration data, with mails of its own and a clock that starts then. `POST /cue {direction}`
makes something happen (`{minutes 11}`, `{mail fails}`…, see `actions/staff/rehearsal.py`) and gives what the patient
types in its place. One story at a time, in one process: the portal is the process's.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import os
import shutil
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic.response import json as answer

from actions import plugin
from actions.staff.rehearsal import Rehearsal


class House:
    """Puts one story after the other on stage."""

    def __init__(self, folder: Path, environ: MutableMapping[str, str]) -> None:
        """`environ` is changed to where the story's data are, for whatever reads it."""
        self._folder, self._environ = folder, environ
        self._numbers = itertools.count(1)
        self._rehearsal: Rehearsal | None = None

    async def begin(self, now: float) -> None:
        """Begin a story with a portal of its own."""
        await self.close()
        template = self._folder / "template.db"
        if not template.exists():
            self._use(template, self._folder / "mail")
            with contextlib.redirect_stdout(io.StringIO()):  # what to type in the demo is not for here
                await plugin.startup(self._environ, demo=True)
            await plugin.shutdown()
        number = next(self._numbers)
        database = self._folder / f"{number}.db"
        await asyncio.to_thread(shutil.copyfile, template, database)
        self._use(database, self._folder / f"mail-{number}")
        self._rehearsal = await Rehearsal.open(self._environ, now=now)

    async def cue(self, direction: str) -> dict[str, Any]:
        """Do what a direction says: `typed` is null when nobody knows it; `error` says why it can't be done."""
        if self._rehearsal is None:
            return {"error": "no story is on stage"}
        try:
            return {"typed": await self._rehearsal.cue(direction)}
        except Exception as error:  # it is the story that asks for what can't be
            return {"error": str(error) or type(error).__name__}

    async def close(self) -> None:
        """End the story on stage."""
        if self._rehearsal is not None:
            await self._rehearsal.close()
            self._rehearsal = None

    def _use(self, database: Path, mails: Path) -> None:
        self._environ["DATABASE_URL"] = f"sqlite+aiosqlite:///{database}"
        self._environ["MAIL_URL"] = f"spool:{mails}"


def staged_app(house: House) -> Any:
    """rasa-sdk's server over the project's actions, with the routes that stage stories."""
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor)

    async def stage(request: Any) -> Any:
        await house.begin(float(request.json["now"]))
        return answer({})

    async def cue(request: Any) -> Any:
        return answer(await house.cue(str(request.json["direction"])))

    async def stop(_app: Any) -> None:
        await house.close()

    app.add_route(stage, "/stage", methods=["POST"])
    app.add_route(cue, "/cue", methods=["POST"])
    app.register_listener(stop, "after_server_stop")
    return app


def main() -> None:
    """Serve until told to stop."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    app = staged_app(House(folder, os.environ))
    app.run(host="127.0.0.1", port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
