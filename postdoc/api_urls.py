from miyun_kpi.registers.api import api_patterns

urlpatterns = [*api_patterns("postdoc")]
