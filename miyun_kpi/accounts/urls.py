from django.urls import path

from miyun_kpi.accounts import views
from miyun_kpi.accounts.views import (
    activations,
    certificates,
    exports,
    factor,
    halves,
    opening,
    people,
    posts,
    sessions,
    tokens,
)

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("activate/", activations.activate, name="activate"),
    path("accounts/activations/", activations.activations, name="activations"),
    path("accounts/activations/halves/", halves.halves, name="halves"),
    path("accounts/activations/<int:activation_id>/", activations.activation, name="activation"),
    path("accounts/factor/", factor.factor, name="factor"),
    path("accounts/proof/", factor.proof, name="proof"),
    path("accounts/switch-post/", views.switch_post, name="switch-post"),
    path("accounts/password/", views.change_password, name="change-password"),
    path("accounts/alive/", views.alive, name="alive"),
    path("accounts/sessions/", sessions.sessions, name="sessions"),
    path("accounts/me/", views.me, name="me"),
    path("accounts/people/", people.people, name="people"),
    path("accounts/people/workbook/", exports.accounts, name="people-workbook"),
    path("accounts/people/new/", people.create, name="create"),
    path("accounts/people/<str:username>/account/", people.person, name="person"),
    path("accounts/people/<str:username>/certificate/", certificates.certificate, name="certificate"),
    path("accounts/audit/<int:seq>/open/", opening.open_withheld, name="open-withheld"),
    path("accounts/audit/workbook/", exports.audit, name="audit-workbook"),
    path("accounts/posts/", posts.posts, name="posts"),
    path("accounts/posts/move/", posts.move_posts, name="move-posts"),
    path("accounts/posts/<int:post_id>/", posts.post, name="post"),
    path("accounts/portfolios/", posts.portfolios, name="portfolios"),
    path("accounts/locks/", posts.locks, name="locks"),
    path("accounts/locks/release/", posts.release, name="release"),
    path("accounts/tokens/", tokens.tokens, name="tokens"),
    path("accounts/tokens/own/", tokens.own, name="own-tokens"),
    path("accounts/tokens/<str:key>/fetch/", tokens.fetch, name="fetch-token"),
    path("accounts/tokens/<str:key>/revoke/", tokens.revoke, name="revoke"),
]
