from django.urls import path

from miyun_kpi.attachments import views

app_name = "attachments"
urlpatterns = [path("<int:attachment_id>/", views.fetch, name="fetch")]
