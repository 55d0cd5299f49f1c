"""Facts about a patient that no form asks, with what is worked out from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msreg.errors import Conflict
from msreg.services import deriving
from msreg.services.dossiers import Dossier
from msreg.services.writing import Work
from msreg.store.queries import saving as queries
from msreg.vocabulary import N_


def put_facts(work: Work, dossier: Dossier, facts: Mapping[str, Any]) -> None:
    """Write columns of the patient and the derived ones in the open work; the dossier's row has them afterwards.

    Raises `Conflict` when somebody else changed the patient since the dossier was read.
    """
    patient = dossier.patient
    told = queries.bound(facts)
    patient.row = {**patient.row, **told}
    derived = queries.bound(deriving.of_patient(dossier))
    row = {
        **told,
        **derived,
        "updated_at": queries.moment(work.at),
        "id": patient.id,
        "version": patient.row["version"] + 1,
    }
    patient.row = {**patient.row, **row}
    if not queries.change(work.db, "patient", [row]):
        raise Conflict(
            N_("Somebody else changed a record of this work in the meantime; nothing was saved."),
            hint=N_("Look at the record again and repeat your change."),
        )
