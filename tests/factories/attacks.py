"""What somebody who writes SQL, has dropped the triggers and kept old rows, but has no key, can do to a site."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from evaluation.models import Bulletin, BulletinVersion, Feedback, Mark, Ranking, RankingRow, Signing
from miyun_kpi.audit.models import AuditEntry, AuditHead, AuditMaster
from miyun_kpi.audit.streams import MASTER
from miyun_kpi.organisations.models import Organisation


@dataclass(frozen=True)
class Attack:
    """`act` changes one thing, chosen by the draw, and returns a word that a fault must hold."""

    name: str
    act: Callable[[random.Random], str]


def _one(draw: random.Random, found: Any) -> Any:
    rows = list(found.order_by("pk"))
    return draw.choice(rows)


def _set(row: Any, **columns: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**columns)


def _digit(draw: random.Random, text: str, *, after: str = "") -> str:
    """One digit of the text made another."""
    start = text.index(after) if after else 0
    at = draw.choice([n for n, one in enumerate(text) if one.isdigit() and n >= start and one.isascii()])
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


# Marks ---------------------------------------------------------------------------------------------------------------
def _given(draw: random.Random) -> Mark:
    found = Mark.objects.filter(value__isnull=False).select_related("organisation", "sheet")
    return draw.choice(list(found.order_by("pk")))


def mark_value(draw: random.Random) -> str:
    mark = _given(draw)
    _set(mark, value=mark.value - 1 if mark.value >= 1 else mark.value + 1)
    return f"{mark.organisation.name}：现为"


def mark_emptied(draw: random.Random) -> str:
    mark = _given(draw)
    _set(mark, value=None)
    return f"{mark.organisation.name}：现为空白"


def mark_excused(draw: random.Random) -> str:
    mark = _given(draw)
    _set(mark, value=None, not_applicable="approved")
    return f"{mark.organisation.name}：现为不适用"


def mark_full(draw: random.Random) -> str:
    mark = _given(draw)
    _set(mark, full_mark=mark.full_mark + 1)
    return f"{mark.organisation.name}：满分现为"


def mark_version(draw: random.Random) -> str:
    mark = _given(draw)
    _set(mark, version=mark.version + 1)
    return f"{mark.organisation.name}：版本现为"


def mark_gone(draw: random.Random) -> str:
    mark = _given(draw)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM evaluation_mark WHERE id = %s", [mark.pk])
    return f"{mark.organisation.code}：审计里有分"


def marks_exchanged(draw: random.Random) -> str:
    one = _given(draw)
    others = [m for m in Mark.objects.filter(sheet=one.sheet_id, value__isnull=False) if m.value != one.value]
    if not others:
        return mark_value(draw)
    other = draw.choice(others)
    _set(one, value=other.value)
    _set(other, value=one.value)
    return f"{one.organisation.name}：现为"


def mark_with_its_entry(draw: random.Random) -> str:
    """The audit made to say the same: without the key the chain does not."""
    mark = _given(draw)
    entries = AuditEntry.objects.filter(subject=f"mark-sheet:{mark.sheet_id}", action__startswith="evaluation.marks")
    for entry in entries:
        data = json.loads(entry.data)
        for row in data["rows"]:
            if row["organisation"] == mark.organisation.code:
                row["new"] = "1"
        _set(entry, data=json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    _set(mark, value=1)
    return "的内容与链不符"


# Rankings ------------------------------------------------------------------------------------------------------------
def _ranking(draw: random.Random) -> Ranking:
    return _one(draw, Ranking.objects.all())


def _published() -> Ranking:
    return Ranking.objects.get(state="published", corrected_by=None)


def document_digit(draw: random.Random) -> str:
    ranking = _ranking(draw)
    _set(ranking, document=_digit(draw, ranking.document, after='"rows"'))
    return "结果与封存的不符"


def document_rows_exchanged(draw: random.Random) -> str:
    ranking = _ranking(draw)
    document = json.loads(ranking.document)
    one, other = draw.sample(range(len(document["rows"])), 2)
    rows = document["rows"]
    rows[one]["organisation"], rows[other]["organisation"] = rows[other]["organisation"], rows[one]["organisation"]
    _set(ranking, document=json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    return "结果与封存的不符"


def document_of_another(draw: random.Random) -> str:
    one, other = draw.sample(list(Ranking.objects.order_by("pk")), 2)
    _set(one, document=other.document, seal=other.seal, receipts_digest=other.receipts_digest)
    return "结果与封存的不符"


def inputs_digit(draw: random.Random) -> str:
    ranking = _ranking(draw)
    _set(ranking, inputs=_digit(draw, ranking.inputs, after='"marks"'))
    return "输入清单与封存的不符"


def _column(name: str, value: Callable[[Ranking], Any], said: str, *, any_one: bool = False) -> Attack:
    def act(draw: random.Random) -> str:
        ranking = _ranking(draw) if any_one else _published()
        _set(ranking, **{name: value(ranking)})
        return said

    return Attack(f"ranking {name}", act)


def ranking_recomputed_digest(draw: random.Random) -> str:
    """Everything without a key made to fit."""
    ranking = _ranking(draw)
    _set(ranking, document=_digit(draw, ranking.document, after='"rows"'), digest="0" * 64, seal="", seal_key="")
    return "没有封存"


def ranking_gone(draw: random.Random) -> str:
    ranking = _published()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM evaluation_bulletinsource WHERE ranking_id = %s", [ranking.pk])
        cursor.execute("DELETE FROM evaluation_ranking WHERE id = %s", [ranking.pk])
    return "审计里有这次核算，库里没有了"


def signing_gone(draw: random.Random) -> str:
    _one(draw, Signing.objects.all()).delete()
    return "的审签，库里没有了或被改过"


def signing_other(draw: random.Random) -> str:
    _set(_one(draw, Signing.objects.all()), signer="张三")
    return "张三的审签，审计里没有"


# Receipts ------------------------------------------------------------------------------------------------------------
def _row(draw: random.Random) -> RankingRow:
    return _one(draw, RankingRow.objects.select_related("organisation"))


def receipt_digit(draw: random.Random) -> str:
    row = _row(draw)
    _set(row, receipt=_digit(draw, row.receipt, after='"items"'))
    return f"{row.organisation.name}的得分明细与封存的不符"


def receipt_rank(draw: random.Random) -> str:
    row = _row(draw)
    _set(row, rank=(row.rank or 0) + 1)
    return f"{row.organisation.name}的得分明细与封存的不符"


def receipt_total(draw: random.Random) -> str:
    row = _row(draw)
    _set(row, total=(row.total or 0) + 1)
    return f"{row.organisation.name}的得分明细与封存的不符"


def receipts_exchanged(draw: random.Random) -> str:
    """With their seals: two rows of one ranking in each other's place."""
    ranking = _published()
    one, other = draw.sample(list(ranking.rows.select_related("organisation")), 2)
    _set(one, receipt=other.receipt, seal=other.seal, total=other.total, rank=other.rank)
    _set(other, receipt=one.receipt, seal=one.seal, total=one.total, rank=one.rank)
    return f"{one.organisation.name}的得分明细与封存的不符"


