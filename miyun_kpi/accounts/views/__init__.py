from miyun_kpi.accounts.views.own import (
    alive,
    change_password,
    list_session,
    locked_out,
    me,
    sign_in,
    sign_out,
    switch_post,
)

__all__ = ["alive", "change_password", "list_session", "locked_out", "me", "sign_in", "sign_out", "switch_post"]
