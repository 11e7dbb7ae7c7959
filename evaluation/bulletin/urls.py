from django.urls import path

from evaluation.bulletin import views as bulletins

urlpatterns = [
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/new/", bulletins.draft, name="draft-bulletin"),
    path("bulletins/<int:bulletin_id>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:bulletin_id>/edit/", bulletins.edit, name="edit-bulletin"),
    path("bulletins/<int:bulletin_id>/versions/<int:number>/", bulletins.version, name="bulletin-version"),
    path("bulletins/<int:bulletin_id>/submit/", bulletins.submit, name="submit-bulletin"),
    path("bulletins/<int:bulletin_id>/return/", bulletins.give_back, name="return-bulletin"),
    path("bulletins/<int:bulletin_id>/finalise/", bulletins.finalise, name="finalise-bulletin"),
    path("bulletins/<int:bulletin_id>/bulletin.docx", bulletins.document, name="bulletin-document"),
    path("bulletins/<int:bulletin_id>/pdf/", bulletins.ask_pdf, name="ask-bulletin-pdf"),
    path("bulletins/<int:bulletin_id>/bulletin.pdf", bulletins.pdf, name="bulletin-pdf"),
]
