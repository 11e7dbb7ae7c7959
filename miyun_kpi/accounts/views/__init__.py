from miyun_kpi.accounts.views.own import change_password, locked_out, me, sign_in, sign_out, switch_post

__all__ = ["change_password", "locked_out", "me", "sign_in", "sign_out", "switch_post"]
