#!/usr/bin/env python3
import os
import sys


def main() -> None:
    # Databases, evidence and backups are nobody else's to read.
    os.umask(0o027)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miyun_kpi.settings")
    from django.core.management import execute_from_command_line

    from miyun_kpi.site import take_option

    sys.argv = take_option(sys.argv, os.environ)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
