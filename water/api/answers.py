"""What the API answers about 水环境 besides its registers."""

from rest_framework import serializers

from miyun_kpi.api.answers import Answer, Code, Exact
from miyun_kpi.duties.queries.when import STATUS
from water.enums import Source, Target, Verdict

PHASE_STATES = (("done", "已完成"), ("late", "应完成未完成"), ("running", "在建"), ("waiting", "未到"))


class WaterMeasureSerializer(Answer):
    id = serializers.IntegerField()
    target = Code(Target)
    day = serializers.DateField()
    share = Exact(allow_null=True)
    numerator = Exact(allow_null=True)
    denominator = Exact(allow_null=True)
    unit = serializers.CharField()
    source_kind = Code(Source)
    source = serializers.CharField()  # type: ignore[assignment]  # a field here, an argument in the base class
    done_on = serializers.DateField(allow_null=True, help_text="办理日期")
    late = serializers.CharField(help_text="补登的依据和理由，按时登记的为空")
    version = serializers.IntegerField()
    demo = serializers.BooleanField()


class ShownWaterMeasureSerializer(WaterMeasureSerializer):
    percent = Exact(places=2)


class WaterJudgementSerializer(Answer):
    day = serializers.DateField()
    verdict = Code(Verdict)
    reason = serializers.CharField()


class WaterTargetStandingSerializer(Answer):
    target = Code(Target)
    name = serializers.CharField()
    at_least = Exact(allow_null=True, help_text="印出的下限，百分数")
    reached = serializers.BooleanField(allow_null=True, help_text="没有印出下限或没有数的没有")
    judgement = WaterJudgementSerializer(allow_null=True)
    projected = Exact(places=2, allow_null=True, help_text="到 2022-12-31 的直线推算")
    measures = ShownWaterMeasureSerializer(many=True)


class WaterTargetsSerializer(Answer):
    results = WaterTargetStandingSerializer(many=True)


class WaterRoundSerializer(Answer):
    """一次五无核查。"""

    id = serializers.IntegerField()
    body = serializers.IntegerField(help_text="小微水体")
    day = serializers.DateField()
    no_sewage = serializers.BooleanField()
    no_floating = serializers.BooleanField()
    no_rubbish = serializers.BooleanField()
    no_smell = serializers.BooleanField()
    no_building = serializers.BooleanField()
    passed = serializers.BooleanField()
    note = serializers.CharField()
    next_on = serializers.DateField(allow_null=True)
    checked_by = serializers.CharField()
    late = serializers.CharField(help_text="补登的依据和理由，按时登记的为空")
    struck = serializers.BooleanField(help_text="已作废")


class ProjectPhaseSerializer(Answer):
    name = serializers.CharField()
    planned_from = serializers.DateField()
    planned_to = serializers.DateField()
    actual_from = serializers.DateField(allow_null=True)
    actual_to = serializers.DateField(allow_null=True)
    state = Code(PHASE_STATES)
    days_behind = serializers.IntegerField()
    reason = serializers.CharField()
    late = serializers.CharField(help_text="补登的依据和理由，按时登记的为空")


class PrintedMilestoneSerializer(Answer):
    clause = serializers.CharField()
    title = serializers.CharField()
    when_printed = serializers.CharField()
    due_on = serializers.DateField()
    due_status = Code(STATUS)


class WaterProjectSerializer(Answer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    task = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    days_behind = serializers.IntegerField()
    phases = ProjectPhaseSerializer(many=True)
    milestones = PrintedMilestoneSerializer(many=True)
    demo = serializers.BooleanField()
