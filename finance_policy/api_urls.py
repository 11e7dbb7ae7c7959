from finance_policy.enums import APP
from miyun_kpi.registers.api import api_patterns

urlpatterns = api_patterns(APP, at="green")
