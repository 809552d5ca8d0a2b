"""Finds or builds an environment with Rasa Open Source 3.6.21, which needs Python 3.10."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

VERSION = "3.6.21"
ROOT = Path(__file__).parents[1]
BUILT = ROOT / "var/rasa-env"


def find_rasa(say: Callable[[str], None]) -> Path | None:
    """Give the `rasa` program: of `RASA_ENV`, of an earlier run, or of an environment built now.

    None, with one clear line, where it cannot be had.
    """
    named = os.environ.get("RASA_ENV")
    if named:
        rasa = Path(named) / "bin/rasa"
        if rasa.is_file():
            return rasa
        say(f"SKIPPED: RASA_ENV names {named}, where there is no bin/rasa.")
        return None
    rasa = BUILT / "bin/rasa"
    if rasa.is_file():
        return rasa
    python = next(_pythons(), None)
    if python is None:
        say(f"SKIPPED: Rasa {VERSION} needs Python 3.10, and none was found (PATH, pyenv). RASA_ENV may name one.")
        return None
    say(f"Building an environment with Rasa {VERSION} in {BUILT.relative_to(ROOT)} (2.7 GB, some minutes)...")
    try:
        subprocess.run([str(python), "-m", "venv", str(BUILT)], check=True, capture_output=True)
        install = [str(BUILT / "bin/pip"), "install", "--quiet", f"rasa=={VERSION}"]
        subprocess.run(install, check=True, capture_output=True)
    except (subprocess.CalledProcessError, OSError) as error:
        shutil.rmtree(BUILT, ignore_errors=True)
        say(f"SKIPPED: Rasa {VERSION} could not be installed here ({type(error).__name__}).")
        return None
    return rasa


def _pythons() -> Iterator[Path]:
    found = shutil.which("python3.10")
    candidates = [Path(found)] if found else []
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += sorted(pyenv.glob("3.10*/bin/python"), reverse=True)
    for candidate in candidates:
        asked = [str(candidate), "-c", "import sys; print(sys.version_info[:2] == (3, 10))"]
        if subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() == "True":
            yield candidate
