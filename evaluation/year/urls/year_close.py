from django.urls import path

from evaluation.year.views import leader_survey, satisfaction, self_reports, visits, year_archive, year_plan

YEAR = "year-end/<int:year>/<str:track>"
urlpatterns = [
    path("visits/", visits.index, name="visits"),
    path("visits.xlsx", visits.workbook, name="visits-sheet"),
    path("visits/<int:year>/<str:track>/plan/", visits.plan, name="plan-visit"),
    path("visits/<int:visit_id>/", visits.visit, name="visit"),
    path("visits/<int:visit_id>/result/", visits.result, name="note-visit"),
    path("self-reports/", self_reports.index, name="self-reports"),
    path("self-reports.xlsx", self_reports.workbook, name="self-reports-sheet"),
    path("self-reports/<int:year>/<slug:code>/", self_reports.report, name="self-report"),
    path(
        "self-reports/<int:year>/<slug:code>/items/<int:indicator_id>/",
        self_reports.save_item,
        name="save-self-report-item",
    ),
    path("self-reports/<int:year>/<slug:code>/report.docx", self_reports.document, name="self-report-document"),
    path("self-report/<int:report_id>/send/", self_reports.send, name="send-self-report"),
    path("self-report/<int:report_id>/sign/", self_reports.sign, name="sign-self-report"),
    path("self-report/<int:report_id>/decide/", self_reports.decide, name="decide-self-report"),
    path("self-report/<int:report_id>/evidence/", self_reports.add_evidence, name="add-self-report-evidence"),
    path(
        "self-reports/evidence/<int:attachment_id>/remove/",
        self_reports.remove_evidence,
        name="remove-self-report-evidence",
    ),
    path(f"{YEAR}/archive/", year_archive.page, name="year-archive"),
    path(f"{YEAR}/archive/make/", year_archive.ask, name="make-year-archive"),
    path(f"{YEAR}/archive/<int:number>.zip", year_archive.fetch, name="fetch-year-archive"),
    path(f"{YEAR}/plan/", year_plan.page, name="year-plan"),
    path(f"{YEAR}/plan/day/", year_plan.set_day, name="set-plan-day"),
    path(f"{YEAR}/plan.xlsx", year_plan.workbook, name="year-plan-sheet"),
    path(f"{YEAR}/effect/", leader_survey.effect, name="effect"),
    path(f"{YEAR}/satisfaction/", satisfaction.read, name="satisfaction"),
    path(f"{YEAR}/satisfaction/template.xlsx", satisfaction.template, name="satisfaction-template"),
    path(f"{YEAR}/satisfaction/accept/", satisfaction.accept, name="accept-satisfaction"),
    path(f"{YEAR}/effect/open/", leader_survey.open_survey, name="open-leader-survey"),
    path(f"{YEAR}/effect/fill/", leader_survey.fill, name="fill-leader-form"),
    path(f"{YEAR}/effect/close/", leader_survey.close, name="close-leader-survey"),
    path(f"{YEAR}/effect.xlsx", leader_survey.workbook, name="effect-sheet"),
]
