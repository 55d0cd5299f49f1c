"""Requests at a fixed rate over connections that stay, each timed from the moment at which it was to be sent.

A request that waits because those before it were slow counts its waiting too; a generator that waits for answers before
it goes on would hide just that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import perf_counter

from benchmarks.pairs import Failed

_LINES = 32


def seconds_at_rate(port: int, paths: Sequence[str], *, rate: float, seconds: float) -> list[float]:
    """Ask for the paths one after another, so many a second; the seconds that each answer took, sorted.

    Raises `Failed` when an answer is another than 200.
    """
    return sorted(asyncio.run(_all(port, paths, rate, round(rate * seconds))))


def percentile(sorted_seconds: Sequence[float], share: float) -> float:
    """The time within which this share of the answers came."""
    return sorted_seconds[min(len(sorted_seconds) - 1, int(len(sorted_seconds) * share))]


async def _all(port: int, paths: Sequence[str], rate: float, count: int) -> list[float]:
    planned: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()
    took: list[float] = []
    lines = [asyncio.create_task(_line(port, planned, took)) for _each in range(_LINES)]
    begun = perf_counter() + 0.1
    for number in range(count):
        at = begun + number / rate
        await asyncio.sleep(max(0.0, at - perf_counter()))
        planned.put_nowait((at, paths[number % len(paths)]))
    for _each in lines:
        planned.put_nowait(None)
    await asyncio.gather(*lines)
    return took


async def _line(port: int, planned: asyncio.Queue[tuple[float, str] | None], took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while (wanted := await planned.get()) is not None:
            at, path = wanted
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200 "):
                raise Failed(f"the pages answered {head.split(b' ', 2)[1].decode()}")
            length = next(
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.startswith(b"content-length:")
            )
            await reader.readexactly(length)
            took.append(perf_counter() - at)
    finally:
        writer.close()
