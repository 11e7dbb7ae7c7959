"""Room on the disk: files are refused while there is still enough of it for what people type."""

import shutil

from miyun_kpi.lib.errors import Refused

MOST_PERCENT = 90


def require_room(what: str) -> None:
    """`what` was about to be taken in. As df counts: what only the system's own administrator may fill is not room."""
    # Here, and not above: the reader of workbooks stands without Django.
    from django.conf import settings

    usage = shutil.disk_usage(settings.VAR_DIR)
    percent = usage.used * 100 // max(usage.used + usage.free, 1)
    if percent >= MOST_PERCENT:
        raise Refused(
            "disk-nearly-full",
            f"服务器磁盘已用 {percent}%，到 {MOST_PERCENT}% 就不再收文件，{what}。"
            "查看、填写和提交照常；请告诉系统管理员腾出地方，再传一次。",
        )
