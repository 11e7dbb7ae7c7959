"""三（三）8 统计监测指标体系 by quarter. Which indicators there are is not printed: five groups are, their members are 推定.

No printed basis for a member; a balance, a share and a number of institutions are what each group can be counted by until the
指标体系 is issued.
"""

from finance_policy.rules.kinds.common import kind
from miyun_kpi.lib.spans import Span
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field

# Group, then (code, words, unit). 一（二） names credit, bonds, funds, insurance and carbon; 三（三）8 证券 as well.
GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "绿色信贷",
        (
            ("credit-balance", "绿色信贷余额", "万元"),
            ("credit-all", "各项贷款余额", "万元"),
            ("credit-share", "绿色信贷占各项贷款比重", "%"),
            ("credit-offices", "绿色信贷专营机构数", "家"),
        ),
    ),
    (
        "绿色债券和证券",
        (
            ("bond-issued", "绿色债券发行额", "万元"),
            ("equity-raised", "绿色股权融资额", "万元"),
            ("listed", "绿色上市挂牌企业数", "家"),
        ),
    ),
    (
        "绿色保险",
        (
            ("insurance-sum", "绿色保险保额", "万元"),
            ("insurance-premium", "绿色保险保费", "万元"),
            ("insurance-paid", "绿色保险赔付", "万元"),
        ),
    ),
    ("绿色基金", (("fund-size", "绿色产业基金规模", "万元"), ("fund-invested", "绿色产业基金投资额", "万元"))),
    ("碳金融", (("carbon-volume", "碳排放权成交量", "吨"), ("carbon-value", "碳排放权成交额", "万元"))),
)
INDICATORS = {code: (words, unit, group) for group, rows in GROUPS for code, words, unit in rows}

INDICATOR = kind(
    "indicators",
    "三（三）8",
    "绿色金融统计监测指标",
    "指标数",
    Field("period", "季度", FieldType.PERIOD, required=True, periods=(Span.QUARTER,)),
    Field(
        "indicator",
        "指标",
        FieldType.CHOICE,
        required=True,
        choices=tuple((code, f"{words}（{unit}）") for code, (words, unit, _) in INDICATORS.items()),
    ),
    Field("value", "数值", FieldType.NUMBER, places=2, required=True),
    Field("source", "来源", required=True, help="统计部门、人民银行、银行报表等"),
    unique=("period", "indicator"),
    note="“以绿色信贷、绿色证券、绿色保险、绿色债券、绿色基金等部分组成”。各部分之下的指标为推定，可在指标体系印发后调整。",
)
