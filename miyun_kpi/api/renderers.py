from rest_framework.renderers import JSONRenderer


class PlainJSONRenderer(JSONRenderer):
    """JSON in UTF-8, said so in the header: some clients of the district guess GBK otherwise."""

    charset = "utf-8"
