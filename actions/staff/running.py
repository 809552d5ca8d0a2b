"""Running one command: opens the portal, closes it, and turns every failure into one French sentence."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable

from actions.portal.errors import PortalError
from actions.portal.portal import Portal
from actions.portal.settings import KEY_FILE, PortalSettings, load_settings
from actions.rules.email import parse_email

Main = Callable[[Portal, Namespace], Awaitable[int]]

OK, FAILED, INTERRUPTED = 0, 1, 130

logger = logging.getLogger(__name__)


class StaffError(PortalError):
    """A command cannot do what was asked; the message says why."""


def run_command(main: Main, args: Namespace, *, trial: bool = False) -> int:
    """Run a command to its exit code: 0 done, 1 not done (one sentence says why), 130 interrupted.

    trial: a first command, that may make the key (SQLite only).
    """
    try:
        return asyncio.run(_with_portal(main, args, trial))
    except PortalError as error:
        complain(str(error))
    except KeyboardInterrupt:
        complain("Interrompu.")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) left: nothing more can be said to it, also not when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # staff must never see a traceback; the log at debug level has it
        logger.debug("command failed", exc_info=True)
        complain(f"Erreur inattendue ({type(error).__name__}): la commande n’a pas abouti.")
    return FAILED


def say(text: str = "") -> None:
    """Write a line for the reader or the next program."""
    sys.stdout.write(text + "\n")


def complain(text: str) -> None:
    """Write a line about what goes wrong."""
    sys.stderr.write(text + "\n")


def email_of(args: Namespace) -> str:
    """The address that was given.

    Raises:
        StaffError: it is not one.
    """
    given: str = args.email.strip()
    if parse_email(given).value is None:
        raise StaffError("--email: ce n’est pas une adresse courriel.")
    return given


def _settings(trial: bool) -> PortalSettings:
    """The settings; a trial (SQLite, no key yet) gets its key here, as it would at the first `make run`."""
    had_key = KEY_FILE.is_file()
    settings = load_settings(trial=trial)
    if not had_key and KEY_FILE.is_file():
        complain(f"Une clé de chiffrement a été créée dans {KEY_FILE}. En production, réglez SOFY_SECRET_KEY.")
    return settings


async def _with_portal(main: Main, args: Namespace, trial: bool) -> int:
    portal = await Portal.open(_settings(trial))
    try:
        return await main(portal, args)
    finally:
        await portal.close()
