"""What only the centre that registered a patient may do: it holds the signed consent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msreg.errors import NotAllowed
from msreg.services import access
from msreg.store.actor import Actor
from msreg.vocabulary import N_


def require_registering(by: Actor, row: Mapping[str, Any]) -> None:
    """Let the centre that registered the patient of this row go on, and the registry office for it.

    Raises `NotAllowed` for a centre that only shares the patient; inside `writing(...)` that is logged.
    """
    if not access.works_for(by, row["centre_id"]):
        raise NotAllowed(
            N_("Only the centre that registered this patient may do this, or the registry office for it."),
            hint=N_("Ask that centre, or the registry office."),
        )
