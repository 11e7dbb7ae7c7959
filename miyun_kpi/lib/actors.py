"""Who acts: a signed-in person in one post, an API client, or a job."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Actor:
    """`role` is a value of accounts.enums.Role or "" (a client without a role, the system itself).

    `user_id` is the owner, whether by session or by token: two persons are two owners. `address` and `request_id` say
    from where and by which request; the audit keeps them.
    """

    label: str
    user_id: int | None = None
    organisation_id: int | None = None
    role: str = ""
    post_id: int | None = None
    token_id: str | None = None
    verbs: frozenset[str] = field(default_factory=frozenset)
    # Whom a deputy stands in for: what that one has asked for he does not grant in his name.
    stands_for: int | None = None
    # The code of `organisation_id`, with that key: as it was read with the post or the token, for this request.
    known_code: tuple[int, str] | None = field(default=None, compare=False)
    # When this session last showed its second factor.
    proven_at: datetime | None = field(default=None, compare=False)
    address: str = field(default="", compare=False)
    request_id: str = field(default="", compare=False)

    def may(self, verb: str) -> bool:
        return verb in self.verbs

    @property
    def organisation_code(self) -> str | None:
        """None where it was not read with the actor, or the actor has been given another organisation since."""
        if self.known_code is None or self.known_code[0] != self.organisation_id:
            return None
        return self.known_code[1]


SYSTEM = Actor(label="系统")


def person_in(label: str) -> str:
    """Of a label the name alone, without the post in brackets at its end, which may hold brackets itself."""
    if not label.endswith("）"):
        return label
    depth = 0
    for place in range(len(label) - 1, 0, -1):
        depth += (label[place] == "）") - (label[place] == "（")
        if depth == 0:
            return label[:place]
    return label
