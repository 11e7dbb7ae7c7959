from django.urls import path

from evaluation.scheme.views import scheme_settings, schemes

urlpatterns = [
    path("schemes/", schemes.index, name="schemes"),
    path("schemes/<int:year>/<str:track>/", schemes.scheme, name="scheme"),
    path("schemes/<int:year>/<str:track>/settings/", scheme_settings.settings, name="scheme-settings"),
    path("schemes/<int:year>/<str:track>/carriers/", schemes.carriers, name="carriers"),
]
