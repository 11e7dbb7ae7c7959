import pytest

from miyun_kpi.lib.actors import person_in


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("李明（区水务局 考评经办）", "李明"),
        ("李明（liming2）（区水务局 考评经办）", "李明（liming2）"),
        ("李明（区水务局 考评经办，代理王芳（区水务局 负责人））", "李明"),
        ("接口客户端 sync（水务经办（演示），12345678）", "接口客户端 sync"),
        ("系统", "系统"),
        ("", ""),
        ("坏）", "坏）"),
    ],
)
def test_of_a_label_the_name_alone(label, name):
    assert person_in(label) == name
