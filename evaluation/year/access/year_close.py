"""Who may see and do what with the year's last acts (13号 四（三）1、3, 五（二）)."""

from evaluation.scheme.access.office import is_ranked_co_office, require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import scheme_of
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.enums import Track


def issued_scheme(year: int, track: str) -> Scheme:
    scheme = scheme_of(track, year)
    if scheme is None or not Scheme.objects.issued().filter(pk=scheme.pk).exists():
        raise NotFound
    return scheme


def require_closing(actor: Actor, scheme: Scheme) -> None:
    require_office(actor, Verb.CLOSE_YEAR, track=scheme.track)


def closes_year(actor: Actor, track: str) -> bool:
    return actor.may(Verb.CLOSE_YEAR) and not (track == Track.DEPARTMENT and is_ranked_co_office(actor))


def survey_scheme(actor: Actor, year: int, track: str) -> Scheme:
    """效果评价: leaders fill it, the office collects it. Nobody else learns more of it."""
    scheme = issued_scheme(year, track)
    if not actor.may(Verb.FILL_LEADER_FORM):
        require_closing(actor, scheme)
    return scheme


def fills_form(actor: Actor) -> bool:
    """The leader himself (四（三）3 “组织区政府领导评价”): who stands in for one gives no judgement of his own."""
    return actor.may(Verb.FILL_LEADER_FORM) and actor.stands_for is None


def require_leader(actor: Actor) -> None:
    require(actor, Verb.FILL_LEADER_FORM)
    if actor.user_id is None:
        raise NotFound
    if not fills_form(actor):
        raise NotAllowed("in-person", "效果评价由区领导本人填写，代理岗位不能代填，没有提交。")
