"""Every endpoint of /api/v1/, from the apps that own them."""

urlpatterns: list[object] = []
