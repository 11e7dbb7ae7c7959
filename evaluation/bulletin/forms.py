"""What the pages of 通报 send."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms

from evaluation.bulletin.rules.bulletin_draft import MOST, Options
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import BulletinKind, Openness
from miyun_kpi.web.forms import offer
from miyun_kpi.web.forms.reading import checked

COUNT = {
    "required": "请写一个数，不要就写 0。",
    "invalid": "请写一个整数，不要就写 0。",
    "min_value": "不能小于 0。",
    "max_value": f"不能大于 {MOST}。",
}


def _day(label: str, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": f"请写明{label}。", "invalid": f"{label}读不成一天。请写成 2020-07-16 的样子。"},
    )


class DraftForm(forms.Form):
    """The ranking of one track or of both, the kind, and what is printed."""

    township = forms.ChoiceField(label="镇街、功能区排名", required=False)
    department = forms.ChoiceField(label="部门排名", required=False)
    kind = forms.ChoiceField(label="种类", choices=BulletinKind.choices, widget=forms.RadioSelect)
    ranks = forms.BooleanField(label="列名次", required=False)
    totals = forms.BooleanField(label="列总分", required=False)
    problems = forms.BooleanField(label="列存在问题", required=False)
    whole = forms.BooleanField(label="附全部单位的考评结果", required=False)
    first = forms.IntegerField(label="正文列前几名", min_value=0, max_value=MOST, error_messages=COUNT)
    last = forms.IntegerField(label="正文列后几名", min_value=0, max_value=MOST, error_messages=COUNT)

    mixed = forms.BooleanField(label="知道其中一次是试算，整份通报按“试算件”印，不能定稿，仍要起草", required=False)

    def __init__(self, *args: Any, rankings: Sequence[Ranking], changed: Collection[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for track in ("township", "department"):
            offered = [
                (str(r.pk), _label(r) + ("，之后有改动" if r.pk in changed else ""))
                for r in rankings
                if r.scheme.track == track
            ]
            offer(self, track, [("", "不引用"), *offered])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("township") and not cleaned.get("department") and not self.errors:
            raise forms.ValidationError("请至少选一次排名，没有起草。")
        return cleaned


def drafted(form: forms.Form) -> dict[str, Any]:
    """The rankings that are cited, and what is printed of them."""
    given = checked(form)
    return {
        "ranking_ids": [int(given[track]) for track in ("township", "department") if given[track]],
        "kind": given["kind"],
        "options": Options(**{name: given[name] for name in Options.__dataclass_fields__}),
        "mixed": given["mixed"],
    }


def _label(ranking: Ranking) -> str:
    kind = "试算" if ranking.kind == "trial" else "正式核定"
    state = (
        "，已通报" if ranking.state == "published" else "，未通报" if ranking.kind == "official" else "，只能到送审稿"
    )
    return f"{ranking.period.label}　第 {ranking.number} 次{kind}{state}"


class TextForm(forms.Form):
    """All fields of a version; what is required only for the final one is not required here."""

    issuer_mark = forms.CharField(label="发文机关标志", max_length=40, required=False)
    number = forms.CharField(label="发文字号", max_length=60, required=False)
    title = forms.CharField(
        label="标题",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写标题。"},
    )
    addressee = forms.CharField(label="主送", max_length=500, required=False)
    text = forms.CharField(
        label="正文",
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
        error_messages={"required": "正文是空的，没有保存。"},
    )
    signatory = forms.CharField(label="发文机关署名", max_length=60, required=False)
    dated = _day("成文日期")
    openness = forms.ChoiceField(label="公开属性", choices=Openness.choices)
    copies = forms.CharField(label="抄送", max_length=500, required=False)
    printer = forms.CharField(label="印发机关", max_length=60, required=False)
    printed_on = _day("印发日期")


def content_of(form: forms.Form) -> dict[str, str]:
    """Days as text, as a version keeps them."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value or "" for name, value in checked(form).items()
    }


class ReturnForm(forms.Form):
    opinion = forms.CharField(
        label="退回意见", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class FinalForm(forms.Form):
    number = forms.CharField(label="发文字号", max_length=60, error_messages={"required": "请写明发文字号。"})
    dated = _day("成文日期", required=True)
