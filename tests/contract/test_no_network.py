"""Tests stay on this machine: the guard in `conftest.py` works."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "registry.example"])
def test_no_other_machine_is_reached(address: str) -> None:
    with pytest.raises(RuntimeError, match="another machine"):
        socket.create_connection((address, 25), timeout=1)


def test_this_machine_is_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()
