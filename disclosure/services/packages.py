"""Publication: approved records go out as one package for 区政府门户网站; its address, entered back, makes them 已发布."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Max

from disclosure import access
from disclosure.enums import APP, Stage
from disclosure.models import FormerLink, Package, PackageItem
from disclosure.rules.kinds import PUBLISHED
from miyun_kpi.acts.acting import acting, lock_all, unless_taken
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, NotFound, Refused
from miyun_kpi.lib.reading import read_reason, require_past
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import take_step

MOST = 500


def export_package(*, actor: Actor, record_ids: Sequence[int], at: datetime) -> Package:
    """What was chosen, as it stands now. A foreign or unapproved one refuses the whole."""
    chosen = sorted(set(record_ids))
    if actor.organisation_id is None:
        raise NotAllowed("no-organisation", "导出要由单位里的岗位办理，没有执行。")
    if not 1 <= len(chosen) <= MOST:
        raise Refused("nothing-chosen", f"请选 1 至 {MOST} 条已审核的信息再导出，没有执行。")
    items = [f"{APP}.{code}" for code in PUBLISHED]
    if access.visible_records(actor).filter(pk__in=chosen, kind__in=items).count() != len(chosen):
        raise NotFound
    with acting(actor, at) as act:
        rows = sorted(lock_all(Record.objects.filter(pk__in=chosen)), key=lambda row: (row.kind, row.number))
        if len(access.publishable(actor, rows)) != len(rows):
            raise NotAllowed("not-your-unit", "只能导出本单位的信息，没有执行。请由公开单位或区政务服务中心导出。")
        for row in rows:
            if row.stage != Stage.REVIEWED or row.struck_at is not None:
                raise Conflict("not-reviewed", f"编号 {row.number} 的一条还没有审核通过，没有导出。请刷新后再选。")
        number = 1 + (Package.objects.aggregate(top=Max("number"))["top"] or 0)
        with unless_taken(Conflict("busy", "同一时刻有别人在导出，没有执行。请再按一次。")):
            made = Package.objects.create(
                number=number,
                organisation_id=actor.organisation_id,
                exported_at=at,
                exported_by=actor.label,
            )
        PackageItem.objects.bulk_create(
            PackageItem(package=made, record=row, version=row.version, values=row.values) for row in rows
        )
        act.record("disclosure.package.exported", f"package:{made.pk}", records=chosen)
    return made


def enter_links(
    *, actor: Actor, package_id: int, links: Mapping[int, str], published_on: date | None, at: datetime
) -> int:
    """Addresses on the website, by item; blanks wait. Every problem at once, all or nothing. Returns how many."""
    package = access.visible_package(actor, package_id)
    with acting(actor, at) as act:
        lock_all(Record.objects.filter(package_items__package=package, package_items__link=""))
        waiting = PackageItem.objects.filter(package=package, link="").select_related("record")
        items = {one.pk: one for one in lock_all(waiting)}
        given = {pk: link.strip() for pk, link in links.items() if pk in items and link.strip()}
        problems = [_problem(items[pk], link) for pk, link in given.items()]
        if any(problems):
            said = [one for one in problems if one]
            raise Refused("bad-links", f"{said[0].message}没有保存，请改正后再存。", errors=said)
        if not given:
            raise Refused("nothing-entered", "还没有填任何发布地址，没有保存。")
        if published_on is None or published_on > at.astimezone().date():
            raise Refused("bad-date", "请填发布日期，不晚于今天；没有保存。")
        for pk, link in given.items():
            item = items[pk]
            if not access.may_publish(actor, item.record):
                raise NotAllowed("not-your-unit", "只能回填本单位的发布地址，没有执行。")
            item.link, item.published_on, item.linked_at, item.linked_by = link, published_on, at, actor.label
            item.save()
            take_step(
                actor=actor,
                app=APP,
                kind=item.record.kind.removeprefix(f"{APP}."),
                record_id=item.record_id,
                version=item.version,
                step="publish",
                at=at,
            )
        act.record("disclosure.package.linked", f"package:{package.pk}", items=sorted(given))
    return len(given)


def correct_link(
    *, actor: Actor, package_id: int, item_id: int, seen: str, link: str, published_on: date, reason: str, at: datetime
) -> None:
    """An address that was entered wrongly; the old one stays in the trail. `seen`: the one that stood on the page.

    Nothing is published anew by it: the stage of the record and what was exported stay.
    """
    package = access.visible_package(actor, package_id)
    said = read_reason(reason, "请写改正的理由", most=300)
    with acting(actor, at) as act:
        found = PackageItem.objects.filter(package=package).exclude(link="").select_related("record")
        item = act.lock(found, item_id)
        if not access.may_publish(actor, item.record):
            raise NotAllowed("not-your-unit", "只能改正本单位的发布地址，没有执行。")
        assert item.published_on is not None and item.linked_at is not None, "they come with the link"
        if item.link != seen:
            raise Conflict("stale", f"发布地址刚被改为 {item.link}，没有改正。请核对后再改。")
        new = link.strip()
        if not _is_address(new):
            raise Refused("bad-link", "发布地址要以 http:// 或 https:// 开头，500 字以内，没有改正。请核对后再改。")
        require_past(published_on, act.today, "发布日期")
        if (new, published_on) == (item.link, item.published_on):
            raise Refused("nothing-changed", "地址和日期都与现在的相同，没有改正。")
        FormerLink.objects.create(
            item=item,
            link=item.link,
            published_on=item.published_on,
            linked_at=item.linked_at,
            linked_by=item.linked_by,
            reason=said,
            **act.signed(FormerLink, "corrected"),
        )
        item.link, item.published_on, item.linked_at, item.linked_by = new, published_on, at, actor.label
        item.save()
        act.record("disclosure.package.relinked", f"package:{package.pk}", items=[item.pk], reason=said)


def _is_address(link: str) -> bool:
    return link.startswith(("http://", "https://")) and len(link) <= 500 and not any(ch.isspace() for ch in link)


def _problem(item: PackageItem, link: str) -> FieldError | None:
    name = f"link-{item.pk}"
    title = item.values.get("title", "")[:30]
    if not _is_address(link):
        return FieldError(f"“{title}”的发布地址要以 http:// 或 https:// 开头，500 字以内。", "bad-link", field=name)
    if item.record.version != item.version or item.record.stage != Stage.REVIEWED:
        return FieldError(f"“{title}”导出以后又退回或改动了，这次导出对它不再作数。", "stale", field=name)
    return None
