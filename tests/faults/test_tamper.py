"""100 tamperings with the sealed audit, made as superuser, are all found (hazard H44); run.py does 1,000."""

from pathlib import Path
from typing import Any

import pytest

from tests.faults.tamper import TAMPERINGS, tamper

COUNT = 100


@pytest.mark.hazard("H44")
@pytest.mark.django_db(transaction=True)
def test_every_tampering_with_sealed_rows_is_found(owner: Any, settings: Any, tmp_path: Path) -> None:
    settings.AUDIT_KEYS = ["the key that is not in the database"]
    settings.AUDIT_SEALS_FILE = str(tmp_path / "seals")

    trial = tamper(owner, COUNT, seed=1)

    assert not trial.missed
    assert trial.done.total() == COUNT
    assert len(trial.done) == len(TAMPERINGS)
