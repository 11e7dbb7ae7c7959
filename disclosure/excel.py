"""The package for the website as a workbook: one sheet a kind, as it was exported."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from disclosure.enums import APP
from disclosure.models import Package, PackageItem
from disclosure.rules.kinds import PUBLISHED
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

# Asked inside the house, not for the public.
INSIDE = frozenset({"channel", "agencies", "third", "copied", "organised", "signed", "deployed"})


def outward(kind: Kind) -> list[Field]:
    return [one for one in kind.fields if one.name not in INSIDE and not one.secret]


def by_kind(items: Sequence[PackageItem]) -> list[tuple[Kind, list[PackageItem]]]:
    groups: dict[str, list[PackageItem]] = {}
    for item in items:
        groups.setdefault(item.record.kind.removeprefix(f"{APP}."), []).append(item)
    return [(kind, groups[code]) for code, kind in PUBLISHED.items() if code in groups]


def names_in(items: Sequence[PackageItem]) -> dict[str, str]:
    codes = {value for item in items for value in item.values.values() if value}
    return dict(Organisation.objects.filter(code__in=codes).values_list("code", "name"))


def words_of(one: Field, item: PackageItem, names: dict[str, str]) -> str:
    value = item.values.get(one.name, "")
    return names.get(value, value) if one.type in (FieldType.ORGANISATION, FieldType.TOWN) else one.words(value)


def package_workbook(package: Package, items: Sequence[PackageItem], *, viewer: str, at: datetime) -> bytes:
    names = names_in(items)
    lines = [
        f"政务公开发布包第 {package.number} 号",
        f"{package.organisation.name}　导出 {package.exported_at.astimezone():%Y-%m-%d %H:%M}　{viewer}",
    ]
    sheets = []
    for kind, own in by_kind(items):
        fields = outward(kind)
        rows: list[Sequence[Cell]] = []
        for item in own:
            cells: list[Cell] = []
            for one in fields:
                value = item.values.get(one.name, "")
                cells.append(Decimal(value) if one.type == FieldType.NUMBER and value else words_of(one, item, names))
            rows.append([*cells, item.link])
        columns = [
            Column(f"{one.label}（{one.unit}）" if one.unit else one.label, 24, one.places if one.type == FieldType.NUMBER else None)
            for one in fields
        ]  # fmt: skip
        sheets.append(Sheet(title=kind.title[:31], columns=[*columns, Column("发布地址", 40)], rows=rows, lines=lines))
    return workbook(sheets, title=lines[0], at=at)
