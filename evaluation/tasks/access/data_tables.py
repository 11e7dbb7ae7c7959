"""Who imports a monthly data table (the evaluator that marks the indicator) and whose rows one reads."""

from django.db.models import QuerySet

from evaluation.scheme.models.scheme import Indicator
from evaluation.tasks.access.tasks import indicators_marked_by, listed_indicators
from evaluation.tasks.models.data_tables import DataTable
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.models import Organisation


def tables_visible_to(actor: Actor) -> QuerySet[DataTable]:
    found = DataTable.objects.select_related("indicator__scheme", "kept_for")
    return found.filter(indicator__in=listed_indicators(actor).order_by().values("pk"))


def visible_table(actor: Actor, table_id: int) -> DataTable:
    found = one_of(tables_visible_to(actor).filter(pk=table_id))
    return found


def keeps_tables_of(actor: Actor, indicator: Indicator) -> bool:
    marked = indicators_marked_by(actor.organisation_id)
    return actor.may(Verb.KEEP_DATA_TABLES) and marked.filter(indicator=indicator).exists()


def require_keep_tables_of(actor: Actor, indicator: Indicator) -> None:
    require(actor, Verb.KEEP_DATA_TABLES)
    if not keeps_tables_of(actor, indicator):
        raise NotAllowed("not-your-indicator", "这一项的数据表由打分的考评部门维护，没有保存。")


def require_keep_table(actor: Actor, table: DataTable) -> None:
    """Co-evaluators of an indicator each keep their own tables."""
    require_keep_tables_of(actor, table.indicator)
    if table.kept_for_id != actor.organisation_id:
        raise NotAllowed("not-your-table", f"这张表由{table.kept_for.name}维护，没有保存。")


def own_row(actor: Actor) -> str:
    """The only row of a table by units that a unit sees: its own code; "" for who sees all."""
    if not actor.may(Verb.REPORT_PROGRESS) or actor.organisation_id is None:
        return ""
    return Organisation.objects.values_list("code", flat=True).get(pk=actor.organisation_id)
