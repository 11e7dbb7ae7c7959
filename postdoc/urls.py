from django.urls import URLPattern

app_name = "postdoc"
urlpatterns: list[URLPattern] = []
