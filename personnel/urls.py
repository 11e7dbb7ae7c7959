from django.urls import path

from personnel.views import correcting, importing, notices, pages

app_name = "personnel"
urlpatterns = [
    path("", pages.index, name="index"),
    path("workbook/", pages.workbook, name="workbook"),
    path("acts/workbook/", pages.acts_file, name="acts-workbook"),
    path("acts/<int:act_id>/wrong/", correcting.wrong, name="wrong"),
    path("acts/<int:act_id>/strike/", notices.strike, name="strike"),
    path("acts/<int:act_id>/decision/", pages.decide, name="decide"),
    path("acts/<int:act_id>/decision/withdraw/", pages.withdraw, name="withdraw-decision"),
    path("people/<int:person_id>/", pages.person, name="person"),
    path("positions/<int:position_id>/", pages.position, name="position"),
    path("positions/<int:position_id>/seats/", pages.seats, name="seats"),
    path("probations/", pages.probations, name="probations"),
    path("openings/new/", pages.opening, name="opening"),
    path("settings/receive/", pages.receive, name="receive-office"),
    path("settings/", pages.settings_page, name="settings"),
    path("notices/", notices.index, name="notices"),
    path("notices/new/", notices.new, name="new-notice"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    path("notices/<int:notice_id>/document/", notices.document, name="notice-document"),
    path("notices/<int:notice_id>/discard/", notices.discard, name="discard-notice"),
    path("notices/<int:notice_id>/acts/<int:act_id>/remove/", notices.remove, name="remove-act"),
    path("notices/<int:notice_id>/do/<slug:act>/", notices.act, name="notice-act"),
    path("history/", importing.upload, name="history"),
    path("history/template/", importing.template_file, name="history-template"),
    path("history/accept/", importing.accept, name="accept-history"),
]
