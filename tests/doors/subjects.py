"""Acts of the other subjects by model, as tests/doors/table.py has them of the evaluation."""

from datetime import timedelta

from django.db import models

from tests.doors import (
    subject_disclosure,
    subject_duties,
    subject_emendations,
    subject_house,
    subject_land,
    subject_money,
    subject_people,
    subject_proposals,
)
from tests.doors.standings import Standing
from tests.doors.table import Act, Maker

_EACH = (
    subject_emendations,
    subject_duties,
    subject_disclosure,
    subject_land,
    subject_money,
    subject_people,
    subject_proposals,
    subject_house,
)
ACTS: dict[type[models.Model], list[Act]] = {model: acts for one in _EACH for model, acts in one.ACTS.items()}
STANDINGS: dict[type[models.Model], Standing] = {
    model: standing for one in _EACH for model, standing in one.STANDINGS.items()
}
# Of what their demonstration shows no row.
MAKERS: dict[type[models.Model], list[Maker]] = {
    model: makers for one in _EACH for model, makers in getattr(one, "MAKERS", {}).items()
}
# A walk that begins some days after the demonstration.
LATER: dict[type[models.Model], timedelta] = dict.fromkeys(subject_house.ACTS, subject_house.LATER)
