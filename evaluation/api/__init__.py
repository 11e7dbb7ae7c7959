"""REST of evaluation: serializers in and out, one service or query a call."""
