"""A column that was pasted or accepted is taken back in one press, like a workbook; what was changed since is asked about."""

import re

from evaluation.models import WorkbookUpload
from miyun_kpi.audit.models import AuditEntry
from tests.factories.books import download, form_of, typed, upload, write
from tests.factories.sheets import cell, save


def values(sheet):
    return list(sheet.marks.order_by("order").values_list("value", flat=True))


def pasted(client, sheet, **cells):
    """The same preview as of a workbook, said to come from the clipboard."""
    data = form_of(upload(client, sheet, typed(download(client, sheet), **cells))) | {"source": ["paste"]}
    assert write(client, sheet, data).status_code == 204


def undo(client, sheet, done=None, **given):
    done = done or WorkbookUpload.objects.get()
    return client.post(f"/evaluation/sheets/{sheet.pk}/workbook/{done.pk}/undo/", given)


def page_of(client, sheet):
    return " ".join(client.get(f"/evaluation/sheets/{sheet.pk}/").content.decode().split())


def offered(client, sheet) -> WorkbookUpload | None:
    """The writing that the button of the page takes back."""
    found = re.findall(rf"/sheets/{sheet.pk}/workbook/(\d+)/undo/", page_of(client, sheet))
    assert len(found) <= 1
    return WorkbookUpload.objects.get(pk=found[0]) if found else None


def test_a_pasted_column_is_taken_back_as_a_whole(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 1), value="80", problems="旧问题")
    pasted(shuiwu, sheet, F5=90, F6=91, F7=70)
    assert values(sheet)[:3] == [90, 91, 70]
    page = page_of(shuiwu, sheet)
    assert "写入了 3 格（粘贴一列）。" in page and "撤销这次写入（3 格改回原值）" in page and "工作簿“" not in page
    names = [cell(sheet, place).organisation.name for place in (1, 2, 3)]
    assert f"<summary>是哪些格</summary> <p>{'、'.join(names)}</p> </details>" in page
    for _ in range(2):
        assert undo(shuiwu, sheet).status_code == 302
    assert values(sheet)[:3] == [80, None, None] and cell(sheet, 1).problems == "旧问题"
    assert AuditEntry.objects.filter(action="evaluation.column.revoked").count() == 1
    assert not AuditEntry.objects.filter(action__startswith="evaluation.workbook").exists()
    assert "undo-column" not in page_of(shuiwu, sheet)


def test_what_was_changed_since_is_asked_about_and_stays(shuiwu, sheet):
    pasted(shuiwu, sheet, F5=90, F6=91, F7=70)
    save(shuiwu, sheet, cell(sheet, 2), value="95")
    refused = undo(shuiwu, sheet)
    page = refused.content.decode()
    assert (
        refused.status_code == 409 and "可以只撤销其余 2 格，改过的不动" in page and values(sheet)[:3] == [90, 95, 70]
    )
    assert "只撤销没有改过的 2 格" in " ".join(page.split()) and 'name="untouched"' in page
    assert undo(shuiwu, sheet, untouched="1").status_code == 302
    assert values(sheet)[:3] == [None, 95, None]


def test_where_every_cell_was_changed_there_is_nothing_to_take_back(shuiwu, sheet):
    pasted(shuiwu, sheet, F5=90)
    save(shuiwu, sheet, cell(sheet, 1), value="95")
    assert "undo-column" not in page_of(shuiwu, sheet)
    answer = undo(shuiwu, sheet, untouched="1")
    assert answer.status_code == 409 and "请逐格改回" in answer.content.decode() and values(sheet)[0] == 95


def test_what_was_typed_and_taken_back_in_between_does_not_count_as_changed(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 1), value="80")
    pasted(shuiwu, sheet, F5=90, F6=91, F7=70)
    save(shuiwu, sheet, cell(sheet, 2), value="95")
    save(shuiwu, sheet, cell(sheet, 2), value="91")
    assert "撤销这次写入（3 格改回原值）" in page_of(shuiwu, sheet)
    assert undo(shuiwu, sheet).status_code == 302
    assert values(sheet)[:3] == [80, None, None]
    assert "3 格已改回原值。" in page_of(shuiwu, sheet)