def receipt_gone(draw: random.Random) -> str:
    _row(draw).delete()
    return "各单位的行与封存时不是同一些"


def receipt_added(draw: random.Random) -> str:
    row = _row(draw)
    known = RankingRow.objects.filter(ranking=row.ranking_id).values("organisation")
    other = Organisation.objects.exclude(pk__in=known).order_by("pk").first()
    row.pk, row.organisation, row.position = None, other, 99
    row.save()
    return f"{other.name}的得分明细与封存的不符"


# Papers --------------------------------------------------------------------------------------------------------------
def bulletin_text(draw: random.Random) -> str:
    version = BulletinVersion.objects.filter(bulletin__state="final").order_by("-number").first()
    _set(version, content={**version.content, "text": version.content["text"] + "另有一句。"})
    return "文稿与定稿时封存的不符"


def bulletin_later_version(draw: random.Random) -> str:
    version = BulletinVersion.objects.filter(bulletin__state="final").order_by("-number").first()
    version.pk, version.number = None, version.number + 1
    version.content = {**version.content, "title": "另一个标题"}
    version.save()
    return "文稿与定稿时封存的不符"


def bulletin_number(draw: random.Random) -> str:
    _set(Bulletin.objects.get(state="final"), number="密政办字〔2020〕99号")
    return "发文字号与审计所记不符"


def bulletin_options(draw: random.Random) -> str:
    bulletin = Bulletin.objects.get(state="final")
    _set(bulletin, options={**bulletin.options, "totals": not bulletin.options["totals"]})
    return "文稿与定稿时封存的不符"


def bulletin_back_to_draft(draw: random.Random) -> str:
    _set(Bulletin.objects.get(state="final"), state="draft")
    return "审计里已定稿，状态却不是定稿"


def bulletin_signed_by_another(draw: random.Random) -> str:
    _set(Bulletin.objects.get(state="final"), finalised_by="李四")
    return "定稿人或定稿时间与审计所记不符"


def bulletin_gone(draw: random.Random) -> str:
    Bulletin.objects.get(state="final").delete()
    return "审计里已定稿，库里没有了"


def feedback_notes(draw: random.Random) -> str:
    feedback = _one(draw, Feedback.objects.select_related("organisation"))
    _set(feedback, notes=_digit(draw, feedback.notes))
    return f"{feedback.organisation.name}反馈单：存在问题与扣分和封存的不符"


# Audit ---------------------------------------------------------------------------------------------------------------
def _entry(draw: random.Random) -> AuditEntry:
    return _one(draw, AuditEntry.objects.all())


