from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.registry import may_fetch
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound


def visible_attachment(actor: Actor, attachment_id: int) -> Attachment:
    attachment = Attachment.objects.filter(pk=attachment_id).first()
    if attachment is None or not may_fetch(actor, attachment):
        raise NotFound
    return attachment
