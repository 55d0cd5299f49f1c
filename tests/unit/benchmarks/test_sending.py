"""M1: both sides send the same mails to a real server."""

from __future__ import annotations

from pathlib import Path

from benchmarks.ground import Ground
from benchmarks.sending import SENDING, Sending, server


def test_m1_sends_every_mail_on_both_sides(tmp_path: Path) -> None:
    ground = Ground(tmp_path, most=1_200)
    (target,) = SENDING
    assert isinstance(target, Sending)
    ours, peer = target.sides(ground)
    for _ in range(2):
        assert ours() > 0
        assert peer() > 0
    assert int((ground.of(80_000).folder / "mails").read_text()) > 10


def test_each_server_has_a_port_of_its_own_and_ends() -> None:
    with server() as one, server() as other:
        assert one != other
