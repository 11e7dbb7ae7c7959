"""印发: the 审定 is recorded by one person when the check is clean, and confirmed by another; then the scheme is in force."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import IO

from django.db import IntegrityError

from evaluation.drafting.queries.pages import ISSUE_FILES, problems_of
from evaluation.drafting.services.lock import lock_draft, require_version
from evaluation.enums import ActState, SchemeState
from evaluation.scheme.access.drafts import require_drafting, schemes_visible_to
from evaluation.scheme.models.drafting import Amendment, SchemeIssue
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.queries.schemes import SchemeView, scheme_view
from evaluation.scheme.services.cells import follow_units
from miyun_kpi.acts.acting import Act, acting, locked, require_other_hand, tell
from miyun_kpi.api.enums import ChangeKind
from miyun_kpi.api.feed import announce
from miyun_kpi.attachments.services import store
from miyun_kpi.gazette.models import Document
from miyun_kpi.gazette.services import document_issued
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import DocumentName, document_name
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, NotFound, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.routes import to

NOT_DONE = "没有提请"
SUBJECT = "evaluation"


def propose_issue(
    *,
    actor: Actor,
    scheme_id: int,
    version: int,
    title: str,
    organ: str,
    approved_on: date,
    document_number: str,
    at: datetime,
    scan: IO[bytes] | None = None,
    scan_name: str = "",
) -> SchemeIssue:
    """Refused while the check finds anything, all of it said. While it waits the draft is not edited."""
    try:
        with acting(actor, at) as act:
            scheme = lock_draft(actor, scheme_id, at)
            person = require_person(actor)
            require_version(scheme.version, version, "草案")
            words = {
                "title": title.strip(),
                "organ": organ.strip(),
                "document_number": document_number.strip(),
            }
            require_approval(words, approved_on, at)
            words["document_number"] = str(_numbered(words["document_number"]))
            _require_clean(scheme)
            issue = SchemeIssue.objects.create(
                scheme=scheme,
                **words,
                approved_on=approved_on,
                proposed_at=at,
                proposed_by=actor.label,
                proposed_by_id=person,
            )
            if scan is not None:
                store(actor=actor, kind=ISSUE_FILES, subject_id=issue.pk, file=scan, name=scan_name, at=at)
            _record(act, "issue-proposed", issue, words | {"approved_on": approved_on.isoformat()})
    except IntegrityError:
        raise Conflict("issue-waiting", "这个草案刚由别人提请印发，没有再提。请刷新。") from None
    return issue


def decide_issue(*, actor: Actor, scheme_id: int, issue_id: int, confirm: bool, note: str, at: datetime) -> SchemeIssue:
    """The second person: confirmed, the scheme is in force with its figures settled; or back to the draft.

    `issue_id`: the 印发 that was read. One proposed since, after the draft was changed, is read first.
    """
    if not schemes_visible_to(actor).filter(pk=scheme_id).exists():
        raise NotFound
    with acting(actor, at) as act:
        scheme = locked(Scheme.objects.all(), scheme_id)
        require_drafting(actor, scheme.track)
        issue = scheme.issues.filter(state=ActState.PROPOSED).first()
        if issue is None:
            raise Conflict("not-waiting", "这个草案没有待确认的印发，可能刚由别人办了，没有执行。请刷新。")
        if issue.pk != issue_id:
            said = (
                f"您打开以后，这个草案退回改过，{issue.proposed_by}又提请了一次，没有执行。请刷新，看过现在的草案再办。"
            )
            raise Conflict("stale", said)
        decide(actor, issue, confirm, note, at)
        if confirm:
            follow_units(actor=actor, scheme=scheme, at=at)
            _require_clean(scheme)
            scheme.state, scheme.title, scheme.in_force_at = SchemeState.IN_FORCE, issue.title, at
            scheme.document = _document_of(issue)
            scheme.rule_version = f"{scheme.document.label}·1"
            scheme.version += 1
            scheme.save()
            view = scheme_view(scheme)
            figures = list(_settled(view))
            Figure.objects.bulk_update(figures, ["key", "order", "confirmed"], batch_size=200)
            _announce(scheme, view, issue, at)
        issue.save()
        _record(act, "issued" if confirm else "issue-returned", issue, {"note": issue.note})
        if confirm:
            data = {"scheme": scheme.pk, "track": scheme.track, "year": scheme.year, "document": scheme.document_id}
            announce(kind=ChangeKind.SCHEME_ISSUED, data=data, at=at)
    return issue


def require_person(actor: Actor) -> int:
    if actor.user_id is None:
        raise NotAllowed("no-person", "要由具名的人办理，没有执行。请登录后办理。")
    return actor.user_id


def _numbered(text: str) -> DocumentName:
    """文号 in its parts. Refuses what is none, and that of a document on another subject."""
    name = document_name(text)
    if name is None or not name.series:
        sentence = f"文号“{text[:30]}”读不出发文字、年份和序号，{NOT_DONE}印发。请写成 密政办字〔2021〕9号 的样子。"
        raise Refused("bad-number", sentence, errors=[FieldError(sentence, "bad-number", field="document_number")])
    held = Document.objects.filter(series=name.series, year=name.year, number=name.number).first()
    if held is not None and held.subject != SUBJECT:
        sentence = f"{name}是《{held.short_title}》，不是考评方案，{NOT_DONE}印发。请核对文号。"
        raise Refused(
            "other-document", sentence, errors=[FieldError(sentence, "other-document", field="document_number")]
        )
    return name


def _document_of(issue: SchemeIssue) -> Document:
    """Both tracks may be issued by one document; where no gazette prints it, it is known by its number alone."""
    name = _numbered(issue.document_number)
    return document_issued(name=name, title=issue.title, subject=SUBJECT, issued_on=issue.approved_on)


def require_approval(words: dict[str, str], approved_on: date, at: datetime) -> None:
    """审定 needs its organ, its day and its number."""
    labels = {"title": "名称", "organ": "审定机关或会议", "document_number": "文号"}
    limits = {"title": 100, "organ": 100, "document_number": 60}
    errors = [
        FieldError(f"{labels[name]}须为 1 至 {limits[name]} 字，没有执行。", "bad-text", field=name)
        for name, text in words.items()
        if not 1 <= len(text) <= limits[name] or "\x00" in text
    ]
    if approved_on > at.astimezone().date():
        errors.append(FieldError("审定日期在今天以后，没有执行。审定之后再来登记。", "bad-date", field="approved_on"))
    if errors:
        raise Refused(errors[0].code, errors[0].message, errors=errors)


def decide(actor: Actor, act: SchemeIssue | Amendment, confirm: bool, note: str, at: datetime) -> None:
    """What both acts of two persons ask of the second; the caller saves."""
    require_person(actor)
    require_other_hand(actor, act.proposed_by_id, "要由另一个人确认，没有执行。请考评办的另一位同事办理。", at)
    read_reason(note, "退回要写意见", least=2, required=not confirm)
    act.state = ActState.CONFIRMED if confirm else ActState.RETURNED
    act.decided_at, act.decided_by, act.decided_by_id = at, actor.label, actor.user_id


def _require_clean(scheme: Scheme) -> None:
    problems = problems_of(scheme)
    if problems:
        raise Refused(
            "check-not-clean",
            f"检查还有 {len(problems)} 处问题，{NOT_DONE}印发。请逐处改好。",
            errors=[FieldError(problem.sentence, problem.code) for problem in problems],
        )


def _settled(view: SchemeView) -> Iterator[Figure]:
    """All figures in order, with the keys of a scheme in force; the 审定 has settled each of them."""
    ordered: list[tuple[str, Figure]] = []
    for iv in view.indicators:
        number = iv.indicator.number
        ordered += [(f"weight/{number}/{zone or 'all'}", f) for zone, f in iv.weights.items()]
        ordered += [(f"share/{number}/{place}", s.figure) for place, s in enumerate(iv.shares, start=1)]
        ordered.append((f"scope/{number}", iv.scope))
    ordered += [(f.key, f) for f in (*view.settings.values(), *view.row_readings)]
    for iv in view.indicators:
        for f in iv.carried.values():
            assert f.organisation is not None
            ordered.append((f"carried/{iv.indicator.number}/{f.organisation.code}", f))
    for order, (key, figure) in enumerate(ordered):
        figure.key, figure.order, figure.confirmed = key, order, True
        yield figure


def _announce(scheme: Scheme, view: SchemeView, issue: SchemeIssue, at: datetime) -> None:
    receivers = {o.pk for o in (*view.organisations, *view.evaluators())}
    tell(
        [
            Message(
                key=f"scheme-issued/{scheme.pk}/{pk}",
                organisation_id=pk,
                title=f"{scheme.year}年考评方案已印发：{scheme.get_track_display()}"[:120],
                body=f"{issue.title}，{issue.document_number}。请看您单位承担和打分的指标。",
                url=to("evaluation:scheme", scheme.year, scheme.track),
            )
            for pk in sorted(receivers)
        ],
        at=at,
    )


def _record(act: Act, what: str, issue: SchemeIssue, data: Mapping[str, object]) -> None:
    subject = f"scheme:{issue.scheme_id}"
    act.record(f"evaluation.scheme.{what}", subject, **({**data, "issue": issue.pk}))