def test_a_reason_written_on_top_hinders_nothing_and_stays(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 1), value="80", problems="旧问题")
    pasted(shuiwu, sheet, F5=90, F6=91)
    save(shuiwu, sheet, cell(sheet, 1), value="90", problems="新问题")
    save(shuiwu, sheet, cell(sheet, 2), value="91", problems="河道有漂浮物")
    assert undo(shuiwu, sheet).status_code == 302
    assert values(sheet)[:2] == [80, None]
    assert [cell(sheet, n).problems for n in (1, 2)] == ["新问题", "河道有漂浮物"]


def test_how_many_went_is_said_where_some_stayed(shuiwu, sheet):
    pasted(shuiwu, sheet, F5=90, F6=91, F7=70)
    save(shuiwu, sheet, cell(sheet, 2), value="95")
    undo(shuiwu, sheet, untouched="1")
    assert "2 格已改回原值，其余的得分写入以后改过，没有动。" in page_of(shuiwu, sheet)


def test_after_the_last_column_the_one_before_it_is_offered(shuiwu, sheet):
    pasted(shuiwu, sheet, F5=90, F6=91, F7=70)
    pasted(shuiwu, sheet, F6=81, F7=82, F8=83)
    one, two = WorkbookUpload.objects.order_by("pk")
    assert offered(shuiwu, sheet) == two and "再往前一次" not in page_of(shuiwu, sheet)
    assert undo(shuiwu, sheet, two).status_code == 302 and values(sheet)[:4] == [90, 91, 70, None]
    page = page_of(shuiwu, sheet)
    assert offered(shuiwu, sheet) == one and "3 格已改回原值" in page
    assert "再往前一次：" in page and "写入了 3 格（粘贴一列）。打开本页时，这些格的得分都还是写入的" in page
    assert "撤销这次写入（3 格改回原值）" in page
    assert undo(shuiwu, sheet, one).status_code == 302 and values(sheet)[:4] == [None] * 4
    page = page_of(shuiwu, sheet)
    assert offered(shuiwu, sheet) is None and page.count("格已改回原值") == 1


def test_the_one_before_is_offered_as_far_as_it_stands(shuiwu, sheet):
    pasted(shuiwu, sheet, F5=90, F6=91, F7=70)
    pasted(shuiwu, sheet, F6=81)
    save(shuiwu, sheet, cell(sheet, 2), value="95")
    one, two = WorkbookUpload.objects.order_by("pk")
    page = page_of(shuiwu, sheet)
    assert "写入了 1 格（粘贴一列）。这些格的得分后来都又改过，不能整批撤销，请逐格改回" in page
    names = [cell(sheet, place).organisation.name for place in (1, 2, 3)]
    assert f"<summary>改过的是哪些格</summary><p>{names[1]}</p></details>" in page
    assert f"<p>还是写入的：{names[0]}、{names[2]}</p> <p>后来改过的：{names[1]}</p> </details>" in page
    assert "再往前一次" in page and "其中 2 格的得分还是写入的" in page and offered(shuiwu, sheet) == one
    assert undo(shuiwu, sheet, one, untouched="1").status_code == 302 and values(sheet)[:3] == [None, 95, None]
    page = page_of(shuiwu, sheet)
    assert offered(shuiwu, sheet) is None and "2 格已改回原值，其余的得分写入以后改过，没有动" in page
    assert "这些格的得分后来都又改过" in page, "what is left says why"
    assert undo(shuiwu, sheet, two, untouched="1").status_code == 409


def test_what_was_taken_back_is_not_told_after_another_writing(shuiwu, sheet):
    pasted(shuiwu, sheet, F5=90, F6=91)
    undo(shuiwu, sheet)
    pasted(shuiwu, sheet, F7=70)
    page = page_of(shuiwu, sheet)
    assert "已改回原值" not in page and "再往前一次" not in page and "撤销这次写入（1 格改回原值）" in page


def test_a_column_of_an_earlier_version_is_no_more_than_a_column(shuiwu, sheet):
    pasted(shuiwu, sheet, F5=90)
    done = WorkbookUpload.objects.get()
    done.rows = [{name: given for name, given in row.items() if name != "way"} for row in done.rows]
    done.save()
    assert "写入了 1 格（整列）" in page_of(shuiwu, sheet)
