"""One registry: its keys, its database, its log. Light until a service asks for the SQLAlchemy session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from msreg.clock import now as clock_now
from msreg.errors import MsregError, NotFound
from msreg.store import anchors
from msreg.store.connect import BUSY_SECONDS, open_database
from msreg.store.dbapi import Database, transaction
from msreg.store.keys import Keys, KeySource, KeyStore, load_keys
from msreg.store.schema import check_version
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

    from msreg.config import Settings


class Registry:
    """An opened registry: made by `open` or `create`, closed by `close` or at the end of a `with`."""

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        key_source: KeySource,
        uuid: str,
        *,
        made_up: bool,
        clock: Callable[[], datetime] = clock_now,
        opened: Database | None = None,
        patience: float = BUSY_SECONDS,
        lasting: bool = False,
    ) -> None:
        self.settings = settings
        self.keys = keys
        self.key_source = key_source
        self.uuid = uuid
        """Identifier of the registry, in its keys, its log and its marks."""
        self.made_up = made_up
        """Whether all people in it are invented: a demo or test registry, where `--today` is allowed."""
        self.clock = clock
        self.unmarked: MsregError | None = None
        """Why the last mark of the log could not be written outside the database, if it could not."""
        self._opened = opened
        self._patience = patience
        self._lasting = lasting
        self._shared: Database | None = None
        self._engine: Engine | None = None

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = clock_now,
        patience: float = BUSY_SECONDS,
        lasting: bool = False,
    ) -> Registry:
        """Open the registry of these settings. `light` waits `patience` seconds for who keeps it locked.

        `lasting`: connections are kept from one user to the next, for a program that stays.

        Raises `NotFound` when there is none, `Unavailable` when its key, its disk or its rights fail,
        `Conflict` when its version is not this program's or somebody keeps it locked.
        """
        if not settings.database_file.exists():
            raise NotFound(
                N_("There is no registry at {path}."),
                hint=N_("Make one with: msreg init"),
                path=str(settings.home),
            )
        _no_core_dump()
        keys, source = load_keys(settings)
        db = Database(open_database(settings.database_file, keys.db_key, timeout=patience))
        try:
            facts = _facts(db)
            check_version(facts.get("schema", ""))
        except BaseException:
            db.close()
            raise
        made_up = facts.get("made_up") == "1"
        uuid = facts["registry"]
        return cls(
            settings, keys, source, uuid, made_up=made_up, clock=clock, opened=db, patience=patience, lasting=lasting
        )  # fmt: skip

    @classmethod
    def create(
        cls,
        settings: Settings,
        *,
        key_store: KeyStore = "auto",
        made_up: bool = False,
        clock: Callable[[], datetime] = clock_now,
    ) -> tuple[Registry, str]:
        """Make a new, empty registry; the text is its recovery key, to be shown once and never again.

        All or nothing. Raises `Conflict` when there is one already, `Usage` when no place for the key was
        chosen, `Unavailable` when the folder cannot be written.
        """
        from msreg.store.create import create_files

        keys, source, uuid, recovery_key = create_files(
            settings, key_store=key_store, made_up=made_up, now=clock()
        )
        return cls(settings, keys, source, uuid, made_up=made_up, clock=clock), recovery_key

    @contextmanager
    def light(self, *, keep: bool = False) -> Iterator[Database]:
        """A connection for SQL text, in autocommit outside `transaction(db)`; closed at the end.

        `keep`: it is kept for the next user instead. For a look that is surely followed by the work itself.
        """
        if self._shared is not None:
            yield self._shared
            return
        # Opening checked one connection already: the first user gets that one.
        db, self._opened = self._opened, None
        if db is None:
            db = Database(
                open_database(self.settings.database_file, self.keys.db_key, timeout=self._patience)
            )
        try:
            yield db
            if (keep or self._lasting) and self._opened is None:
                self._opened = db
        finally:
            if self._opened is not db:
                db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction around several short works that use `light`: they wait for the disk once, together.

        What one of them raises undoes that one alone. Nothing of any of them is to be shown before the block ended.
        """
        with self.light() as db, transaction(db):
            self._shared = db
            try:
                yield
            finally:
                self._shared = None

    def engine(self) -> Engine:
        """The SQLAlchemy engine; every transaction on it takes the write lock at its start."""
        if self._engine is None:
            from msreg.store.engine import make_engine

            self._engine = make_engine(self.settings.database_file, self.keys.db_key)
        return self._engine

    def session(self) -> Session:
        """A new SQLModel session. What it loaded stays readable after its commit."""
        from sqlmodel import Session

        return Session(self.engine(), expire_on_commit=False)

    def under(self, session: Session) -> Database:
        """The connection under a session, inside its transaction: for the log and for SQL text."""
        raw = session.connection().connection.dbapi_connection
        if raw is None:
            raise RuntimeError("the session has no connection")
        return Database(raw)  # type: ignore[arg-type]

    def anchor_if_due(self, db: Database) -> anchors.Anchor | None:
        """After a commit: mark the log outside the database when that is due. None when it is not.

        Raises `Unavailable` when the mark cannot be written; the work itself is committed by then.
        """
        last = db.one("SELECT max(seq) FROM audit_event")
        now = self.clock()
        if not anchors.due(self.settings, int((last and last[0]) or 0), now):
            return None
        return anchors.write_anchor(self.settings, self.keys, db, now)

    def close(self) -> None:
        """Let go of the database."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _no_core_dump() -> None:
    """A crash must not leave the key and patients' data in a core file."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _facts(db: Database) -> dict[str, str]:
    """Table `meta`; nothing when the database has no such table, as a very old or a foreign one."""
    if db.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'") is None:
        return {}
    return {str(key): str(value) for key, value in db.rows("SELECT key, value FROM meta")}
