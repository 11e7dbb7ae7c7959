"""Ten forms in which one writes, and the browser that stands at them (ways.py)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.models import Session

from tests.journeys.test_ranking import PASSWORD

KEPT = "Object.entries(Object.assign({}, localStorage, sessionStorage)).map((one) => one.join('=')).join('\\n')"
SAVED = "#draft-state:has-text('输入已留存')"


@dataclass(frozen=True)
class Form:
    """`sealed`: fields that no browser may hold; `protected`: the whole form."""

    who: str
    address: str
    fields: dict[str, str]
    sealed: dict[str, str] = field(default_factory=dict)
    protected: bool = False

    @property
    def first(self) -> str:
        return next(iter(self.fields or self.sealed))


def named(**texts: str) -> dict[str, str]:
    return {f"main [name='{name}']": text for name, text in texts.items()}


FORMS: dict[str, Form] = {
    "自查报告": Form(
        "beizhuang",
        "/evaluation/self-reports/2020/beizhuang-zhen/",
        {"#summary": "全年重点任务推进有力", "[name^='done-'] >> nth=0": "潮河清淤三段完成"},
    ),
    "重大隐患": Form(
        "anwei",
        "/safety/records/hazards/new/",
        named(title="临街商户燃气管线老化", place="某街一号", requirement="更换管线并试压"),
    ),
    "依申请公开": Form(
        "minzheng",
        "/disclosure/applications/new/",
        named(content="养老机构补贴发放情况", received_on="2020-09-07"),
        named(applicant="李某乙", contact="某路九号"),
    ),
    "进站": Form(
        "yuanqu",
        "/postdoc/stations/{station}/enter/",
        named(project="水源保护林碳汇研究"),
        named(name="王某甲", document_number="110228199001011234", phone="13800001111"),
    ),
    "危险源": Form(
        "anwei",
        "/safety/records/sources/new/",
        {},
        named(name="液氨储罐甲", place="某厂东侧", content="储量三十吨"),
        protected=True,
    ),
    "占补立项": Form(
        "guizi", "/farmland/applications/new/", named(name="某路改扩建工程", applicant="某建设公司", area="12.5")
    ),
    "绿色企业": Form(
        "huanbao", "/finance/records/enterprises/new/", named(name="某云节能公司", code="91110228XQ", note="复核过一次")
    ),
    "水案": Form(
        "huanbao",
        "/water/records/case/new/",
        named(number="密水罚一号", trace="取水口无计量"),
        named(party="某洗车行"),
    ),
    "加减分": Form(
        "beizhuang",
        "/evaluation/adjustments/new/",
        named(work="古村落保护试点", document_number="京村发九号", reason="市级通报表扬"),
    ),
    "机构": Form("guanliyuan", "/organisations/new/", named(name="某新设中心", code="mou-zhongxin", note="三定方案")),
}


class Stage:
    """A browser at the machine, and the form that is typed into."""

    def __init__(self, new_page: Callable[..., Any], form: Form) -> None:
        from postdoc.models import Station

        self.new_page, self.form = new_page, form
        station = Station.objects.order_by("pk").first()
        self.address = form.address.replace("{station}", str(station.pk if station else 0))
        # What could not be kept anywhere: sealed, and the server was away.
        self.unkept = False
        self.texts = form.fields | form.sealed
        self.more: dict[str, str] = {}
        self.page = new_page()
        self.door(self.page, form.who)
        self.open()

    def door(self, page: Any, who: str) -> None:
        if not page.url.split("?")[0].endswith("/sign-in/"):
            page.goto("/sign-in/")
        page.fill("[name=username]", who)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("text=退出", state="attached")

    def open(self, page: Any = None) -> Any:
        page = page or self.page
        page.goto(self.address)
        page.wait_for_load_state("load")
        return page

    def write(self, texts: dict[str, str] | None = None, page: Any = None) -> None:
        for where, text in (self.texts if texts is None else texts).items():
            box = (page or self.page).locator(where).first
            box.evaluate(
                "(box) => { for (let at = box; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true; }"
            )
            box.fill(text)

    def saved(self, page: Any = None) -> None:
        (page or self.page).wait_for_selector(SAVED)

    def press(self, page: Any = None) -> None:
        """The form's own button, whatever it says."""
        page = page or self.page
        page.locator(self.form.first).first.evaluate(
            "(box) => { box.form.noValidate = true; box.form.requestSubmit(); }"
        )

    def end_session(self) -> None:
        Session.objects.all().delete()

    def another_tab(self) -> None:
        """Closes this one at once, without a word."""
        tab = self.page.context.new_page()
        self.page.close()
        self.page = tab

    def readable(self, page: Any = None) -> list[str]:
        held = (page or self.page).evaluate(KEPT)
        return [text for text in self.texts.values() if text in held]

    def found(self) -> None:
        """Offered and put back, or still there: every text, but what had nowhere to be."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(
            """(boxes) => document.querySelector('#kept button') || boxes.every(([where, text]) => {
                const all = document.querySelectorAll(where); return Array.from(all).some((one) => one.value === text); })""",
            arg=[[where.split(" >> ")[0], text] for where, text in self.texts.items()],
        )
        while self.page.locator("#kept button:text-is('放回')").count():
            self.page.locator("#kept button:text-is('放回')").first.click()
        now = {where: self.page.locator(where).first.input_value() for where in self.texts}
        wanted = self.form.fields if self.unkept else self.texts
        assert {where: text for where, text in now.items() if where in wanted} == wanted
