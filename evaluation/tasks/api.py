from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from evaluation.enums import SupervisionRole, SupervisionSource, SupervisionState
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.tasks.access.supervision import items_visible_to
from evaluation.tasks.queries.supervision import counted, filtered, listed
from evaluation.tasks.rules.supervision import REF
from miyun_kpi.api.answers import Answer, Code, NamedSerializer, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import read_params
from miyun_kpi.organisations.api import OrganisationField
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration

if TYPE_CHECKING:
    from evaluation.tasks.queries.supervision import CountedItem


class SupervisionFilters(serializers.Serializer[Any]):
    state = serializers.ChoiceField(required=False, choices=[*SupervisionState.choices, ("overdue", "逾期")])
    source = serializers.ChoiceField(required=False, choices=SupervisionSource.choices)  # type: ignore[assignment]  # a field here, an argument in the base class
    organisation = OrganisationField(required=False, help_text="主办或协办单位的代码、名称或别名")


class SupervisionUnitSerializer(NamedSerializer):
    role = Code(SupervisionRole)


class SupervisionItemSerializer(Answer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    number = serializers.CharField()
    source = Code(SupervisionSource)  # type: ignore[assignment]  # a field here, an argument in the base class
    title = serializers.CharField()
    content = serializers.CharField()
    document = serializers.CharField()
    clause = serializers.CharField()
    registered_on = serializers.DateField()
    due_on = serializers.DateField()
    first_due_on = serializers.DateField()
    state = Code(SupervisionState)
    overdue = serializers.BooleanField()
    finished_on = serializers.DateField(allow_null=True)
    urged = serializers.IntegerField(help_text="催办次数")
    extended = serializers.IntegerField(help_text="延期次数")
    units = SupervisionUnitSerializer(many=True)
    demo = serializers.BooleanField()


class SupervisionItems(APIView):
    @paged("supervision_items", SupervisionItemSerializer, SupervisionFilters)
    def get(self, request: ApiRequest) -> Response:
        """督办台账的事项，只列此令牌可见的。"""
        filters = read_params(request, SupervisionFilters)
        today = timezone.now().astimezone(SHANGHAI).date()
        unit = filters.get("organisation")
        found = filtered(
            items_visible_to(request.actor),
            state=filters.get("state", "all"),
            source=filters.get("source", ""),
            unit_id=unit.pk if unit else None,
            today=today,
        )

        def to_json(item: "CountedItem") -> dict[str, Any]:
            (one,) = listed([item], today)
            return {
                "id": item.pk,
                "version": item.version,
                "number": item.number,
                "source": item.source,
                "title": item.title,
                "content": item.content,
                "document": item.indicator.scheme.document_id,
                "clause": REF,
                "registered_on": item.registered_on.isoformat(),
                "due_on": item.due_on.isoformat(),
                "first_due_on": item.first_due_on.isoformat(),
                "state": item.state,
                "overdue": one.state == "overdue",
                "finished_on": item.finished_on.isoformat() if item.finished_on else None,
                "urged": one.urged,
                "extended": one.extended,
                "units": [
                    {"code": part.organisation.code, "name": part.organisation.name, "role": part.role}
                    for part in item.parts.all()
                ],
                "demo": is_demonstration(),
            }

        return paginate(request, counted(found), to_json)