def entry_told_otherwise(draw: random.Random) -> str:
    entry = _entry(draw)
    column = draw.choice(["actor_label", "subject", "data"])
    _set(entry, **{column: "{}" if column == "data" and entry.data != "{}" else "某某:1"})
    return f"第 {entry.number} 条的内容与链不符"


def entry_gone(draw: random.Random) -> str:
    entry = _entry(draw)
    last = AuditHead.objects.get(stream=entry.stream).count
    entry.delete()
    return "条，实有" if entry.number == last else f"第 {entry.number} 条不见了"


def entries_exchanged(draw: random.Random) -> str:
    stream = draw.choice([h.stream for h in AuditHead.objects.exclude(stream=MASTER).filter(count__gte=2)])
    one, other = draw.sample(list(AuditEntry.objects.filter(stream=stream)), 2)
    _set(one, number=-1)
    _set(other, number=one.number)
    _set(one, number=other.number)
    return f"第 {min(one.number, other.number)} 条的内容与链不符"


def entry_added(draw: random.Random) -> str:
    entry = _entry(draw)
    entry.seq, entry.number = entry.seq + 100_000, AuditHead.objects.get(stream=entry.stream).count + 1
    entry.save(force_insert=True)
    return "条以后还有不在链上的记录"


def tail_cut_with_the_head(draw: random.Random) -> str:
    head = draw.choice(list(AuditHead.objects.exclude(stream=MASTER).filter(count__gte=2).order_by("stream")))
    keep = draw.randrange(1, head.count)
    AuditEntry.objects.filter(stream=head.stream, number__gt=keep).delete()
    last = AuditEntry.objects.get(stream=head.stream, number=keep)
    _set(head, count=keep, last_hash=last.hash)
    return "链头与密钥不符"


def stream_gone(draw: random.Random) -> str:
    head = draw.choice(list(AuditHead.objects.exclude(stream=MASTER).order_by("stream")))
    AuditEntry.objects.filter(stream=head.stream).delete()
    head.delete()
    return "链头不见了"


def master_changed(draw: random.Random) -> str:
    master = _one(draw, AuditMaster.objects.all())
    _set(master, heads="{}")
    return f"第 {master.number} 号总链头与链不符"


def master_gone(draw: random.Random) -> str:
    master = _one(draw, AuditMaster.objects.all())
    last = AuditMaster.objects.count()
    number = master.number
    master.delete()
    return "号，实有" if number == last else f"第 {number} 号总链头不见了"


def all_audit_gone(draw: random.Random) -> str:
    for model in (AuditEntry, AuditHead, AuditMaster):
        model.objects.all().delete()
    return "审计一条也没有"


ATTACKS = [
    *(
        Attack(act.__name__, act)
        for act in (
            *(mark_value, mark_emptied, mark_excused, mark_full, mark_version, mark_gone, marks_exchanged),
            *(mark_with_its_entry, document_digit, document_rows_exchanged, document_of_another, inputs_digit),
            *(ranking_recomputed_digest, ranking_gone, signing_gone, signing_other),
            *(receipt_digit, receipt_rank, receipt_total, receipts_exchanged, receipt_gone, receipt_added),
            *(bulletin_text, bulletin_later_version, bulletin_number, bulletin_options, bulletin_back_to_draft),
            *(bulletin_signed_by_another, bulletin_gone, feedback_notes),
            *(entry_told_otherwise, entry_gone, entries_exchanged, entry_added, tail_cut_with_the_head, stream_gone),
            *(master_changed, master_gone, all_audit_gone),
        )
    ),
    _column("digest", lambda one: "0" * 64, "结果摘要或输入摘要与审计所记不符", any_one=True),
    _column("inputs_hash", lambda one: "0" * 64, "输入清单与封存的不符", any_one=True),
    _column("rule_version", lambda one: "9", "结果与封存的不符", any_one=True),
    _column("computed_by", lambda one: "某某", "核算人或核算时间与审计所记不符", any_one=True),
    _column("receipts_digest", lambda one: "0" * 64, "结果与封存的不符", any_one=True),
    _column("seal", lambda one: "0" * 64, "结果与封存的不符", any_one=True),
    _column("state", lambda one: "computed", "审计里已通报，状态却不是已通报"),
    _column("published_by", lambda one: "某某", "通报人或通报时间与审计所记不符"),
    _column("published_at", lambda one: one.computed_at, "通报人或通报时间与审计所记不符"),
    _column("disclosure_scope", lambda one: "dimensions", "公开范围与审计所记不符"),
    _column("movement", lambda one: '{"previous": null, "ranks": {"x": 1}}', "较上期的变化与审计所记不符"),
    _column(
        "corrected_by",
        lambda one: Ranking.objects.exclude(pk=one.pk).order_by("pk").first(),
        "被哪一版更正与审计所记不符",
    ),
    _column(
        "corrects", lambda one: Ranking.objects.exclude(pk=one.pk).order_by("pk").first(), "更正哪一版与审计所记不符"
    ),
]
