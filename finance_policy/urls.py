from django.urls import URLPattern

app_name = "finance_policy"
urlpatterns: list[URLPattern] = []
