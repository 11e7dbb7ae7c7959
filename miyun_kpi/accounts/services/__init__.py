from miyun_kpi.accounts.services.credentials import (
    TOKEN_LIFETIME,
    change_own_password,
    issue_token,
    random_password,
    record_session,
    release_lock,
    revoke_token,
)
from miyun_kpi.accounts.services.password_age import REMIND_DAYS, check_age, password_until
from miyun_kpi.accounts.services.people import create_account, rename_account, reset_password, set_active
from miyun_kpi.accounts.services.posts import (
    add_portfolio,
    end_portfolio,
    end_post,
    grant_post,
    hand_over,
    move_posts,
    name_deputy,
)
from miyun_kpi.accounts.services.sessions import (
    end_other_sessions,
    end_session,
    session_opened,
    sessions_of,
)
from miyun_kpi.accounts.services.tries import (
    TooManyTries,
    forget_old_tries,
    right_old_password,
    right_password,
    take_old_password,
    take_try,
)

__all__ = [
    "REMIND_DAYS",
    "TOKEN_LIFETIME",
    "TooManyTries",
    "add_portfolio",
    "change_own_password",
    "check_age",
    "create_account",
    "end_other_sessions",
    "end_portfolio",
    "end_post",
    "end_session",
    "forget_old_tries",
    "grant_post",
    "hand_over",
    "issue_token",
    "move_posts",
    "name_deputy",
    "password_until",
    "random_password",
    "record_session",
    "release_lock",
    "rename_account",
    "reset_password",
    "revoke_token",
    "right_old_password",
    "right_password",
    "session_opened",
    "sessions_of",
    "set_active",
    "take_old_password",
    "take_try",
]
