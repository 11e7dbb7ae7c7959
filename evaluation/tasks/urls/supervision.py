from django.urls import path

from evaluation.tasks.views import supervision, supervision_import

urlpatterns = [
    path("supervision/", supervision.index, name="supervision"),
    path("supervision/list.xlsx", supervision.sheet, name="supervision-sheet"),
    path("supervision/new/", supervision.register, name="register-supervision"),
    path("supervision/import/", supervision_import.read, name="read-supervision"),
    path("supervision/import/template.xlsx", supervision_import.template, name="supervision-template"),
    path("supervision/import/accept/", supervision_import.accept, name="accept-supervision"),
    path("supervision/<int:item_id>/", supervision.item, name="supervision-item"),
    path("supervision/<int:item_id>/change/", supervision.change, name="change-supervision"),
    path("supervision/<int:item_id>/feedback/", supervision.feedback, name="supervision-feedback"),
    path("supervision/<int:item_id>/extension/", supervision.ask_extension, name="ask-supervision-extension"),
    path(
        "supervision/<int:item_id>/extension/decide/",
        supervision.decide_extension,
        name="decide-supervision-extension",
    ),
    path("supervision/<int:item_id>/urge/", supervision.urge, name="urge-supervision"),
    path("supervision/<int:item_id>/finish/", supervision.finish, name="finish-supervision"),
    path("supervision/<int:item_id>/close/", supervision.close, name="close-supervision"),
]
