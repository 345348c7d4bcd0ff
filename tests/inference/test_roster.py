"""What the roster and the notes say of physicians."""

from __future__ import annotations

import pyarrow as pa

from hcplens.inference.roster import known_names
from hcplens.inference.triage import Triage


def test_a_surname_alone_may_be_a_patients_whoever_else_has_it() -> None:
    hcps = pa.table({"name": ["Dr. Ruth Miller", None]})
    notes = pa.table({"brand": ["Zelvanta", None, "Lu Norexa"], "rep_id": ["Anna Jones", "R2", None]})
    known = known_names(hcps, notes)
    assert {"ruth miller", "anna jones", "zelvanta", "lu norexa"} <= known
    assert known.isdisjoint({"miller", "jones"})
    assert (
        Triage(known).of("Patient Jones was hospitalised.").redacted.text == "Patient [PATIENT_NAME] was hospitalised."
    )
