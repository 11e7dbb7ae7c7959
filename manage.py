#!/usr/bin/env python3
import os
import sys


def main() -> None:
    # Databases, evidence and backups are nobody else's to read; static files are for nginx.
    os.umask(0o022 if sys.argv[1:2] == ["collectstatic"] else 0o027)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miyun_kpi.settings")
    from miyun_kpi.site import take_option

    sys.argv = take_option(sys.argv, os.environ)
    if sys.argv[1:] == ["up"]:
        # What cannot be is said before anything is loaded.
        from miyun_kpi.operations.starting import begin

        begin()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
