from django.urls import URLPattern

app_name = "farmland"
urlpatterns: list[URLPattern] = []
