"""Which stream an act is written to: one an app, so that a held head stops the acts of that app only."""

from collections.abc import Iterable

# Heads are locked in this order and then by label, last of all locks: the service of a lower floor that an act calls
# writes before the act itself does.
FLOORS = ("site", "accounts", "duties", "registers")
# The kernel apps that act seldom share one.
SITE = "site"
IN_SITE = frozenset(
    {
        "api",
        "attachments",
        "audit",
        "emendations",
        "gazette",
        "inbox",
        "jobs",
        "operations",
        "organisations",
        "proposals",
        "web",
    }
)
# The one chain of before the streams: closed, its entries stay as they are.
CLOSED = ""
# The head of the master entries; it is taken after every other.
MASTER = "~master"

_streams: set[str] = {SITE}


def register_streams(actions: Iterable[str]) -> None:
    """An app that gives its acts words has a stream by the first part of their names."""
    _streams.update({action.partition(".")[0] for action in actions} - IN_SITE)


def stream_of(action: str) -> str:
    app = action.partition(".")[0]
    return app if app in _streams else SITE


def streams() -> list[str]:
    return sorted(_streams, key=rank)


def rank(stream: str) -> tuple[int, str]:
    return (FLOORS.index(stream) if stream in FLOORS else len(FLOORS), stream)


# As plain names, so that the audit need not know the apps above it.
_WORDS = {
    CLOSED: "分链以前的审计链",
    SITE: "机构、附件与运行",
    "accounts": "账号",
    "duties": "任务与进展",
    "registers": "登记簿",
    "disclosure": "政务公开",
    "safety": "安全生产",
    "finance": "绿色金融",
    "farmland": "耕地占补平衡",
    "water": "污水处理",
    "postdoc": "博士后",
    "personnel": "人事任免",
    "evaluation": "绩效考评",
    MASTER: "总链",
}


def stream_words(stream: str) -> str:
    return _WORDS.get(stream, stream)
