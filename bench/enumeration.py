"""Can a stranger tell by the time of an answer whether an email, an account or a NAM is known here?

    python -m bench.enumeration [--rounds 150]

Each pair of questions differs only in whether the person exists; they are asked in turns, against the real portal over
SQLite, and the two samples are compared (Mann-Whitney; the area under the curve is 0.5 when nothing can be told).
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from pydantic import SecretStr
from scipy.stats import mannwhitneyu

from actions.portal import Portal
from actions.portal.importing import import_files
from actions.portal.settings import PortalSettings

KNOWN, UNKNOWN = "lucie.essai@example.com", "personne.ici@example.com"
WRONG, RIGHT = SecretStr("Faux-Canot9!Vert"), SecretStr("Vrai-Canot9!Vert")
Ask = Callable[[int, bool], Awaitable[object]]


async def _account(portal: Portal, conv: str, email: str, nam: str, username: str) -> str:
    await portal.set_password(conv, RIGHT)
    await portal.confirm_password(conv, RIGHT)
    made = await portal.create_account(
        conv, email=email, nam=nam, province="QC", username=username, terms_version="1", privacy_version="1"
    )
    assert made.account_id, made.status
    return made.account_id


async def _samples(ask: Ask, rounds: int) -> tuple[list[float], list[float], set[str]]:
    times: dict[bool, list[float]] = {True: [], False: []}
    answers = set()
    for number in range(rounds):
        for known in (number % 2 == 0, number % 2 != 0):  # whichever comes first finds the caches colder
            started = time.perf_counter()
            answer = await ask(number, known)
            times[known].append((time.perf_counter() - started) * 1000)
            answers.add(f"{getattr(answer, 'status', answer)}")
    return times[True], times[False], answers


async def measure(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = PortalSettings(
            database_url=SecretStr(f"sqlite+aiosqlite:///{folder}/portal.db"),
            mail_url=SecretStr(f"spool:{folder}/mail"),
            secret_keys=(SecretStr("a key for measuring that is long enough to be one"),),
        )
        portal = await Portal.open(settings)
        demo = Path("data/demo")
        await import_files(portal.core, clinics=demo / "clinics.csv", patients=demo / "patients.csv")
        await portal.clinics.refresh(now=True)
        await _account(portal, "owner", KNOWN, "ESSL85531419", "lucie_88")

        async def login(number: int, known: bool) -> object:
            return await portal.login(KNOWN if known else UNKNOWN, WRONG, f"c{number}{known}")

        async def create(number: int, known: bool) -> object:
            conv = f"n{number}{known}"
            await portal.set_password(conv, RIGHT)
            await portal.confirm_password(conv, RIGHT)
            return await portal.create_account(
                conv,
                email=KNOWN if known else f"x{number}@example.com",
                nam="ESSL85531419" if known else "TEST85031412",
                province="QC",
                username=f"u_{number}_{known}",
                terms_version="1",
                privacy_version="1",
            )

        near = await _account(portal, "near", "autre@example.com", "ESSL85531419", "near_88")
        far = await _account(portal, "far", "autre@example.com", "TEST85031412", "far_88")

        async def match(number: int, known: bool) -> object:
            return await portal.match_record(near if known else far, "info-data", f"m{number}{known}")

        print(f"{'question':<44}{'known ms':>10}{'unknown ms':>12}{'AUC':>7}{'p':>8}  answers")
        for name, ask in (
            ("login, wrong password: account or none", login),
            ("signing up: email and NAM known or not", create),
            ("match, wrong email: NAM on record or not", match),
        ):
            known, unknown, answers = await _samples(ask, rounds)
            test = mannwhitneyu(known, unknown)
            area = test.statistic / (len(known) * len(unknown))
            middle = [sorted(sample)[len(sample) // 2] for sample in (known, unknown)]
            print(f"{name:<44}{middle[0]:>10.2f}{middle[1]:>12.2f}{area:>7.2f}{test.pvalue:>8.2f}  {sorted(answers)}")
        await portal.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=150)
    asyncio.run(measure(parser.parse_args().rounds))
