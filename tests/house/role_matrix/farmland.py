"""耕地占补: totals for everybody, lots for offices, leaders and their town; 区规自分局 moves quota, 区财政局 money.

The application lies in 北庄镇, which is beizhuang's.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from farmland.models import Money, Rate, RulePeriod, Setting, Transfer, Warrant
from farmland.services import applications, lots
from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import SavedView
from tests.factories.records import HANDED, bare_record

EXTRA = ("区规自分局", "区财政局")
LOT = {
    "record_number": "备1",
    "name": "北庄-01",
    "town": "北庄镇",
    "builder": "town",
    "area": "10.5000",
    "accepted_on": "2020-05-01",
    "acceptance_number": "验1",
}
PROJECT = {
    "name": "项目",
    "applicant": "某公司",
    "investor": "social",
    "town": "北庄镇",
    "area": "1.0000",
    "approval_number": "批1",
    "approval_on": "2020-06-01",
}
FACTS = ("commercial", "district_pays", "public")
NATURE = {"investor": "social", "town": "北庄镇", "area": "1.0000", "on": "2020-06-01"} | dict.fromkeys(FACTS, True)
LAND = {"town": "北庄镇", "name": "整治项目", "area": "5", "applied_on": "2020-05-01"}
LATE = {"late_source": "票据存根", "late_reason": "今天才送到"}
MONEY = {"kind": "use_farmland", "amount": "1.00", "day": "2020-06-01", "ticket": "票1"} | LATE
DEAL = {
    "district": "某区",
    "area": "1.0000",
    "price": "1.00",
    "agreement": "协1",
    "approval_number": "批1",
    "approval_on": "2020-06-01",
}
RATE = {"kind": "compensation", "value": "1.00", "starts_on": "2098-01-01", "basis": "文1"}
BODIES: dict[str, Any] = {
    "farmland:trial": NATURE | dict.fromkeys(FACTS, "no"),
    "farmland:record-money": MONEY,
    "farmland:reverse-money": {"reason": "登记有误"},
    "farmland:payable": {"kind": "out_soe_cost", "amount": "1.00", "lot_id": "1", "row": "x"},
    "farmland:record-voucher": {"ticket": "付1"},
    "farmland:cancel-warrant": {"reason": "另行核定"},
    "farmland:reconciling": {"month": "2020-06"},
    "farmland:strike-row": {"reason": "打错一位"},
    "api:farmland-application-proposals": {"act": "post", "version": 1},
    "api:farmland-warrants": {"kind": "out_soe_cost", "amount": "1.00", "lot": 1},
    "api:farmland-voucher": {"ticket": "付1"},
    "farmland:make-transfer": DEAL,
    "farmland:agree-reward": {"version": "1", "reward": "1.00", "reward_number": "批1"},
    "farmland:enter-table": RATE,
    "farmland:new-record": LAND,
    "farmland:save-record": LAND | {"version": "1"},
    "farmland:step-record": {"version": "1", "step": "approve"},
    "farmland:hand-over-record": HANDED,
    "farmland:strike-record": {"version": "1", "reason": "登记有误"},
    "farmland:save-view": {"name": "视图", "query": "stage=applied"},
    "api:farmland-money": MONEY,
    "api:farmland-transfers": DEAL,
    "api:farmland-rates": RATE,
    "api:farmland-months": {"month": "2020-06", "digest": "0" * 64},
    "api:farmland-entry-reverse": {"reason": "登记有误"},
    "api:farmland-money-reverse": {"reason": "登记有误"},
    "api:farmland-rate-strike": {"reason": "打错一位"},
    "api:farmland-period-strike": {"reason": "打错一位"},
    "api:farmland-setting-strike": {"reason": "打错一位"},
    "api:farmland-records": {"values": LAND},
    "api:farmland-record": {"values": {"place": "某村"}, "version": 1},
    "api:farmland-record-hand-over": HANDED,
    "api:farmland-record-steps": {"step": "approve", "version": 1},
    "farmland:new-lot": LOT | {"mining": "no"},
    "farmland:lot": {"version": "1", "cost": "1.00"},
    "farmland:new-application": PROJECT | dict.fromkeys(FACTS, "no"),
    "farmland:amend-application": PROJECT | dict.fromkeys(FACTS, "no") | {"version": "1"},
    "farmland:application-act": {"version": "1"},
    "farmland:reverse-entry": {"reason": "登记有误"},
    "api:farmland-lots": LOT | {"mining": False},
    "api:farmland-applications": PROJECT | dict.fromkeys(FACTS, False),
    "api:farmland-application-acts": {"act": "reserve", "version": 1},
    "api:farmland-trial": NATURE,
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    office, at = resolve("区规自分局"), timezone.now()
    assert office is not None
    # A voucher is not older than the 核定 that it carries out, which is made here.
    for name in ("farmland:record-voucher", "api:farmland-voucher"):
        BODIES[name]["day"] = timezone.localdate(at).isoformat()
    verbs = verbs_of("register_office")
    actor = Actor("甲", user_id=1, organisation_id=office.pk, role="register_office", verbs=verbs)
    lot = lots.accept_lot(
        actor=actor,
        at=at,
        new=lots.NewLot("备0", "北庄-00", "北庄镇", "town", False, Decimal(10), date(2020, 5, 1), "验0"),
    )
    row = applications.register_application(
        actor=actor,
        at=at,
        project=applications.Project(
            "项目", "某公司", "social", True, False, False, "北庄镇", Decimal(1), "批1", date(2020, 6, 1)
        ),
    )
    deal = Transfer.objects.create(
        number=900,
        district="某区",
        area=Decimal(1),
        price=Decimal(1),
        amount=Decimal(1),
        agreement="协1",
        approval_number="批1",
        approval_on=date(2020, 6, 1),
        created_at=at,
        created_by="甲",
    )
    project = bare_record(app="farmland", kind="projects", typed=LAND, at=at)
    view = SavedView.objects.create(user_id=0, kind="farmland.projects", name="x", query="")
    fields = {"kind": "registers.record", "subject_id": project.pk, "name": "f.pdf", "content_type": "application/pdf"}
    file = Attachment.objects.create(
        **fields, size=4, sha256="0" * 64, path="matrix/farmland", stored_at=at, stored_by="甲"
    )
    paid = {"number": 900, "kind": "use_city", "amount": Decimal(1), "day": date(2020, 6, 1), "ticket": "票900"}
    line = Money.objects.create(**paid, at=at, by="甲")
    warrant = Warrant.objects.create(
        kind="out_soe_cost", amount=Decimal(1), payee="某公司", lot=lot, note="", at=at, by="甲"
    )
    price = {"kind": "compensation", "value": Decimal(1), "starts_on": date(2097, 1, 1), "basis": "文0"}
    rate = Rate.objects.create(**price, created_at=at, created_by="甲")
    made: dict[str, Any] = {"lot_id": lot.pk, "transfer_id": deal.pk, "warrant_id": warrant.pk}
    made |= {"farmland:reverse-entry:number": lot.entries.get().act, "farmland:reverse-money:number": line.number}
    days = {"starts_on": date(2097, 1, 1), "basis": "文0"}
    period = RulePeriod.objects.create(**days, ends_on=date(2097, 2, 1), created_at=at, created_by="甲")
    chosen = Setting.objects.create(**days, key="rewards_add_up", value=True, at=at, by="甲")
    made |= {"farmland:strike-row:row_id": rate.pk, "api:farmland-rate-strike:row_id": rate.pk}
    made |= {"api:farmland-period-strike:row_id": period.pk, "api:farmland-setting-strike:row_id": chosen.pk}
    made |= {
        "api:farmland-entry-reverse:number": made["farmland:reverse-entry:number"],
        "api:farmland-money-reverse:number": line.number,
        "farmland:money-line:number": line.number,
    }
    for name, _ in [*PAGES, *API]:
        made |= {f"{name}:application_id": row.pk, f"{name}:act": "reserve", f"{name}:table": "rate"}
        made |= {f"{name}:kind": "projects", f"{name}:record_id": project.pk, f"{name}:view_id": view.pk}
        made |= {f"{name}:attachment_id": file.pk}
    return made


PAGES: dict[tuple[str, str], str] = {
    ("farmland:accept-opening", "POST"): "SFFFFFFFFFAF",
    ("farmland:accept-records", "POST"): "SFFFFAFFFFAF",
    ("farmland:agree-reward", "POST"): "SNNFFNFNNNFA",
    ("farmland:amend-application", "GET"): "SNNFFFFNNNAF",
    ("farmland:amend-application", "POST"): "SNNFFFFNNNAF",
    ("farmland:application", "GET"): "SNNAAAANNNAA",
    ("farmland:application-act", "POST"): "SNNFFFFNNNAF",
    ("farmland:applications", "GET"): "SAAAAAAAAAAA",
    ("farmland:cancel-warrant", "POST"): "SFFFFFFFFFFA",
    ("farmland:check", "POST"): "SFFFFFFFFFAA",
    ("farmland:enter-table", "POST"): "SFFFFFFFFFFA",
    ("farmland:entries", "GET"): "SAAAAAAAAAAA",
    ("farmland:import-records", "GET"): "SFFFFAFFFFAF",
    ("farmland:import-records", "POST"): "SFFFFAFFFFAF",
    ("farmland:index", "GET"): "SAAAAAAAAAAA",
    ("farmland:lot", "GET"): "SNNAAAANNNAA",
    ("farmland:lot", "POST"): "SNNFFFFNNNAF",
    ("farmland:make-transfer", "POST"): "SFFFFFFFFFAF",
    ("farmland:money", "GET"): "SAAAAAAAAAAA",
    ("farmland:money-line", "GET"): "SNNAANANNNAA",
    ("farmland:new-application", "GET"): "SFFFFFFFFFAF",
    ("farmland:new-application", "POST"): "SFFFFFFFFFAF",
    ("farmland:new-lot", "GET"): "SFFFFFFFFFAF",
    ("farmland:new-lot", "POST"): "SFFFFFFFFFAF",
    ("farmland:new-record", "GET"): "SFFFFAFFFFAF",
    ("farmland:new-record", "POST"): "SFFFFAFFFFAF",
    ("farmland:opening", "GET"): "SFFFFFFFFFAF",
    ("farmland:opening", "POST"): "SFFFFFFFFFAF",
    ("farmland:opening-template", "GET"): "SFFFFFFFFFAF",
    ("farmland:payable", "GET"): "SFFFFFFFFFFA",
    ("farmland:payable", "POST"): "SFFFFFFFFFFA",
    ("farmland:plan", "GET"): "SAAAAAAAAAAA",
    ("farmland:rates", "GET"): "SAAAAAAAAAAA",
    ("farmland:reconciling", "GET"): "SFFFFFFFFFFA",
    ("farmland:reconciling", "POST"): "SFFFFFFFFFFA",
    ("farmland:record", "GET"): "SNNAAAANNNAA",
    ("farmland:record-counts", "GET"): "SAAAAAAAAAAA",
    ("farmland:record-file", "POST"): "SNNFFAFNNNAF",
    ("farmland:record-money", "POST"): "SFFFFFFFFFFA",
    ("farmland:record-voucher", "POST"): "SFFFFFFFFFFA",
    ("farmland:records", "GET"): "SAAAAAAAAAAA",
    ("farmland:records-template", "GET"): "SFFFFAFFFFAF",
    ("farmland:records-workbook", "GET"): "SAAAAAAAAAAA",
    ("farmland:remove-record-file", "POST"): "SNNFFAFNNNAF",
    ("farmland:remove-view", "POST"): "SAAAAAAAAAAA",
    ("farmland:reverse-entry", "GET"): "SFFFFFFFFFAF",
    ("farmland:reverse-entry", "POST"): "SFFFFFFFFFAF",
    ("farmland:reverse-money", "GET"): "SFFFFFFFFFFA",
    ("farmland:reverse-money", "POST"): "SFFFFFFFFFFA",
    ("farmland:rewards", "GET"): "SAAAAAAAAAAA",
    ("farmland:save-record", "POST"): "SNNFFAFNNNAF",
    ("farmland:save-view", "POST"): "SAAAAAAAAAAA",
    ("farmland:step-record", "POST"): "SNNFFFFNNNAF",
    ("farmland:hand-over-record", "POST"): "SNNFFFFNNNAF",
    ("farmland:strike-record", "POST"): "SNNFFAFNNNAF",
    ("farmland:strike-row", "GET"): "SFFFFFFFFFFA",
    ("farmland:strike-row", "POST"): "SFFFFFFFFFFA",
    ("farmland:transfer", "GET"): "SNNAANANNNAA",
    ("farmland:transfers", "GET"): "SAAAAAAAAAAA",
    ("farmland:trial", "GET"): "SFFAAFAFFFAA",
    ("farmland:trial", "POST"): "SFFAAFAFFFAA",
    ("farmland:workbook", "GET"): "SAAAAAAAAAAA",
}
API: dict[tuple[str, str], str] = {
    ("api:farmland-allocations", "GET"): "SAAAAAAAAAA",
    ("api:farmland-application", "GET"): "SNNNAAANNAA",
    ("api:farmland-application-acts", "POST"): "SNNNFFFNNAF",
    ("api:farmland-application-proposals", "POST"): "SNNNFFFNNAF",
    ("api:farmland-applications", "GET"): "SAAAAAAAAAA",
    ("api:farmland-applications", "POST"): "SFFFFFFFFAF",
    ("api:farmland-balances", "GET"): "SAAAAAAAAAA",
    ("api:farmland-checks", "POST"): "SFFFFFFFFAA",
    ("api:farmland-entries", "GET"): "SAAAAAAAAAA",
    ("api:farmland-lots", "GET"): "SAAAAAAAAAA",
    ("api:farmland-lots", "POST"): "SFFFFFFFFAF",
    ("api:farmland-money", "GET"): "SAAAAAAAAAA",
    ("api:farmland-money", "POST"): "SFFFFFFFFFA",
    ("api:farmland-rates", "GET"): "SAAAAAAAAAA",
    ("api:farmland-rates", "POST"): "SFFFFFFFFFA",
    ("api:farmland-record", "GET"): "SNNNAAANNAA",
    ("api:farmland-record", "PATCH"): "SNNNFAFNNAF",
    ("api:farmland-record-hand-over", "POST"): "SNNNFFFNNAF",
    ("api:farmland-record-steps", "POST"): "SNNNFFFNNAF",
    ("api:farmland-records", "GET"): "SAAAAAAAAAA",
    ("api:farmland-records", "POST"): "SFFFFAFFFAF",
    ("api:farmland-reward-lines", "GET"): "SAAAAAAAAAA",
    ("api:farmland-rewards", "GET"): "SAAAAAAAAAA",
    ("api:farmland-settings", "GET"): "SAAAAAAAAAA",
    ("api:farmland-months", "GET"): "SFFFFFFFFFA",
    ("api:farmland-months", "POST"): "SFFFFFFFFFA",
    ("api:farmland-entry-reverse", "POST"): "SFFFFFFFFAF",
    ("api:farmland-money-reverse", "POST"): "SFFFFFFFFFA",
    ("api:farmland-rate-strike", "POST"): "SFFFFFFFFFA",
    ("api:farmland-period-strike", "POST"): "SFFFFFFFFFA",
    ("api:farmland-setting-strike", "POST"): "SFFFFFFFFAA",
    ("api:farmland-transfers", "GET"): "SAAAAAAAAAA",
    ("api:farmland-transfers", "POST"): "SFFFFFFFFAF",
    ("api:farmland-trial", "POST"): "SFFFAFAFFAA",
    ("api:farmland-voucher", "POST"): "SFFFFFFFFFA",
    ("api:farmland-warrants", "GET"): "SAAAAAAAAAA",
    ("api:farmland-warrants", "POST"): "SFFFFFFFFFA",
}
