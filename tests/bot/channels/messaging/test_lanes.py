import asyncio

import pytest

from bot.channels.lanes import LaneFullError, Lanes


async def test_one_after_the_other_and_side_by_side() -> None:
    lanes, done, gate = Lanes(), [], asyncio.Event()

    async def job(name: str, *, waits: bool = False) -> str:
        if waits:
            await gate.wait()
        done.append(name)
        return name

    first = lanes.submit("a", lambda: job("a1", waits=True))
    second = lanes.submit("a", lambda: job("a2"))
    assert await lanes.submit("b", lambda: job("b1")) == "b1"
    gate.set()
    assert (await first, await second) == ("a1", "a2")
    assert done == ["b1", "a1", "a2"]
    await lanes.idle()
    assert len(lanes) == 0


async def test_a_job_that_fails_does_not_stop_the_lane() -> None:
    lanes = Lanes()

    async def fails() -> None:
        raise ValueError

    async def works() -> int:
        return 1

    failed, worked = lanes.submit("a", fails), lanes.submit("a", works)
    with pytest.raises(ValueError):  # noqa: PT011
        await failed
    assert await worked == 1


async def test_full_and_closing() -> None:
    lanes, gate = Lanes(most=2), asyncio.Event()

    async def job() -> None:
        await gate.wait()

    tasks = [lanes.submit("a", job), lanes.submit("a", job)]
    with pytest.raises(LaneFullError):
        lanes.submit("a", job)
    await lanes.close(seconds=0)
    with pytest.raises(LaneFullError):
        lanes.submit("b", job)
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)
