"""Who keeps what of 15号: 区安委会办公室 all of it, units their own rows; a 重大隐患 is in the hands of who listed it."""

from miyun_kpi.duties.access import keeps_document
from miyun_kpi.registers.registry import OWNER, Doer, Rights, keeps_registers, reports
from safety.enums import DOCUMENT

is_office = keeps_document(DOCUMENT)

COMMON = Rights(is_office)
OFFICE_ONLY = Rights(is_office, owners_write=False)
CLOSED = Rights(is_office, owners_write=False, open_to_all=False)
PROTECTED = Rights(is_office, open_to_all=False)


# 挂牌, 延期 and 验收 are the steps of the body that listed it (挂牌单位); 报验 and 申请延期 are the obliged unit's, which fills
# in what its steps ask for and cannot touch what was demanded of it.
HAZARD = Rights(
    is_office,
    owners_write=False,
    open_to_all=False,
    doers=(Doer("listed_by", keeps_registers),),
    own_doers=(Doer(OWNER, reports),),
)
