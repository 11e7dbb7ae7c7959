from miyun_kpi.accounts.services.activations import break_glass, finish, release, reset_access, void
from miyun_kpi.accounts.services.credentials import (
    TOKEN_LIFETIME,
    change_own_password,
    fetch_token,
    issue_token,
    random_password,
    record_session,
    release_lock,
    revoke_token,
)
from miyun_kpi.accounts.services.factor import begin_enrolment, confirm_enrolment, drop_factor, prove
from miyun_kpi.accounts.services.people import begin_account, create_account, rename_account, set_active
from miyun_kpi.accounts.services.posts import (
    add_portfolio,
    end_portfolio,
    end_post,
    grant_post,
    hand_over,
    move_posts,
    name_deputy,
)

__all__ = [
    "TOKEN_LIFETIME",
    "add_portfolio",
    "begin_account",
    "begin_enrolment",
    "break_glass",
    "change_own_password",
    "confirm_enrolment",
    "create_account",
    "drop_factor",
    "end_portfolio",
    "end_post",
    "fetch_token",
    "finish",
    "grant_post",
    "hand_over",
    "issue_token",
    "move_posts",
    "name_deputy",
    "prove",
    "random_password",
    "record_session",
    "release",
    "release_lock",
    "rename_account",
    "reset_access",
    "revoke_token",
    "set_active",
    "void",
]
