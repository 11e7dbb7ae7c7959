"""What is in force keeps the number of the inputs it stands on: brought up to date where they have come out the same."""

from collections.abc import Iterable

from evaluation.engine.models.ranking import Holding, Ranking
from evaluation.engine.queries.holding import difference_in_force, held_rankings, revision_of
from evaluation.scheme.access.office import office_ids
from miyun_kpi.accounts.enums import Role
from miyun_kpi.jobs.clock import Run, timed

NOT_HOLDING = 0


def stands_on(ranking: Ranking, revision: int) -> None:
    """`revision` was read before the inputs were: what moved in between is counted against the ranking, never for it."""
    held = Holding.objects.filter(ranking=ranking)
    if not held.filter(revision=revision).exists() and not held.update(revision=revision):
        Holding.objects.get_or_create(ranking=ranking, defaults={"revision": revision})


def compare_held(rankings: Iterable[Ranking]) -> list[Ranking]:
    """Compare the inputs of each; equal ones take the number of now. Returns those that no longer follow from theirs."""
    changed = []
    for ranking in rankings:
        revision = revision_of(ranking.scheme_id, ranking.period_id)
        if difference_in_force(ranking):
            changed.append(ranking)
            stands_on(ranking, NOT_HOLDING)
        else:
            stands_on(ranking, revision)
    return changed


def after_inputs_moved(scheme_id: int, periods: list[int]) -> None:
    """Within the act that moved them: what was changed and put back alarms nobody (engine 22)."""
    compare_held(held_rankings().filter(scheme=scheme_id, period__in=periods))


def _offices() -> list[tuple[int, str]]:
    return [(pk, Role.EVALUATION_OFFICE) for pk in office_ids("")]


@timed("evaluation.compare_held", "现行结果与所据输入的核对", tells=_offices)
def compare_all_held(run: Run) -> None:
    """Everything in force, by the clock: finds also what was written past the services. One that cannot be read fails alone."""
    for ranking in held_rankings():
        run.guard(f"ranking/{ranking.pk}", lambda one=ranking: compare_held([one]), what="有一次现行结果没有核对成")  # type: ignore[misc]  # bound now
