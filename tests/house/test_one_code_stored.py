"""What was stored under the old codes of docs/decisions/0058 is found under the new ones, nothing is lost, and the way
back leads back. Rows are written at the state of the day before, under its constraints, and then migrated.

PostgreSQL migrates inside the test's transaction. SQLite cannot, and is given a copy of the prepared database.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, models
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.utils import timezone

from farmland.guard import install_guard

BEFORE = [
    ("evaluation", "0014_drop_the_number_of_a_scheme"),
    ("duties", "0004_documents_with_years"),
    ("finance_policy", "0002_accounts_of_the_demonstration"),
    ("jobs", "0001_initial"),
    ("postdoc", "0003_what_the_demonstration_entered"),
    ("farmland", "0003_rewards_taken_back"),
    ("registers", "0002_hands_and_steps"),
]
AFTER = [(app, f"{int(name[:4]) + 1:04}_one_code_a_term") for app, name in BEFORE]

# model, column, old code, new code, what else the row needs to be one that could stand
STORED: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("evaluation.adjustment", "state", "declined", "refused", {"decided_points": 0}),
    ("evaluation.deliberation", "state", "recorded", "proposed", {"confirmed_at": None}),
    ("evaluation.deliberatedadjustment", "outcome", "decline", "refused", {}),
    ("evaluation.deliberatedadjustment", "outcome", "grant", "granted", {}),
    ("evaluation.unlockrequest", "state", "declined", "refused", {}),
    ("evaluation.supervisionentry", "act", "send_back", "returned", {}),
    ("evaluation.supervisionentry", "act", "finish", "finished", {}),
    ("evaluation.supervisionentry", "act", "close", "closed", {}),
    ("evaluation.supervisionentry", "extension", "declined", "refused", {}),
    ("evaluation.review", "state", "check", "proposed", {"answer": "uphold", "decision": "change"}),
    ("evaluation.review", "answer", "uphold", "upheld", {"state": "upheld"}),
    ("evaluation.review", "decision", "change", "changed", {"state": "changed"}),
    ("evaluation.veto", "state", "recorded", "proposed", {}),
    ("evaluation.veto", "state", "declined", "returned", {}),
    ("evaluation.sheetdecision", "state", "recorded", "proposed", {}),
    ("evaluation.sheetdecision", "state", "declined", "returned", {}),
    ("evaluation.figurebatch", "state", "rejected", "returned", {}),
    ("evaluation.yearmethod", "state", "rejected", "returned", {}),
    ("evaluation.bulletin", "state", "review", "submitted", {}),
    ("evaluation.selfreport", "state", "submitted", "filed", {}),
    ("duties.dutyperiod", "state", "submitted", "filed", {}),
    ("duties.statement", "state", "filed", "submitted", {}),
    ("finance_policy.bankreturn", "state", "submitted", "filed", {}),
    ("finance_policy.fundentry", "kind", "reversal", "reversed", {"amount": 5}),
    ("jobs.job", "state", "cancelled", "stopped", {}),
    ("postdoc.application", "phase", "submitted", "filed", {}),
    ("postdoc.application", "phase", "cancelled", "withdrawn", {}),
    ("farmland.application", "state", "struck", "revoked", {}),
    ("farmland.entry", "kind", "reversal", "reversed", {}),
    ("registers.recordevent", "act", "struck", "revoked", {}),
]
# kind, stage before, step before (its words), stage since, step since
RECORDS = [
    ("disclosure.welfare", "waiting", "submit", "报请审核", "submitted", "submitted"),
    ("disclosure.welfare", "withdrawn", "withdraw", "撤下", "taken-down", "take-down"),
    ("disclosure.lists", "draft", "take-back", "撤回修改", "draft", "withdrawn"),
    ("disclosure.lists", "draft", "return", "退回修改", "draft", "returned"),
    ("disclosure.lists", "draft", "recall", "发布前退回", "draft", "returned"),
    ("finance.cases", "sent", "choose", "入选", "filed", "choose"),
    ("finance.listing", "filed", "file", "登记申报", "declared", "declare"),
    ("finance.projects", "applied", "back", "退回补正", "declared", "returned"),
    ("farmland.projects", "filed", "file", "登记备案", "on-record", "put-on-record"),
    ("safety.hazards", "proposed", "relist", "退回重拟", "proposed", "returned"),
    ("safety.hazards", "working", "back", "验收未通过", "working", "not-passed"),
    ("safety.risks", "standing", "return", "重新管控", "standing", "reopen"),
    ("safety.charging", "filled", "back", "退回重填", "filled", "returned"),
    ("water.outfall", "mending", "back", "退回整治", "mending", "returned"),
    ("postdoc.schooling", "asked", "back", "重新办理", "asked", "reopen"),
]
VIEWS = {
    "stage=waiting&struck=1&q=%E4%BD%8E%E4%BF%9D": "stage=submitted&revoked=1&q=%E4%BD%8E%E4%BF%9D",
    "stage=draft": "stage=draft",
}


@pytest.fixture
def moved(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, tmp_path: Path
) -> Iterator[Any]:
    """A connection to a filled database that may be migrated."""
    if connection.vendor == "postgresql":
        request.getfixturevalue("db")
        yield connection
        return
    copied = tmp_path / "moved.sqlite3"
    shutil.copy(connection.settings_dict["NAME"], copied)
    connections.databases["moved"] = {**connections.databases["default"], "NAME": str(copied)}
    with django_db_blocker.unblock():
        try:
            yield connections["moved"]
        finally:
            connections["moved"].close()
            del connections["moved"], connections.databases["moved"]


def _to(on: Any, targets: list[tuple[str, str]]) -> Any:
    if on.vendor == "postgresql":
        with on.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor = MigrationExecutor(on)
    executor.migrate(targets)
    return MigrationExecutor(on).loader.project_state(targets).apps


NOW = timezone.now()
SOON = {name: NOW + timedelta(days=day) for day, name in enumerate(("starts_at", "due_at", "late_until", "locks_at"))}
# What a constraint of a table asks for, beyond what every row needs.
NEEDS: dict[str, dict[str, Any]] = {
    "evaluation.adjustment": {"points": Decimal("0.1")},
    "evaluation.deliberatedadjustment": {"points": Decimal("0.1")},
    "evaluation.period": SOON,
    "evaluation.sheetdecision": {"kind": "leave_out", "until": None},
    "evaluation.selfreport": {"signed_at": NOW},
    "evaluation.unitcheck": {"opened_at": NOW, "due_at": NOW + timedelta(days=3)},
    "jobs.job": {"finished_at": NOW},
    "postdoc.application": {"received": 0, "passed": 0, "clawback": 0, "recovered": 0},
    "farmland.lot": {"area": 9, "accepted": 9, "reserved": 0, "transferred": 0, "used": 0},
}


class _Filler:
    """A row of any model of a past state with what it cannot do without, each in a place of its own."""

    def __init__(self, apps: Any, alias: str) -> None:
        self.apps, self.alias, self.count = apps, alias, 1000

    def row(self, model: Any, **given: Any) -> Any:
        self.count += 1
        given = {**NEEDS.get(model._meta.label_lower, {}), **given}
        made = model(**given)
        for field in model._meta.concrete_fields:
            name = field.attname.removesuffix("_id") if field.is_relation else field.attname
            if name in given or field.attname in given or field.primary_key and not field.is_relation:
                continue
            if field.is_relation:
                if not field.null:
                    setattr(made, field.attname, self._parent(field))
            elif not field.null and not field.has_default() and not field.blank:
                setattr(made, field.attname, self._value(field))
        made.save(using=self.alias, force_insert=True)
        return made

    def _parent(self, field: Any) -> Any:
        model = self.apps.get_model(field.related_model._meta.label)
        if field.one_to_one or model._meta.app_label not in ("organisations", "gazette"):
            return self.row(model).pk
        return model._base_manager.using(self.alias).order_by("pk").first().pk

    def _value(self, field: Any) -> Any:
        if field.choices:
            return field.choices[0][0]
        match field:
            case models.DateTimeField():
                return NOW
            case models.DateField():
                return NOW.date()
            case models.CharField() | models.TextField():
                return f"{self.count}"[: field.max_length]
            case models.BooleanField():
                return False
            case models.JSONField():
                return {}
            case models.BinaryField():
                return b""
        return self.count


def _stored(apps: Any, alias: str, model: str, pk: int, column: str) -> str:
    return str(apps.get_model(model)._base_manager.using(alias).values_list(column, flat=True).get(pk=pk))


def _counts(apps: Any, alias: str) -> dict[str, int]:
    tables = {model for model, *_ in STORED} | {"registers.record", "registers.savedview"}
    return {name: apps.get_model(name)._base_manager.using(alias).count() for name in sorted(tables)}


def _reversed(filler: _Filler, model: str) -> dict[str, Any]:
    """A reversal names the entry that it takes back."""
    if model not in ("finance_policy.fundentry", "farmland.entry"):
        return {}
    fund = model.startswith("finance")
    taken = filler.row(
        filler.apps.get_model(model), **({"kind": "paid-in", "amount": 7} if fund else {"kind": "accept"})
    )
    return {"reverses": taken if fund else taken.number}


def test_what_was_stored_is_found_under_the_new_code_and_goes_back(moved: Any) -> None:
    old = _to(moved, BEFORE)
    alias, filler = moved.alias, _Filler(old, moved.alias)
    kept = [
        (
            model,
            filler.row(old.get_model(model), **{column: was}, **_reversed(filler, model), **more).pk,
            column,
            was,
            now,
        )
        for model, column, was, now, more in STORED
    ]
    record, event, view = (old.get_model(f"registers.{name}") for name in ("record", "recordevent", "savedview"))
    for kind, stage, step, words, stage_now, step_now in RECORDS:
        row = filler.row(record, kind=kind, stage=stage)
        kept.append(("registers.record", row.pk, "stage", stage, stage_now))
        done = filler.row(event, record=row, act="stepped", step=words, step_code=step)
        kept.append(("registers.recordevent", done.pk, "step_code", step, step_now))
    for query, now in VIEWS.items():
        row = filler.row(view, kind="disclosure.welfare", query=query)
        kept.append(("registers.savedview", row.pk, "query", query, now))
    before = _counts(old, alias)

    new = _to(moved, AFTER)
    assert [(m, c, w, _stored(new, alias, m, pk, c)) for m, pk, c, w, _ in kept] == [
        (m, c, w, n) for m, _, c, w, n in kept
    ]
    assert _counts(new, alias) == before
    install_guard(using=alias)  # what Django does after a migration
    with pytest.raises(DatabaseError, match="append-only"), moved.cursor() as cursor:
        cursor.execute("SAVEPOINT refused") if moved.in_atomic_block else None
        cursor.execute("UPDATE farmland_entry SET kind = 'accept'")
    if moved.in_atomic_block:
        with moved.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT refused")

    again = _to(moved, BEFORE)
    assert [(m, c, _stored(again, alias, m, pk, c)) for m, pk, c, _, _ in kept] == [(m, c, w) for m, _, c, w, _ in kept]
    assert _counts(again, alias) == before
