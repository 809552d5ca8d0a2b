"""`python -m tests.simulation --patients 5000 --seed 1`: simulated patients by the thousand."""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
from collections import Counter

from tqdm import tqdm

from tests.simulation.play import Played
from tests.simulation.run import load_actions, simulate
from tests.simulation.world import load_trained


def main() -> int:
    """Play, then print figures; 1 when a conversation failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--patients", type=int, default=5000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int, action="append", help="play this patient of the seed, and show it")
    parser.add_argument("--real-hashing", action="store_true", help="hash passwords as in production")
    parser.add_argument("--failures", type=int, default=20, help="how many failures to list")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    numbers = options.only or range(options.patients)
    all_played = asyncio.run(_play(options.seed, numbers, real_hashing=options.real_hashing))
    if options.only:
        for played in all_played:
            tqdm.write(played.transcript())
    report(all_played, options.seed, options.failures)
    return 1 if any(played.failures for played in all_played) else 0


async def _play(seed: str, numbers: list[int] | range, *, real_hashing: bool) -> list[Played]:
    model, actions = load_trained(), load_actions()
    progress = tqdm(total=len(numbers), unit=" patients", file=sys.stderr)
    all_played = await simulate(
        model, actions, seed, list(numbers), real_hashing=real_hashing, each=lambda _played: progress.update()
    )
    progress.close()
    return all_played


def report(all_played: list[Played], seed: str, most: int) -> None:
    """Print the figures."""
    linked = [played.until_linked for played in all_played if played.linked]
    flawless = [played.until_linked for played in all_played if played.linked and played.patient.flawless]
    turns = sum(played.messages for played in all_played)
    tqdm.write(f"{len(all_played)} patients, {turns} messages, {len(linked)} linked")
    for name, counts in (("all", linked), ("without a mistake", flawless)):
        if counts:
            tqdm.write(f"messages until linked, {name}: {_figures(counts)}")
    struggles: Counter[tuple[str, str]] = sum((played.struggles for played in all_played), Counter())
    tqdm.write("\nwhere patients struggle:")
    for (slot, problem), count in struggles.most_common(60):
        tqdm.write(f"  {count:5}  {slot:22} {problem}")
    failed = [played for played in all_played if played.failures]
    tqdm.write(f"\n{len(failed)} conversations failed")
    kinds = Counter(failure.partition(":")[0] for played in failed for failure in set(played.failures))
    for kind, count in kinds.most_common():
        tqdm.write(f"  {count:5}  {kind}")
    for played in failed[:most]:
        tqdm.write(f"--seed {seed} --only {played.patient.number}: {'; '.join(dict.fromkeys(played.failures))}")


def _figures(counts: list[int]) -> str:
    ordered = sorted(counts)
    p95 = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]
    return f"median {statistics.median(ordered):g}, p95 {p95}, most {ordered[-1]}"


if __name__ == "__main__":
    sys.exit(main())
