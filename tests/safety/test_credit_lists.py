"""“黑名单”、“红名单”: nobody is put on one without notice, by whoever proposed it, or for good."""

from datetime import timedelta

import pytest

from miyun_kpi.lib.credit_code import of_nobody
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by
from tests.duties.conftest import acting
from tests.registers.test_records import another
from tests.safety.test_safety import AT, make, office, second, sign_in, step

__all__ = ["office", "second"]
BLACK_VALUES = {"name": "某公司", "code": of_nobody(1), "fact": "重大隐患拒不整改", "basis": "某法第一条"}
NOTICE = {"noticed_on": "2020-07-01", "noticed_how": "直接送达", "objection_until": "2020-07-10"}


def test_nobody_is_listed_without_notice_and_before_the_objection_ends(office, second):
    row = make(office, "black-list", **BLACK_VALUES)
    with pytest.raises(Refused, match="现在是"):
        step(second, row, "list", listed_on="2020-07-10", until="2023-07-11")
    with pytest.raises(Refused, match="先填事先告知日期"):
        step(office, row, "notice")
    step(office, row, "notice", **NOTICE)
    third = another(office, 13)
    with pytest.raises(Refused, match="2020-07-10）过后"):
        step(third, row, "list", listed_on="2020-07-10", until="2023-07-11")
    later = AT + timedelta(days=1)
    with pytest.raises(NotAllowed, match="办过前面步骤"):
        step(office, row, "list", later, listed_on="2020-07-11", until="2023-07-11")
    assert step(third, row, "list", later, listed_on="2020-07-11", until="2023-07-11").stage == "listed"
    with pytest.raises(Refused, match="信用修复的依据"):
        step(second, row, "repair", later)
    assert step(second, row, "repair", later, repair="整改验收合格").stage == "repaired"


def test_who_was_on_the_list_before_is_listed_anew_the_whole_way(office, second):
    """One record a unit; nothing of the first time counts for the second, and who proposes it does not decide."""
    row = make(office, "black-list", **BLACK_VALUES)
    step(office, row, "notice", **NOTICE)
    third, fourth, later = another(office, 13), another(office, 14), AT + timedelta(days=1)
    step(third, row, "list", later, listed_on="2020-07-11", until="2023-07-11")
    step(second, row, "repair", later, repair="整改验收合格")
    with pytest.raises(Refused, match="已经登记过"):
        make(office, "black-list", **BLACK_VALUES)
    again = AT + timedelta(days=400)
    with pytest.raises(Refused, match="写理由"):
        step(third, row, "again", again)
    row = step(third, row, "again", again, fact="又拒不整改", basis="某法第二条", reason="再次查获")
    assert row.stage == "proposed"
    left = {name: row.values.get(name) for name in ("noticed_on", "objection_until", "repair", "listed_on", "until")}
    assert not any(left.values()), left
    with pytest.raises(Refused, match="现在是"):
        step(second, row, "list", again, listed_on="2021-08-14", until="2024-08-14")
    told = {"noticed_on": "2021-08-01", "noticed_how": "直接送达", "objection_until": "2021-08-10"}
    step(second, row, "notice", again, **told)
    with pytest.raises(NotAllowed, match="办过前面步骤"):
        step(third, row, "list", again, listed_on="2021-08-14", until="2024-08-14")
    assert step(fourth, row, "list", again, listed_on="2021-08-14", until="2024-08-14").stage == "listed"
    said = [event.before.get("fact") for event in row.events.filter(step_code="again")]
    assert said == ["重大隐患拒不整改"], "what was the case before is in its history"


def test_an_objection_is_answered_by_a_second_person_first(office, second):
    row = make(office, "black-list", **BLACK_VALUES)
    step(office, row, "notice", **NOTICE)
    step(office, row, "object", objection="已经整改")
    with pytest.raises(Refused, match="现在是“有异议"):
        step(second, row, "list", AT + timedelta(days=2), listed_on="2020-07-12", until="2023-07-12")
    with pytest.raises(NotAllowed):
        step(office, row, "answer", answer="复查仍未整改")
    assert step(second, row, "answer", answer="复查仍未整改").stage == "noticed"


def test_the_lists_are_not_for_everybody(office):
    row = make(office, "black-list", **BLACK_VALUES)
    _, rights = kind_by("safety", "black-list")
    assert not Record.objects.filter(rights.sees(acting("区水务局", "register_office")), pk=row.pk).exists()


def test_the_page_asks_anew_for_what_the_second_round_rests_on(office, second):
    """With what stood there in the boxes, and none of them called optional: the step is refused without."""
    row = make(office, "black-list", **BLACK_VALUES)
    client = sign_in("anwei", "区安委会办公室", "register_office")
    address = f"/safety/records/black-list/{row.pk}/"
    boxes = step_of(client.get(address).content.decode(), "notice")
    assert "事先告知日期" in boxes and "可不填" not in boxes and "事实" not in boxes
    step(office, row, "drop", reason="证据不足，不列入")
    boxes = step_of(client.get(address).content.decode(), "again")
    assert (
        all(text in boxes for text in ("事实", "重大隐患拒不整改", "法律依据", "某法第一条")) and "可不填" not in boxes
    )


def step_of(page, code):
    """The form of one step."""
    (form,) = [part for part in page.split("<form")[1:] if f'value="{code}"' in part]
    return form.partition("</form>")[0].partition("补登")[0]
