"""The shapes of the house, drawn for a 14 × 14 box, and the words and colours that go with them.

Classes inside a shape: sh-c filled in the colour of the state, sh-l its outline, sh-k and sh-kf cut out of a filled shape.
"""

from dataclasses import dataclass

SHAPES: dict[str, str] = {
    "tick": '<circle class="sh-c" cx="7" cy="7" r="6.2"/><path class="sh-k" d="M4 7.2 6.2 9.4 10.2 5"/>',
    "ring": '<path class="sh-l" d="M7 1.8A5.2 5.2 0 1 1 1.8 7"/>',
    "clock": '<circle class="sh-l" cx="7" cy="7" r="5.4"/><path class="sh-l" d="M7 3.8V7.2L9.3 8.6"/>',
    "pencil": '<path class="sh-l" d="M2.2 11.8 3 8.9 9.6 2.3 11.7 4.4 5.1 11z M8.2 3.7 10.3 5.8"/>',
    "alert": '<path class="sh-c" d="M7 1 13.4 12.6H.6z"/><path class="sh-k" d="M7 5V8.6"/><circle class="sh-kf" cx="7" cy="10.6" r=".9"/>',
    "swap": '<path class="sh-l" d="M1.5 4.6H12M9.3 2 12 4.6 9.3 7.2M12.5 9.6H2M4.7 7 2 9.6 4.7 12.2"/>',
    "dashed": '<rect class="sh-l" x="1.7" y="1.7" width="10.6" height="10.6" stroke-dasharray="2.2 1.6"/>',
    "slash": '<rect class="sh-l" x="1.7" y="1.7" width="10.6" height="10.6"/><path class="sh-l" d="M2 12 12 2"/>',
    "half": '<circle class="sh-l" cx="7" cy="7" r="5.5"/><path class="sh-c" d="M7 1.5A5.5 5.5 0 0 0 7 12.5z"/>',
    "cross": '<rect class="sh-l" x="1.7" y="1.7" width="10.6" height="10.6"/><path class="sh-l" d="M4.4 4.4 9.6 9.6M9.6 4.4 4.4 9.6"/>',
    "hook": '<path class="sh-l" d="M5 2.2 2 5.2 5 8.2M2.2 5.2H9A3.2 3.2 0 0 1 9 11.6H6.4"/>',
    "hourglass": '<path class="sh-l" d="M2.8 1.8H11.2M2.8 12.2H11.2M3.8 1.8C3.8 5 7 5.4 7 7S3.8 9 3.8 12.2M10.2 1.8C10.2 5 7 5.4 7 7S10.2 9 10.2 12.2"/><path class="sh-c" d="M5 12C5 10.4 6.4 9.9 7 9.3 7.6 9.9 9 10.4 9 12z"/>',
    "wave": '<rect class="sh-l" x="1.2" y="1.2" width="11.6" height="11.6"/><path class="sh-l" d="M3.4 6C4.6 4.4 5.8 4.6 7 5.4S9.4 6.4 10.6 4.8M3.4 9.4C4.6 7.8 5.8 8 7 8.8S9.4 9.8 10.6 8.2"/>',
    "padlock": '<rect class="sh-c" x="2" y="6.2" width="10" height="6.8"/><path class="sh-l" d="M4.2 6.4V4.4A2.8 2.8 0 0 1 9.8 4.4V6.4"/>',
    "square": '<rect class="sh-c" x="2.5" y="2.5" width="9" height="9"/>',
    "boxed": '<rect class="sh-l" x="1.7" y="1.7" width="10.6" height="10.6"/><path class="sh-l" d="M4.2 5.6H9.8M4.2 8.4H9.8"/>',
    "dotted": '<circle class="sh-l" cx="7" cy="7" r="5.4" stroke-dasharray="2 1.5"/><circle class="sh-c" cx="7" cy="7" r="1.6"/>',
    "hatched": '<rect class="sh-l" x="1.7" y="1.7" width="10.6" height="10.6"/><path class="sh-l" d="M2 6.4 6.4 2M2 10.8 10.8 2M3.6 12 12 3.6M7.8 12 12 7.8"/>',
    "up": '<path class="sh-c" d="M7 1.6 12 7H9V12.2H5V7H2z"/>',
    "down": '<path class="sh-c" d="M7 12.4 2 7H5V1.8H9V7H12z"/>',
    "level": '<path class="sh-l" d="M2 7H12"/>',
    "disc": '<circle class="sh-c" cx="7" cy="7" r="5.6"/>',
    "block": '<rect class="sh-c" x="1.6" y="1.6" width="10.8" height="10.8"/>',
    "triangle": '<path class="sh-c" d="M7 1.2 13 12.6H1z"/>',
    "diamond": '<path class="sh-c" d="M7 .6 13.4 7 7 13.4.6 7z"/>',
    "open-triangle": '<path class="sh-l" d="M7 2 12.4 12H1.6z"/>',
    "open-circle": '<circle class="sh-l" cx="7" cy="7" r="5.4"/>',
    "page": '<path class="sh-l" d="M2.6 1.2H8.6L11.4 4V12.8H2.6zM8.4 1.4V4.2H11.2M4.8 7H9.2M4.8 9.6H9.2"/>',
    "search": '<circle class="sh-l" cx="5.8" cy="5.8" r="4.2"/><path class="sh-l" d="M9 9 13 13"/>',
}


