"""Who may be taken in (第七、八、九条): hard checks refuse, soft ones (“一般”) ask for a reason. Pure."""

from dataclasses import dataclass
from datetime import date

from postdoc.enums import MentorTitle, Standing
from postdoc.rules.calendar import add_months, age

PROOF_MONTHS = 6


@dataclass(frozen=True)
class Candidate:
    """`degree_on` None while the certificate is still to come; then `graduated_on` and `proof` (第八条) stand for it."""

    entered_on: date
    born_on: date
    standing: str
    own_employee: bool
    upright: bool
    degree_on: date | None = None
    graduated_on: date | None = None
    proof: bool = False
    degree_abroad: bool = False
    abroad_certified: bool = False
    again: bool = False
    mentor_title: str = MentorTitle.FULL
    agreement_on: date | None = None


@dataclass(frozen=True)
class Check:
    """`level`: ok, soft (a reason lets it pass) or hard."""

    code: str
    level: str
    text: str
    clause: str

    @property
    def passed(self) -> bool:
        return self.level == "ok"


def _check(code: str, passed: bool, good: str, bad: str, clause: str, level: str = "hard") -> Check:
    return Check(code, "ok" if passed else level, good if passed else bad, clause)


def eligibility(one: Candidate, *, age_limit: int = 35, degree_years: int = 3) -> list[Check]:
    years = age(one.born_on, one.entered_on)
    found = [
        _check(
            "upright",
            one.upright,
            "工作站已审核：拥护党的领导、遵守法律，品学兼优，身体健康",
            "须由工作站审核并勾选（一）（三）项条件",
            "第七条",
        ),
        # 推定: 35周岁以下 includes 35, as 以下 does in 民法总则 205; the 办法 defines neither.
        _check(
            "age",
            years <= age_limit,
            f"进站时 {years} 周岁，不超过 {age_limit} 周岁（含，推定）",
            f"进站时 {years} 周岁，超过“一般在 {age_limit} 周岁以下”",
            "第七条（四）",
            "soft",
        ),
        _check(
            "own-employee",
            not (one.own_employee and one.standing == Standing.NO_RELATION),
            "不是以无人事（劳动）关系身份招收的本单位或关联单位在职员工",
            "不得按照无人事（劳动）关系人员身份招收本单位或关联单位在职员工进站",
            "第七条",
        ),
        *_degree(one, degree_years),
        _check(
            "mentor",
            one.mentor_title in (MentorTitle.FULL, MentorTitle.DEPUTY),
            "工作站导师具有高级专业技术职务资格",
            "工作站导师应具有高级专业技术职务资格",
            "第九条（一）",
        ),
        _check(
            "agreement",
            one.agreement_on is not None and one.agreement_on <= one.entered_on,
            "进站以前已签订三方协议",
            "工作站、流动站和本人应在进站以前签订三方协议",
            "第九条（三）",
        ),
    ]
    return found


def _degree(one: Candidate, years: int) -> list[Check]:
    found: list[Check] = []
    if one.degree_on is None:
        inside = one.graduated_on is not None and one.graduated_on <= one.entered_on <= add_months(
            one.graduated_on, PROOF_MONTHS
        )
        found.append(
            _check(
                "proof",
                inside and one.proof,
                "毕业 6 个月内，凭同意授予博士学位证明进站；6 个月内交学位证书",
                "没有学位证书的，须在博士毕业 6 个月内并有同意授予博士学位证明",
                "第八条",
            )
        )
    elif one.degree_on > one.entered_on:
        found.append(Check("degree", "hard", "取得博士学位的日期晚于进站日", "第七条（二）"))
    elif one.again:
        found.append(Check("degree", "ok", "出站后再次进站，获博士学位的年限不受限制", "第七条"))
    else:
        inside = one.entered_on <= add_months(one.degree_on, 12 * years)
        found.append(
            _check(
                "degree",
                inside,
                f"取得博士学位不超过 {years} 年（含）",
                f"取得博士学位已超过 {years} 年，超过“一般不超过”",
                "第七条（二）",
                "soft",
            )
        )
    if one.degree_abroad:
        found.append(
            _check(
                "abroad",
                one.abroad_certified,
                "国（境）外学位已有学位认证书",
                "国（境）外或中外合作办学的学位须有学位认证书",
                "第八条",
            )
        )
    return found
