app_name = "inbox"
urlpatterns: list[object] = []
