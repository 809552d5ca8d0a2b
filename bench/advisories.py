"""Known vulnerabilities of the locked dependencies, by pip-audit (`make check`).

Exit code 1 when there is one. Where the advisory data (PyPI's) can't be had, it says so and gives 0: not having looked
must be seen, but must not stop who works without a network.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / "var/audit-env"
TOOL = "pip-audit==2.10.1"
LOCKS = ("requirements.lock", "requirements-dev.lock")


def main() -> int:
    """Look at both lock files."""
    program = _installed()
    if program is None:
        return 0
    return max([_audit(program, lock) for lock in LOCKS])


def _installed() -> Path | None:
    program = ENVIRONMENT / "bin/pip-audit"
    if program.is_file():
        return program
    # An environment of its own: its dependencies are not the project's.
    venv.create(ENVIRONMENT, with_pip=True)
    command = [ENVIRONMENT / "bin/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", TOOL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"SKIPPED: {TOOL} can't be installed here; known vulnerabilities were not looked for.")
        return None
    return program


def _audit(program: Path, lock: str) -> int:
    command = [program, "--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run([*command, "-r", ROOT / lock], capture_output=True, text=True, check=False)
    try:
        dependencies: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"SKIPPED: {lock}: no advisory data ({(done.stderr.strip().splitlines() or ['?'])[-1][:150]})")
        return 0
    for one in dependencies:
        for found in one.get("vulns", ()):
            fixed = ", ".join(found.get("fix_versions", ())) or "no version"
            print(f"{lock}: {one['name']} {one['version']}: {found['id']}, mended in {fixed}")
    skipped = [one["name"] for one in dependencies if "skip_reason" in one]
    looked_at = len(dependencies) - len(skipped)
    print(f"{lock}: {looked_at} dependencies looked at{_not_known(skipped)}")
    return int(any(one.get("vulns") for one in dependencies))


def _not_known(skipped: list[str]) -> str:
    return f"; SKIPPED, no advisory data for them: {len(skipped)} ({', '.join(skipped[:3])} …)" if skipped else ""


if __name__ == "__main__":
    sys.exit(main())
