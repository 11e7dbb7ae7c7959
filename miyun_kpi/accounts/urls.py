from django.urls import path

from miyun_kpi.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("accounts/switch-post/", views.switch_post, name="switch-post"),
    path("accounts/password/", views.change_password, name="change-password"),
]
