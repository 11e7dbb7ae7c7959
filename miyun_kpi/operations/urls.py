from django.urls import path

from miyun_kpi.operations import health, views

app_name = "operations"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.figures, name="metrics"),
    path("verification/", views.verification, name="verification"),
    path("clock/", views.clock, name="clock"),
    path("running/", views.running, name="running"),
    path("running/keys/", views.keys, name="keys"),
    path("demo/", views.demo, name="demo"),
    path("demo/enter/", views.demo_enter, name="demo-enter"),
    path("first/", views.first, name="first"),
    path("first/steps/", views.first_steps, name="first-steps"),
]
