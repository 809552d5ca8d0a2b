"""Keeps the running assistant small: what is imported for nothing, and memory that is free but not given back."""

from __future__ import annotations

import ctypes
import gc
import importlib
import logging
import ssl
import sys
from collections.abc import Callable
from types import ModuleType

logger = logging.getLogger(__name__)


def import_rasa_sdk() -> None:
    """Import rasa-sdk without Sanic.

    `rasa_sdk.plugin` imports Sanic, the web server of its action server, for the sake of one annotation: a sixth of a
    second and 10 MB for who runs actions in process. A stand-in is there for the length of the import only, so that
    whoever needs Sanic afterwards gets the real one.
    """
    if "rasa_sdk" in sys.modules or "sanic" in sys.modules:
        return
    stand_in = ModuleType("sanic")
    stand_in.__dict__["Sanic"] = type("Sanic", (), {})
    sys.modules["sanic"] = stand_in
    try:
        importlib.import_module("rasa_sdk.executor")
    except ImportError as error:
        # A version that needs more of Sanic than its name: then with all of it.
        logger.debug("rasa-sdk needs Sanic: %s", error)
        for name in [name for name in sys.modules if name.split(".")[0] == "rasa_sdk"]:
            del sys.modules[name]
    finally:
        del sys.modules["sanic"]
    importlib.import_module("rasa_sdk.executor")


def import_aiohttp() -> Callable[[], None]:
    """Import aiohttp without reading the machine's certificates; gives what reads them.

    aiohttp reads some 140 of them as it is imported (a fifteenth of a second), and a server needs none. Until they are
    read its clients refuse every https server: nothing is trusted by mistake.
    """
    waiting: list[tuple[ssl.SSLContext, ssl.Purpose]] = []

    def later(context: ssl.SSLContext, purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
        waiting.append((context, purpose))

    real = ssl.SSLContext.load_default_certs
    setattr(ssl.SSLContext, "load_default_certs", later)  # noqa: B010
    try:
        importlib.import_module("aiohttp")
    finally:
        setattr(ssl.SSLContext, "load_default_certs", real)  # noqa: B010

    def read() -> None:
        for context, purpose in waiting:
            context.load_default_certs(purpose)

    return read


def pause_collector() -> None:
    """While modules are imported almost nothing is garbage, and looking for it takes a third of the start."""
    gc.disable()


def release_unused_memory() -> None:
    """After the start: what is loaded stays (and need not be looked through again), what is free goes back."""
    gc.collect()
    gc.freeze()
    gc.enable()
    try:
        ctypes.CDLL(None).malloc_trim(0)  # glibc only: other systems give memory back in their own way
    except (AttributeError, OSError, TypeError):
        logger.debug("this system has no malloc_trim")
