"""The outbox by SQL text: mails that wait, go out or went out, and the links in them. `ob` is the mail, `ml` a link."""

from __future__ import annotations

from msreg.store.dbapi import Database
from msreg.vocabulary import MailReason, MailState


def forget(db: Database, patient_id: str) -> None:
    """Let a patient who is erased get no mail any more, and end every link that was sent."""
    mine = "SELECT ob.id FROM outbox ob WHERE ob.patient_id = ?"
    db.execute(f"DELETE FROM mail_link WHERE outbox_id IN ({mine})", (patient_id,))
    db.execute(
        f"UPDATE outbox SET state = '{MailState.CANCELLED.value}', reason = '{MailReason.ERASED.value}',"
        " worker = NULL, claim_until = NULL, version = version + 1"
        f" WHERE patient_id = ? AND state IN ('{MailState.NEW.value}', '{MailState.SENDING.value}')",
        (patient_id,),
    )
    db.execute("UPDATE outbox SET address_mark = NULL WHERE patient_id = ?", (patient_id,))
