"""Title, document, stages of the year and the rules of marking of a draft."""

from dataclasses import asdict, dataclass
from datetime import datetime

from evaluation.drafting.services.lock import lock_draft, record_edit, require_version
from evaluation.enums import FigureKind, FullMarkRule, OwnMarkRule
from evaluation.scheme.models.scheme import Figure, Scheme
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, Malformed, Refused
from miyun_kpi.lib.periods import PeriodCode


@dataclass(frozen=True)
class Basics:
    """`clause`: where in its document the scheme will stand, shown behind its figures; the document itself is known at
    印发. Months as 2021-05."""

    title: str
    clause: str
    process_from: str
    process_to: str
    full_mark: str
    own_mark: str


def change_basics(*, actor: Actor, scheme_id: int, version: int, wanted: Basics, at: datetime) -> Scheme:
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        require_version(scheme.version, version, "草案的基本信息")
        _check(scheme, wanted)
        settings = {
            figure.kind: figure
            for figure in Figure.objects.filter(
                scheme=scheme, kind__in=(FigureKind.FULL_MARK, FigureKind.OWN_MARK), indicator=None
            )
        }
        before = asdict(wanted) | {
            name: getattr(scheme, name) for name in ("title", "clause", "process_from", "process_to")
        }
        before |= {kind.replace("-", "_"): figure.value for kind, figure in settings.items()}
        if before == asdict(wanted):
            return scheme
        for name in ("title", "clause", "process_from", "process_to"):
            setattr(scheme, name, getattr(wanted, name).strip())
        for kind, figure in settings.items():
            value = getattr(wanted, kind.replace("-", "_"))
            if figure.value != value:
                figure.value, figure.version, figure.note = value, figure.version + 1, f"{scheme.year}年拟定。"
                figure.save(update_fields=["value", "version", "note"])
        scheme.version += 1
        scheme.save()
        record_edit(actor, "basics-changed", scheme, {"old": before, "new": asdict(wanted)}, at)
    return scheme


def _check(scheme: Scheme, wanted: Basics) -> None:
    errors = []
    for name, label, most in (("title", "名称", 100), ("clause", "条款", 60)):
        text = getattr(wanted, name).strip()
        if not 1 <= len(text) <= most or "\x00" in text:
            errors.append(FieldError(f"{label}须为 1 至 {most} 字，没有保存。", "bad-text", field=name))
    months = {}
    for name, label in (("process_from", "过程管理起"), ("process_to", "过程管理止")):
        try:
            month = PeriodCode.parse(getattr(wanted, name).strip())
        except Malformed:
            month = None
        if month is None or not month.month or month.year != scheme.year:
            sentence = f"{label}须是 {scheme.year} 年的一个月，没有保存。请写成 {scheme.year}年5月。"
            errors.append(FieldError(sentence, "bad-month", field=name))
        else:
            months[name] = month
    if len(months) == 2 and months["process_from"] > months["process_to"]:
        errors.append(FieldError("过程管理止不能早于起，没有保存。请改正。", "bad-month", field="process_to"))
    if wanted.full_mark not in FullMarkRule.values or wanted.own_mark not in OwnMarkRule.values:
        errors.append(FieldError("打分满分和评本单位须从列出的取值中选，没有保存。", "bad-choice", field="full_mark"))
    if errors:
        message = errors[0].message if len(errors) == 1 else f"有 {len(errors)} 处要改，没有保存。"
        raise Refused(errors[0].code, message, errors=errors)
