"""Shape of what the pages of registers send."""

from django import forms
from django.http import QueryDict

from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.reading import read_flag
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.queries.records import FIXED_SORTS, Filters
from miyun_kpi.registers.rules.kinds import Field, Kind
from miyun_kpi.registers.rules.reading import read_value
from miyun_kpi.web.forms import day, organisation_field


class HandOverForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    to = organisation_field("移交给")
    from_day = day("从哪天起")
    reason = forms.CharField(label="理由（4 至 500 字）", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


FILTERED = (FieldType.CHOICE, FieldType.BOOL, FieldType.PERIOD)


def read_typed(kind: Kind, data: QueryDict) -> dict[str, str]:
    """Every field of the form; a box that is not there is blank."""
    return {one.name: data.get(one.name, "") for one in kind.fields}


def _sought(one: Field, text: str) -> str:
    """A period however it is written; one that cannot be read is looked for as it stands, and found nowhere."""
    if one.type != FieldType.PERIOD:
        return text
    try:
        return read_value(one, text, lambda _, __: None)
    except Refused:
        return text.strip()[:20]


def read_filters(kind: Kind, data: QueryDict, *, keeper: bool) -> Filters:
    """From the address of a list; what is not known is left out, and of others than the keeper what is sought by name."""
    sort, stage = data.get("sort", ""), kind.stage(data.get("stage", ""))
    known = {*FIXED_SORTS, *(one.name for one in kind.fields if one.listed and not one.secret)}
    values = tuple(
        (one.name, _sought(one, data.get(one.name, "")))
        for one in kind.fields
        if one.type in FILTERED and data.get(one.name, "").strip()
    )
    findable = [one.name for one in kind.fields if keeper and one.findable]
    return Filters(
        words=data.get("q", "").strip()[:60],
        stage=stage.code if stage else "",
        town=data.get("town", "")[:60],
        owner=data.get("owner", "")[:60],
        values=values,
        sought=tuple((name, data.get(name, "").strip()[:200]) for name in findable if data.get(name, "").strip()),
        sort=sort if sort.removeprefix("-") in known else "",
        # The second is what it was called before, in links that people have kept.
        revoked=read_flag(data.get("revoked", "") or data.get("struck", "")),
        doubtful=read_flag(data.get("doubtful", "")),
    )
