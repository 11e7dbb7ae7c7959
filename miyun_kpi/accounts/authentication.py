import binascii
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from miyun_kpi.accounts.access import actor_of_token, posts_with_person, tokens_as_held
from miyun_kpi.accounts.addresses import come_by
from miyun_kpi.accounts.models import ApiToken, User
from miyun_kpi.requests import ApiRequest

LAST_USED_EVERY = timedelta(minutes=10)


class PeopleBackend(ModelBackend):
    """The person of a session comes with the posts of the day, in one question a request: both are asked anew each time."""

    def get_user(self, user_id: Any) -> User | None:
        posts = posts_with_person(user_id, timezone.localdate())
        if not posts:
            found = super().get_user(user_id)
            assert found is None or isinstance(found, User)
            return found
        user = posts[0].user
        user.posts_of_the_day = posts
        return user if self.user_can_authenticate(user) else None


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Token …`; sets `request.actor`; the time of last use is written at most every ten minutes."""

    def authenticate(self, request: ApiRequest) -> Any:
        found = super().authenticate(request)
        if found is None:
            return None
        user, token = found
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at >= LAST_USED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        request.actor = come_by(actor_of_token(token, now.astimezone().date()), request)
        # What stands around the view counts who was refused.
        setattr(request._request, "actor", request.actor)  # noqa: B010 (declared for both kinds of requests)
        return user, token

    def authenticate_credentials(self, token: bytes) -> Any:
        """The account and the token with this text. What has ended stays in the list of tokens, and nothing is deleted.

        One question with the owner, the post and the organisation: the base class asks for them one after the other.
        """
        try:
            text = token.decode("utf-8")
            digest = hash_token(text)
        except (UnicodeDecodeError, TypeError, binascii.Error) as error:
            raise AuthenticationFailed("令牌不对。") from error
        now = timezone.now()
        for found in tokens_as_held(text[: CONSTANTS.TOKEN_KEY_LENGTH], now.astimezone().date()):
            ended = found.expiry is not None and found.expiry < now
            if not ended and compare_digest(digest, found.digest):
                return self.validate_user(found)
        raise AuthenticationFailed("令牌不对。")


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "miyun_kpi.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token …"}
