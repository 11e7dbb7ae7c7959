"""All tables of an empty database in one step, as the migrations would leave them one after another.

Migrating draws every model anew after each change of it: 4/5 of the time of a first start, of a rehearsal and of the tests.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

# What these say stands in the last state, from which the tables are made.
OF_THE_STATE = {f"django.db.migrations.operations.{kind}" for kind in ("models", "fields")}


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Nothing stands in it: what holds any table at all goes the long way."""
    return not connection.introspection.table_names()


def build(connection: BaseDatabaseWrapper) -> int:
    """Makes the tables of the last state and records every migration as applied; all of it or nothing.

    Steps of code or SQL run once, on the last state; those that only carry rows over are marked `elidable` in their
    migrations and are left out, for there are no rows. Returns the number of tables that were made.
    """
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    state: ProjectState = executor.loader.project_state()
    made = 0
    with connection.schema_editor(atomic=True) as editor:
        for model in state.apps.get_models(include_auto_created=False):
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
                made += 1
        for step in (one for migration in plan for one in migration.operations):
            run_step(step, editor, state)
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for migration in plan:
            recorder.record_applied(migration.app_label, migration.name)
    return made


def run_step(step: Operation, editor: Any, state: ProjectState) -> None:
    """What one step of a migration leaves beside the tables. Raises NotImplementedError for a kind that is not known here."""
    if isinstance(step, RunPython | RunSQL):
        if not step.elidable:
            step.database_forwards("", editor, state, state)
    elif type(step).__module__ not in OF_THE_STATE:
        raise NotImplementedError(f"{step.describe()}: say in {__name__} what an empty database needs of it")
