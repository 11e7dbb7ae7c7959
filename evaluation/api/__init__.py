"""REST of evaluation (api.md): serializers in and out, one service or query a call."""
