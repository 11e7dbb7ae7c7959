"""以谁的身份看: eight things to be done in a demonstration, each as one person, entered without a password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.tour import target
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.site import is_demonstration


@dataclass(frozen=True)
class Task:
    """`place` is the name under which the owning app has registered where it is done."""

    number: int
    username: str
    role: Role
    who: str
    title: str
    what: str
    place: str


TASKS = (
    Task(
        1,
        *("shuiwu", Role.EVALUATOR, "区水务局 · 考评经办"),
        "打一列分，报送",
        "给各镇街逐格打分，可以从表格里整列粘贴；打完点“报送”，得到回执号。",
        "evaluation.mark",
    ),
    Task(
        2,
        *("beizhuang", Role.REPORTER, "北庄镇 · 填报人"),
        "报本月进展",
        "写一两项有变化的，存下就能先报；没有变化的点“其余同上月”。",
        "evaluation.report",
    ),
    Task(
        3,
        *("zhengfuban1", Role.EVALUATION_OFFICE, "区政府办 · 考评组甲"),
        "正式核定二季度",
        "在“镇街、功能区”一行点“正式核定”，名次就定下来；缺什么，页面上写着。",
        "evaluation.settle",
    ),
    Task(
        4,
        *("zhengfuban2", Role.EVALUATION_OFFICE, "区政府办 · 考评组乙"),
        "起草通报",
        "选一个排名，点“起草”：文稿里的数字取自快照，改错一个就看得出来。",
        "evaluation.bulletin",
    ),
    Task(
        5,
        *("lingdao", Role.LEADER, "区领导"),
        "看名次和升降",
        "看谁在前、谁升谁降，点一个镇，看它的每一分从哪里来。",
        "evaluation.ranking",
    ),
    Task(
        6,
        *("guizi", Role.REGISTER_OFFICE, "区规自分局 · 耕地科"),
        "预留耕地指标",
        "给登记的项目点“预留”：按先后从库里取，够不够、从哪里取，先写给您看。",
        "farmland.reserve",
    ),
    Task(
        7,
        *("shenji", Role.AUDITOR, "区审计局 · 审计员"),
        "校验审计记录",
        "点“校验全链”：从第一条算到最后一条，改过、删过一条都会断开。",
        "operations.audit",
    ),
    Task(
        8,
        *("guanliyuan", Role.SYSTEM_ADMIN, "区政府办 · 系统管理员"),
        "给新同事建账号",
        "写用户名和姓名，点“建立账号”，激活码前半只显示一次；后半由安全管理员放行时得到。",
        "operations.people",
    ),
)


def shown() -> Sequence[Task]:
    return TASKS if is_demonstration() else ()


def enter(*, number: str, address: str, at: datetime) -> tuple[User, Post, str]:
    """Who is to be signed in, in which post, and where the task is done. Audited as what it is: nobody gave a password."""
    task = next((one for one in shown() if str(one.number) == number), None)
    if task is None:
        raise NotFound
    with transaction.atomic():
        user = User.objects.filter(username=task.username, is_active=True, is_client=False).first()
        posts = Post.objects.on(at.astimezone().date()).filter(user=user, role=task.role)
        post = posts.select_related("organisation").first()
        if user is None or post is None:
            raise NotFound("演示站里没有这个人或这个岗位了，没有进去。请换一件。", "no-such-person")
        where = target(task.place, at)
        actor = Actor(label=f"{user}（{post.organisation.name}·{post.get_role_display()}）", user_id=user.pk)
        data = {"address": address, "task": task.title}
        record(actor=actor, action="operations.tour.entered", subject=f"user:{user.username}", data=data, at=at)
    return user, post, where
