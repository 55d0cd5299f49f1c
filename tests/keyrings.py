"""A keyring in memory, in the place of one that a desktop gives."""

from __future__ import annotations

import keyring.backend
import keyring.errors


class Memory(keyring.backend.KeyringBackend):
    """Keeps what is put in it as long as it lives; its module is one that msreg trusts."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


Memory.__module__ = "keyring.backends.SecretService"
