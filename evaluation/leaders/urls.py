from django.urls import path

from evaluation.leaders import views

urlpatterns = [
    path("leader/", views.leader, name="leader"),
    path("leader/overdue/<slug:subject>/", views.overdue, name="leader-overdue"),
    path("leader/papers/", views.papers, name="leader-papers"),
    path("leader/papers/<int:paper_id>/", views.paper, name="leader-paper"),
    path("leader/papers/<int:paper_id>/page.pdf", views.paper_pdf, name="leader-paper-pdf"),
]
