"""The form of a scheme's settings."""

from decimal import Decimal

from django import forms

from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.lib.decimals import plain
from miyun_kpi.web.forms.fields import reason_field

NUMBER = {"required": "请填一个数。", "invalid": "请写阿拉伯数字。", "max_decimal_places": "最多三位小数。"}


def _whole(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1000, error_messages=NUMBER)


def _decimal(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=1000, max_digits=7, decimal_places=3, error_messages=NUMBER
    )


class SchemeSettingsForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)
    certification = forms.BooleanField(label="打分表须由本单位的另一个人审核", required=False)
    scan_required = forms.BooleanField(label="打分表报送前须上传盖章扫描件", required=False)
    reasons_required = forms.BooleanField(label="低于满分的都要有扣分原因", required=False)
    problems_below_percent = _whole("低于满分的百分之几，须写存在问题和改进建议")
    least_spread = _decimal("最高与最低相差少于几分时提示")
    far_change = _decimal("较上期变动达到几分时提示")
    outlier_z = _decimal("修正 z 值超过几时提示")
    missing_report_percent = _whole("缺月报而得分达到满分的百分之几时提示")
    blank_floor_percent = _whole("缺表影响：未报的得分按满分的百分之几以上推算")
    rank_precision = forms.TypedChoiceField(
        label="名次精度：合计取几位小数", choices=[(n, f"{n} 位") for n in (4, 3, 2)], coerce=int
    )
    hang_places = _whole("草案试算：去掉一项后名次变动几位时点名")
    unit_check_days = _whole("单位核对：工作日")
    review_after_days = _whole("通报后申请复核：工作日")
    review_answer_days = _whole("复核答复：工作日")
    review_decision_days = _whole("复核决定：工作日")
    visit_spread_days = _whole("现场考评：相隔几天以内提示扎堆")
    instruction_text = forms.BooleanField(label="督办台账可录领导批示的内容", required=False)
    quarter_adjustments = forms.BooleanField(label="加减分按季计入", required=False)
    reason = reason_field("改动的理由")


def settings_of(scheme: Scheme) -> dict[str, object]:
    names = [name for name in SchemeSettingsForm.base_fields if name != "reason"]
    values = {name: getattr(scheme, name) for name in names}
    return {n: plain(v) if isinstance(v, Decimal) else v for n, v in values.items()}
