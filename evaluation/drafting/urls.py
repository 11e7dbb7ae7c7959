from django.urls import path

from evaluation.drafting.views import acts, comparing, indicators, pages

DRAFT = "schemes/<int:year>/<str:track>/draft/"
ITEM = f"{DRAFT}indicators/<int:indicator_id>/"

urlpatterns = [
    path("schemes/<int:year>/<str:track>/copy/", pages.copy, name="copy-scheme"),
    path(DRAFT, pages.draft, name="draft"),
    path(f"{DRAFT}weights/", pages.weights, name="draft-weights"),
    path(f"{DRAFT}discard/", pages.discard, name="discard-draft"),
    path(f"{DRAFT}basics/", pages.basics, name="draft-basics"),
    path(f"{DRAFT}carriers/", pages.carriers, name="draft-carriers"),
    path(f"{DRAFT}dimensions/", pages.new_dimension, name="add-draft-dimension"),
    path(f"{DRAFT}dimensions/<int:dimension_id>/", pages.dimension, name="draft-dimension"),
    path(f"{DRAFT}indicators/new/", indicators.new, name="add-draft-indicator"),
    path(ITEM, indicators.indicator, name="draft-indicator"),
    path(f"{ITEM}evaluators/", indicators.evaluators, name="draft-evaluators"),
    path(f"{ITEM}remove/", indicators.remove, name="remove-draft-indicator"),
    path(f"{DRAFT}compare/", comparing.compare, name="draft-comparison"),
    path(f"{DRAFT}compare.xlsx", comparing.compare_sheet, name="draft-comparison-sheet"),
    path(f"{DRAFT}trial/", comparing.trial, name="draft-trial"),
    path(f"{DRAFT}issue/", acts.issue, name="propose-issue"),
    path(f"{DRAFT}issue/decide/", acts.decide, name="decide-issue"),
    path("schemes/<int:year>/<str:track>/amendments/new/", acts.amend, name="amend-scheme"),
    path("amendments/<int:amendment_id>/", acts.amendment, name="amendment"),
    path("amendments/<int:amendment_id>/decide/", acts.decide_one, name="decide-amendment"),
]