@dataclass(frozen=True)
class State:
    word: str
    shape: str
    colour: str


# One vocabulary for the whole product; `{% status "late" %}`. Rows follow the table of the design language.
STATES: dict[str, State] = {
    "saved": State("已存", "tick", "green"),
    "on_time": State("按时", "tick", "green"),
    "done": State("完成", "tick", "green"),
    "agrees": State("合", "tick", "green"),
    "filed": State("已报", "tick", "green"),
    "accepted": State("通过", "tick", "green"),
    "confirmed": State("已确认", "tick", "green"),
    "published": State("已通报", "tick", "green"),
    "will_write": State("将写入", "tick", "green"),
    "unchanged": State("不变", "tick", "grey"),
    "saving": State("保存中…", "ring", "blue"),
    "running": State("进行中", "ring", "blue"),
    "open": State("正在打分", "clock", "blue"),
    "reporting": State("正在报", "clock", "blue"),
    "queued": State("排队中", "clock", "blue"),
    "due": State("将到期", "clock", "amber"),
    "later": State("以后", "clock", "grey"),
    "typing": State("正在输入", "pencil", "blue"),
    "draft": State("草稿", "pencil", "blue"),
    "draft_due": State("草稿", "pencil", "amber"),
    "will_change": State("将改动", "pencil", "blue"),
    "unsaved": State("未保存", "alert", "red"),
    "refused": State("拒绝", "alert", "red"),
    "cannot_write": State("不能写", "alert", "red"),
    "no_price": State("缺单价", "alert", "red"),
    "failed": State("没有完成", "alert", "red"),
    "disagrees": State("不合", "alert", "red"),
    "changed": State("他人已改", "swap", "plum"),
    "blank": State("空白", "dashed", "grey"),
    "revoked": State("已撤销", "slash", "grey"),
    "struck": State("已作废", "slash", "grey"),
    "reversed": State("已冲正", "slash", "grey"),
    "ended": State("已结束", "slash", "grey"),
    "not_filed": State("未报", "dashed", "grey"),
    "not_filed_due": State("未报", "dashed", "amber"),
    "not_started": State("未开始", "dashed", "grey"),
    "cancelled": State("已取消", "dashed", "grey"),
    "stopped": State("已停止", "dashed", "grey"),
    "withdrawn": State("已撤回", "dashed", "grey"),
    "not_applicable": State("不适用", "slash", "grey"),
    "exempt": State("免报", "slash", "grey"),
    "opening": State("期初已办", "tick", "grey"),
    "not_evaluated": State("本期不考", "slash", "grey"),
    "late": State("迟报", "half", "amber"),
    "late_open": State("可补报", "half", "amber"),
    "missing": State("缺报", "cross", "red"),
    "overdue": State("逾期", "cross", "red"),
    "returned": State("退回", "hook", "plum"),
    "submitted": State("待审核", "hourglass", "blue"),
    "to_confirm": State("请确认", "hourglass", "amber"),
    "average": State("平均分", "wave", "amber"),
    "locked": State("锁定", "padlock", "grey"),
    "shut": State("锁定", "padlock", "red"),
    "printed": State("原文", "square", "printed"),
    "derived": State("推算", "boxed", "blue"),
    "assumed": State("推定", "dotted", "amber"),
    "unreadable": State("不可读", "hatched", "red"),
}

ZONES: dict[str, tuple[str, str]] = {
    "core": ("新城核心区", "disc"),
    "green": ("绿色发展区", "block"),
    "eco": ("生态保护区", "triangle"),
    "economic": ("经济功能区", "diamond"),
}
