"""What stands between a draft and its publication. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from disclosure.enums import Answer, Channel, Check

ONLINE = frozenset({Channel.SITE, Channel.MEDIA, Channel.BOTH})


def checks_for(channel: str) -> tuple[Check, ...]:
    """二（六）“先审后发”：政治关、舆情关、法律关；四（一） website and new media: 政治关、政策关、内容关.

    保密审查 of every item: 三（一）“除依法应予保密的外”.
    """
    online = (Check.POLICY, Check.CONTENT) if channel in ONLINE else ()
    return (Check.POLITICAL, Check.OPINION, Check.LEGAL, *online, Check.SECRECY)


@dataclass(frozen=True)
class Asked:
    """A third party: `public_interest` is the recorded reason for publishing all the same."""

    name: str
    answer: str
    public_interest: str = ""


def obstacles(
    kind: str,
    values: Mapping[str, str],
    *,
    organs: Iterable[tuple[str, bool]],
    parties: Iterable[Asked],
) -> list[str]:
    """Every sentence that forbids the audit to pass. `organs` are (name, confirmed).

    二（六）: other organs confirm beforehand; a third party agrees, or not publishing would gravely harm 公共利益.
    """
    organs, parties = list(organs), list(parties)
    found = [f"还没有{name}的协商确认。" for name, confirmed in organs if not confirmed]
    if values.get("agencies") == "yes" and not organs:
        found.append("写明涉及其他行政机关，但还没有登记与哪个机关协商确认。")
    if values.get("third") == "yes" and not parties:
        found.append("写明涉及商业秘密、个人隐私，但还没有登记征求了哪个第三方的意见。")
    for one in parties:
        if one.answer != Answer.AGREED and not one.public_interest:
            said = dict(Answer.choices).get(one.answer, "还没有答复")
            found.append(
                f"第三方“{one.name}”{said}：不得公开，除非第三方同意，或写明不公开会对公共利益造成重大影响的理由。"
            )
    return [*found, *_own(kind, values)]


def _own(kind: str, values: Mapping[str, str]) -> list[str]:
    if kind == "opinions":
        received, adopted = Decimal(values["received"]), Decimal(values["adopted"])
        if adopted > received:
            return [f"采纳意见数量 {adopted} 多于征集意见数量 {received}。"]
        if adopted < received and not values.get("reasons"):
            return ["有未采纳的意见，要写未采纳意见理由（三（一））。"]
    if kind == "previews" and values["closes_on"] < values["opens_on"]:
        return ["征集意见的截止日期早于开始日期。"]
    if kind == "guides" and values.get("agrees") == "no":
        return ["办事指南应与行政权力清单、公共服务事项清单协调一致（二（七））。"]
    if kind == "interpretations":
        words = {"organised": "同步组织", "signed": "同步审签", "deployed": "同步部署"}
        found = [
            f"解读方案、解读材料没有{word}（三（三））。" for name, word in words.items() if values.get(name) != "yes"
        ]
        if values.get("copied") == "yes":
            found.append("不得简单转发媒体报道或以相关工作总结作为解读材料（三（三））。")
        if values.get("head") == "yes" and not values.get("speaker"):
            found.append("一把手解读要写第一解读人（三（三））。")
        return found
    return []
