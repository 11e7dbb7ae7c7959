"""Whether a database can be taken up by this version: looked at before anything in it is changed."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from miyun_kpi.lib.errors import Refused


def applied() -> str:
    """What this database has been brought to, as one short text that changes with every migration; "" for an empty one."""
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        return ""
    rows = recorder.migration_qs
    last = rows.order_by("-pk").values_list("pk", "app", "name").first()
    return f"{rows.count()} {last}"


def is_up_to_date() -> bool:
    """Whether every migration of this version has been applied."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def require_known_migrations() -> None:
    """Refuses a database that an other version has made: half of it would be brought up and half of it would not fit."""
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        return
    unknown = unknown_migrations(recorder.applied_migrations())
    if not unknown:
        return
    named = "、".join(f"{app} {name}" for app, name in unknown[:3])
    more = f"等 {len(unknown)} 个" if len(unknown) > 3 else ""
    where = (
        f"请把 {settings.VAR_DIR} 整个移到别处，再启动"
        if connection.vendor == "sqlite"
        else "请把 KPI_DATABASE_URL 换成一个空的数据库，再启动"
    )
    raise Refused(
        "other-version",
        f"这个数据库是另一个版本建的（其中的 {named}{more}，这一版里没有），没有启动，也没有改动它。"
        f"{where}；要用里面的数据，请用原来的版本打开。",
    )


def unknown_migrations(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of our own apps; what a package has folded together in a later version is the package's matter."""
    own = {one.label for one in apps.get_app_configs() if one.path.startswith(str(settings.BASE_DIR))}
    own -= {one.label for one in apps.get_app_configs() if "site-packages" in one.path}
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    assert known is not None
    return sorted(key for key in found if key[0] in own and key not in known)
