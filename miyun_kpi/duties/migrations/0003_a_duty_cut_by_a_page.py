"""22号 三（三）3 was loaded cut where the page ends in the middle of 化肥. What an office has amended since stays."""

from django.db import migrations

KEY = "22/三（三）3"
CUT = "农业面源污染治理。推进农村地区畜禽养殖污染防治"
TITLE = "农业面源污染治理"
REQUIREMENT = (
    "推进农村地区畜禽养殖污染防治，提高规模化畜禽养殖场污染治理设施配套率、粪污综合利用率。"
    "推进化肥、农药减量增效，实现化肥、农药使用量负增长。"
)


def join(apps, schema_editor):
    found = apps.get_model("duties", "Duty").objects.filter(key=KEY, title__startswith=CUT)
    found.update(title=TITLE, requirement=REQUIREMENT)


class Migration(migrations.Migration):
    dependencies = [("duties", "0002_documents_and_lists")]
    operations = [migrations.RunPython(join, migrations.RunPython.noop, elidable=False)]
