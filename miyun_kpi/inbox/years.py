"""Years of notices for measuring (lib.years): all read but those of the last month."""

from collections import defaultdict
from datetime import timedelta

from miyun_kpi.accounts.models import Post
from miyun_kpi.inbox.models import Notice, NoticeRead
from miyun_kpi.lib.years import Years
from miyun_kpi.organisations.models import Organisation

YEARLY = 15_000
BATCH = 5_000
UNREAD = timedelta(days=30)


def fill(years: Years) -> int:
    places = list(Organisation.objects.filter(valid_to__isnull=True).order_by("pk").values_list("pk", flat=True))
    people: dict[int, set[int]] = defaultdict(set)
    for organisation, user in Post.objects.order_by("pk").values_list("organisation_id", "user_id"):
        people[organisation].add(user)
    rows = [
        Notice(
            key=f"synthetic/{place}",
            organisation_id=places[place % len(places)],
            title=f"（虚构）第 {place + 1} 条提醒",
            body="（虚构）请按期办理。",
            sent_at=at,
        )
        for place, at in enumerate(years.moments(YEARLY))
    ]
    Notice.objects.bulk_create(rows, batch_size=BATCH)
    read = [
        NoticeRead(notice=row, user_id=user, read_at=row.sent_at)
        for row in rows
        if years.at - row.sent_at > UNREAD
        for user in sorted(people[row.organisation_id])
    ]
    NoticeRead.objects.bulk_create(read, batch_size=BATCH)
    return len(rows)
