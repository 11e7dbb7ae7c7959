from typing import Any

from rest_framework.renderers import JSONRenderer

from miyun_kpi.site import DEMO, REHEARSAL, TAGS, tag

# What says in the body of which site an answer is; a real site says nothing.
FIELDS = {TAGS[DEMO]: "demo", TAGS[REHEARSAL]: "rehearsal"}


class PlainJSONRenderer(JSONRenderer):
    """JSON in UTF-8, said so in the header: some clients of the district guess GBK otherwise."""

    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        """What a client keeps of the demonstration or of a rehearsal says so, wherever it is read later."""
        response = (renderer_context or {}).get("response")
        if tag() and isinstance(data, dict) and (response is None or response.status_code < 400):
            data = {**data, FIELDS[tag()]: True}
        return super().render(data, accepted_media_type, renderer_context)
