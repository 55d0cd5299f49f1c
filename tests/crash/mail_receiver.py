"""A mail server in a process of its own: `python mail_receiver.py FILE`. Tells its port, and each mail in the file.

One line a mail, written before the answer goes out: its Message-ID and its address.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_ID = re.compile(rb"(?im)^message-id: *(<[^>]+>)")


class Receiver:
    """Writes what it gets."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("ab", buffering=0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        found = _ID.search(envelope.content)
        assert found is not None
        self._file.write(found[1] + b"\t" + envelope.rcpt_tos[0].encode() + b"\n")
        return "250 OK"


async def main() -> None:
    """Serve until somebody ends it."""
    receiver = Receiver(Path(sys.argv[1]))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(receiver, hostname="localhost"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
