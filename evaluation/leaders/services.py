"""At 通报 the 领导首页 of every leader is kept as it stands in that moment, and the leaders are told."""

from datetime import datetime

from evaluation.engine.models.ranking import Ranking
from evaluation.engine.rules.documents import canonical
from evaluation.leaders.access import leaders_on, of_leader
from evaluation.leaders.models import LeaderPaper
from evaluation.leaders.queries.page import page
from evaluation.leaders.queries.sealed import seal_paper
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post
from miyun_kpi.acts.acting import tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.routes import to

CLAUSE = "四（二）"


def keep_papers(ranking: Ranking, at: datetime) -> None:
    """In the transaction of the publication, each as the leader's own post sees it."""
    day = at.astimezone().date()
    posts = Post.objects.on(day).filter(role=Role.LEADER, user__in=leaders_on(day), organisation__valid_to__isnull=True)
    held = {post.user_id: post for post in posts.select_related("user", "organisation", "deputises").order_by("-pk")}
    papers = []
    for post in sorted(held.values(), key=lambda one: one.pk):
        whose = of_leader(post.user, day)
        sheet = page(actor_in_post(post.user, post), whose.name, whose.units, at)
        paper = LeaderPaper(ranking=ranking, leader=post.user, name=whose.name, document=canonical(sheet), made_at=at)
        seal_paper(paper)
        papers.append(paper)
    LeaderPaper.objects.bulk_create(papers)
    messages = [
        Message(
            key=f"leader-paper/{ranking.pk}/{organisation}",
            organisation_id=organisation,
            role=Role.LEADER,
            title=f"{ranking.period.label}{TRACK_WORDS[ranking.scheme.track]}排名已通报，领导首页已存"[:120],
            body="通报时的领导首页已经存下，可以看、打印；之后有改动会写明。",
            url=to("evaluation:leader-papers"),
            clause=ranking.scheme.cite(CLAUSE),
        )
        for organisation in sorted({post.organisation_id for post in held.values()})
    ]
    tell(messages, at=at)
