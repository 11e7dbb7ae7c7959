import json
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from miyun_kpi.db.sealed import KeyMissing
from miyun_kpi.drafts.models import Draft
from miyun_kpi.lib.actors import Actor


def own_drafts(actor: Actor) -> QuerySet[Draft]:
    """Of a token there are none: nobody types there."""
    return Draft.objects.filter(owner_id=0 if actor.token_id else actor.user_id or 0)


def offered(actor: Actor, *, forms: Collection[str], address: str) -> list[dict[str, Any]]:
    """One's drafts of the post one acts in, newest first; what was typed only of those `forms` and of that address."""
    found, post = [], {"post_id": actor.post_id}
    for row in own_drafts(actor).filter(**post):
        try:
            body: dict[str, Any] = json.loads(row.body.open())
        except KeyMissing:
            continue
        if row.form not in forms and row.address != address:
            del body["values"]
        told = {"mark": row.mark, "form": row.form, "version": row.version, "at": int(row.saved_at.timestamp() * 1000)}
        found.append(body | told)
    return found
