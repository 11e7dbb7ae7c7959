from django.urls import path

from miyun_kpi.duties.views import keeping, lists, reports, taking_in

app_name = "duties"
urlpatterns = [
    path("", lists.mine, name="mine"),
    path("duty/<int:duty_id>/", lists.duty, name="duty"),
    path("duty/<int:duty_id>/amend/", keeping.amend, name="amend"),
    path("duty/<int:duty_id>/withdraw/", keeping.withdraw, name="withdraw"),
    path("duty/<int:duty_id>/rhythm/", keeping.rhythm, name="rhythm"),
    path("phrases/<int:phrase_id>/extend/", keeping.extend, name="extend"),
    path("units/<int:unit_id>/end/", keeping.end, name="end-unit"),
    path("units/<int:unit_id>/hand-over/", keeping.hand_over, name="hand-over"),
    path("periods/<int:period_id>/", reports.period, name="period"),
    path("periods/<int:period_id>/save/", reports.save, name="save"),
    path("periods/<int:period_id>/submit/", reports.submit, name="submit"),
    path("periods/<int:period_id>/made-up/", reports.made_up, name="made-up"),
    path("periods/<int:period_id>/paper/", reports.from_paper, name="from-paper"),
    path("periods/<int:period_id>/evidence/", reports.evidence, name="evidence"),
    path(
        "periods/<int:period_id>/evidence/<int:attachment_id>/remove/", reports.remove_evidence, name="remove-evidence"
    ),
    path("periods/<int:period_id>/statement/", reports.statement, name="statement"),
    path("periods/<int:period_id>/statement/decide/", reports.decide_statement, name="decide-statement"),
    path("periods/<int:period_id>/return/", reports.give_back, name="return"),
    path("periods/<int:period_id>/take-back/", taking_in.take_back, name="take-back"),
    path("<str:document>/", lists.document, name="document"),
    path("<str:document>/workbook/", lists.workbook, name="workbook"),
    path("<str:document>/new/", keeping.create, name="create"),
    path("<str:document>/days/", keeping.days, name="days"),
    path("<str:document>/open-past/", keeping.open_past, name="open-past"),
    path("<str:document>/opening/", taking_in.opening, name="opening"),
    path("<str:document>/opening/template/", taking_in.template_file, name="opening-template"),
    path("<str:document>/opening/upload/", taking_in.upload, name="opening-upload"),
    path("<str:document>/opening/accept/", taking_in.accept, name="accept-opening"),
    path("<str:document>/review/", reports.review, name="review"),
    path("<str:document>/review/accept/", reports.accept, name="accept"),
]
