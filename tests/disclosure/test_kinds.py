import json
import re
from pathlib import Path

import pytest

from disclosure.rules.kinds import KINDS
from miyun_kpi.gazette.rules.texts import squeeze

ROWS = json.loads((Path(__file__).parents[2] / "fixtures/gazettes/2020-02/clauses.json").read_text())
TEXTS = {row["ref"]: squeeze(row["text"]) for row in ROWS if row["document"] == "2020-14"}
# Words of the text that stand in labels, kind by kind.
QUOTED = {
    "welfare": ("按月度公开全区城乡低保、特困人员数量和资金支出情况",),
    "relief": ("按季度公开全区临时救助人次数和资金支出情况",),
    "freshmen": ("按学年公布高等教育新生入学救助人次数和资金支出情况",),
    "charities": ("慈善组织认定名单",),
    "topics": ("京津冀协同发展", "高质量发展", "“放管服”改革", "城市精细化管理", "民生保障", "疫情防控和复工复产"),
    "agency-notices": (
        "凡使用政府资金且需委托中介服务机构完成的项目，应在北京市中介服务交易平台发布中介服务交易信息公告",
    ),
    "guides": (
        "办事指南",
        "行政权力清单、公共服务事项清单",
        "协调一致",
        "在政府网站和政务服务中心实行同源管理、同源发布",
    ),
    "criteria": ("审查标准", "政务服务事项申请材料的详细审查标准"),
    "decision-list": ("重大决策事项目录",),
    "previews": ("决策草案", "决策依据", "区政府文件由有关承办部门代拟的，承办部门负责做好预公开工作"),
    "opinions": ("征集意见的主要观点、采纳意见数量、未采纳意见理由等情况要向社会主动公开",),
    "execution": ("政府工作报告重点任务", "重要民生实项目", "政府绩效任务", "执行情况"),
    "enforcement": ("行政执法公示", "职责、依据、程序、结果、监督途径"),
    "both-publicities": ("行政处罚、行政许可“双公示”",),
    "random-checks": ("“双随机、一公开”", "抽查事项清单", "检查结果"),
    "effects": ("政策措施执行效果评估", "企业市民"),
    "norms": ("规范性文件", "立、改、废"),
    "directories": ("政府信息公开专栏、指南和目录", "法定要素"),
    "lists": ("政务公开全清单",),
    "village-lists": ("居（村）民委员会", "公开事项清单"),
    "interpretations": (
        "同步组织",
        "同步审签",
        "同步部署",
        "简明问答",
        "图表图解",
        "音频视频",
        "一把手解读",
        "第一解读人",
        "政策吹风",
        "不得简单转发媒体报道或以相关工作总结作为解读材料",
    ),
    "pushes": ("推送",),
    "answers": ("政策答疑", "企业商会", "协会", "基层社区"),
    "inquiries": (
        "市民服务热线",
        "部门对外联系电话",
        "政府网站",
        "政务新媒体",
        "首问负责制",
        "有问必答、有疑必释，不得推诿、拖延",
    ),
    "meetings": (
        "企业市民代表",
        "专家",
        "媒体",
        "区政府常务会",
        "镇长办公会",
        "部门办公会",
        "电视电话会议",
        "广播电视",
        "各机关每季度至少开展一次会议开放",
    ),
    "open-days": ("政务开放日",),
    "policies": ("拟不主动公开的政策文件",),
    "policy-reviews": ("定期审查",),
    "trainings": ("《政府信息公开条例》", "主动公开", "依申请公开", "解读回应", "政府网站及政务新媒体管理"),
    "measures": ("具体措施",),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_quoted_word_stands_in_its_clause(kind):
    text = TEXTS[kind.clause].replace("重大政策吹风机制", "重大政策吹风机制政策吹风")
    shown = squeeze(
        kind.title + kind.note + "".join(one.label + "".join(w for _, w in one.choices) for one in kind.fields)
    )
    for words in QUOTED[kind.code]:
        assert squeeze(words) in text, words
        pieces = [piece for piece in re.split("[、，。“”]", squeeze(words)) if piece]
        assert any(piece[:4] in shown for piece in pieces), words


def test_codes_are_unique_and_no_field_is_named_twice():
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert len({one.name for one in kind.fields}) == len(kind.fields), kind.code


def test_an_inquiry_has_no_stage_of_refusal():
    inquiry = next(kind for kind in KINDS if kind.code == "inquiries")
    assert [stage.label for stage in inquiry.stages] == ["已受理", "已告知负责部门", "已答复"]
