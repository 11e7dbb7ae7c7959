"""核验 of a 反馈单 before and after 通报, and of what goes to 区委."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evaluation.engine.queries.codes import code_of
from evaluation.engine.rules.codes import Paper
from evaluation.year.models.year_end import CommitteeReport
from tests.factories import feedback as feedbacks
from tests.factories import year_end

CHECK = "/evaluation/check/"


def _asked(client, **said) -> str:
    answer = client.post(CHECK, said)
    assert answer.status_code == 200, answer.content[:300]
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2]).split())


def test_a_feedback_is_compared_by_its_unit_without_a_place_before_publication(gazette):
    ranking = feedbacks.opened(feedbacks.computed_quarter())
    feedback = feedbacks.feedback_of(ranking)
    row = ranking.rows.get(organisation=feedback.organisation)
    code = code_of(Paper.FEEDBACK, feedback.pk, feedback.seal)
    town, other = feedbacks.client_of("town"), feedbacks.client_of("othertown")
    assert code in town.get(reverse("evaluation:feedback", args=[feedback.pk])).content.decode()
    assert "与系统一致" in _asked(town, code=code, total=f"{row.total:.4f}")
    said = _asked(town, code=code, rank=row.rank)
    assert "没有您能看的数" in said and "与系统一致" not in said
    assert "没有这个核验码" in _asked(other, code=code, total=f"{row.total:.4f}")
    assert "不一致 1 处" in _asked(feedbacks.client_of("office1"), code=code, total=f"{row.total - 1:.4f}")


def test_what_went_to_the_committee_is_compared_by_its_file(gazette):
    ranking = year_end.official_year()
    year_end.confirm(year_end.deliberate(ranking))
    ranking = year_end.recompute(ranking)
    year_end.report(ranking)
    report = CommitteeReport.objects.get()
    code = code_of(Paper.YEAR, report.pk, report.seal)
    office = feedbacks.client_of("office1")
    answer = office.get(reverse("evaluation:year-document", args=[2020, "township"]))
    assert "与系统一致" in _asked(office, code=code, file=SimpleUploadedFile("报区委.docx", answer.content))
    assert "没有这个核验码" in _asked(feedbacks.client_of("town"), code=code, total="80")
