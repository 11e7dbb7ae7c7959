"""A method as an evaluator types it, read or refused in a sentence. Nothing has a default: the product fills in no number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evaluation.sheets.rules.marks import DECIMALS
from evaluation.sheets.rules.methods import KINDS, TAKES, Kind, Method, Take
from miyun_kpi.lib.decimals import narrow, plain, read_decimal
from miyun_kpi.lib.errors import Refused

MOST_BANDS, MOST_COLUMNS = 20, 10
REST = "其余"
MOST_RATE = Decimal(1000)
# How many columns a method reads: at least, at most.
WIDTH = {
    Kind.RATE: (2, 2),
    Kind.BANDS: (1, 2),
    Kind.PLACES: (1, 1),
    Kind.EACH: (1, MOST_COLUMNS),
    Kind.RATES: (2, MOST_COLUMNS),
}
COLUMNS_SAID = {
    Kind.RATE: "完成率要两列，先写目标、再写完成，一行一列",
    Kind.BANDS: "分档要一列，或目标、完成两列（按完成率分档），一行一列",
    Kind.PLACES: "名次要一列",
    Kind.EACH: f"每起扣要一至 {MOST_COLUMNS} 列，一行一列",
    Kind.RATES: f"加权多率要二至 {MOST_COLUMNS} 列，一行一列，写“列名,权重”",
}


@dataclass(frozen=True)
class Typed:
    """As typed. `columns` and `bands` have a line each; `better`: "high" or "low"."""

    kind: str = ""
    table: str = ""
    take: str = ""
    columns: str = ""
    step: str = ""
    cap: str = ""
    floor: str = ""
    bands: str = ""
    better: str = ""

    @property
    def empty(self) -> bool:
        return not any(text.strip() for text in self.__dict__.values())


def typed_of(method: Method) -> Typed:
    """A stored method as one types it."""
    weighed = zip(method.columns, method.weights or [None] * len(method.columns), strict=True)
    bands = [f"{REST if bound is None else plain(bound)},{plain(points)}" for bound, points in method.bands]
    numbers = {name: "" if (n := getattr(method, name)) is None else plain(n) for name in ("step", "cap", "floor")}
    return Typed(
        kind=method.kind.value,
        table=str(method.table),
        take=method.take.value,
        columns="\n".join(name if weight is None else f"{name},{plain(weight)}" for name, weight in weighed),
        bands="\n".join(bands),
        better="" if method.kind not in (Kind.BANDS, Kind.PLACES) else "high" if method.higher else "low",
        **numbers,
    )


def read_method(typed: Typed, tables: Mapping[int, Mapping[str, bool]]) -> Method | None:
    """The method, None where none is declared. `tables`: the evaluator's own by units, column title → is a number."""
    if typed.empty:
        return None
    if typed.kind not in KINDS:
        raise Refused("no-method", "写了计分的数字，没有选计分办法。请选一种，或把这些格清空。")
    kind = Kind(typed.kind)
    number = int(typed.table) if typed.table.isascii() and typed.table.isdigit() and len(typed.table) < 19 else 0
    if number not in tables:
        raise Refused("no-table", "没有选数据表，或这张表不是本单位在这项指标下按单位列的表。请选一张。")
    if typed.take not in TAKES:
        raise Refused("no-take", "没有选各月怎样取数。请选期末月、各月合计或各月平均。")
    columns, weights = _columns(kind, typed.columns, tables[number])
    method = Method(kind, number, Take(typed.take), columns, weights)
    _refuse_surplus(kind, typed)
    if kind in (Kind.BANDS, Kind.PLACES):
        if typed.better not in ("high", "low"):
            raise Refused("no-better", "没有选数大的好还是数小的好。请选一种。")
        higher = typed.better == "high"
        bands = _bands(typed.bands, higher=higher if kind is Kind.BANDS else False, places=kind is Kind.PLACES)
        return Method(kind, number, method.take, columns, weights, bands=bands, higher=higher)
    step = _number(typed.step, "每起扣的分" if kind is Kind.EACH else "每低 1 个百分点扣的分")
    if not 0 < step <= 100:
        raise Refused("bad-step", f"扣的分 {plain(step)} 不在 0 与 100 之间。请改正。")
    if kind is Kind.EACH:
        return Method(kind, number, method.take, columns, weights, step)
    cap, floor = _number(typed.cap, "封顶的率"), _number(typed.floor, "保底的率")
    if not 0 <= floor < cap <= MOST_RATE:
        raise Refused(
            "bad-ends",
            f"封顶 {plain(cap)} %、保底 {plain(floor)} % 不成：保底须小于封顶，封顶不超过 {MOST_RATE} %。请改正。",
        )
    return Method(kind, number, method.take, columns, weights, step, cap, floor)


def _refuse_surplus(kind: Kind, typed: Typed) -> None:
    """A number that the chosen method does not read would be lost in silence."""
    wanted = {
        Kind.RATE: ("step", "cap", "floor"),
        Kind.RATES: ("step", "cap", "floor"),
        Kind.EACH: ("step",),
        Kind.BANDS: ("bands", "better"),
        Kind.PLACES: ("bands", "better"),
    }[kind]
    names = {"step": "扣分", "cap": "封顶", "floor": "保底", "bands": "档次", "better": "哪样好"}
    surplus = [said for name, said in names.items() if name not in wanted and getattr(typed, name).strip()]
    if surplus:
        raise Refused("surplus", f"“{KINDS[kind]}”不用{'、'.join(surplus)}。请把它清空，或换一种计分办法。")


def _number(text: str, what: str) -> Decimal:
    if not text.strip():
        raise Refused("no-number", f"没有写{what}。请写一个数，系统不代填。")
    return read_decimal(text, places=DECIMALS, what=what)


def _columns(kind: Kind, text: str, known: Mapping[str, bool]) -> tuple[tuple[str, ...], tuple[Decimal, ...]]:
    lines = [line.strip() for line in text.replace("，", ",").splitlines() if line.strip()]
    least, most = WIDTH[kind]
    if not least <= len(lines) <= most:
        raise Refused("bad-columns", f"写了 {len(lines)} 列：{COLUMNS_SAID[kind]}。请改正。")
    names: list[str] = []
    weights: list[Decimal] = []
    for line in lines:
        name, comma, weight = line.rpartition(",") if kind is Kind.RATES else (line, "", "")
        if kind is Kind.RATES:
            if not comma:
                raise Refused("no-weight", f"“{line[:30]}”没有写权重。请写成“列名,权重”，例如“响应率,40”。")
            weights.append(read_decimal(weight, places=DECIMALS, what="权重"))
        names.append(_column(name.strip(), known))
    if len(set(names)) != len(names):
        raise Refused("doubled-column", "同一列写了两次。请只留一次。")
    if weights and (sum(weights) != 100 or not all(weights)):
        raise Refused(
            "bad-weights", f"各列权重合计 {plain(sum(weights, Decimal(0)))} %，要都大于 0、合计正好 100 %。请改正。"
        )
    return tuple(names), tuple(weights)


def _column(name: str, known: Mapping[str, bool]) -> str:
    """By its title, or by its name alone where one column has it."""
    found = [title for title in known if title == name] or [t for t in known if t.partition("（")[0] == name]
    if len(found) != 1:
        offered = "、".join(title for title, number in known.items() if number)
        raise Refused("no-column", f"这张数据表没有叫“{name[:30]}”的列，或不止一列。可用的列：{offered}。")
    if not known[found[0]]:
        raise Refused("text-column", f"“{found[0]}”是文字列，不能计算。请选数字列。")
    return found[0]


def _bands(text: str, *, higher: bool, places: bool) -> tuple[tuple[Decimal | None, Decimal], ...]:
    lines = [line.strip() for line in text.replace("，", ",").splitlines() if line.strip()]
    if not 2 <= len(lines) <= MOST_BANDS:
        raise Refused("bad-bands", f"档次要 2 至 {MOST_BANDS} 行，一行一档“界限,扣分”，最后一行“{REST},扣分”。请改正。")
    bands: list[tuple[Decimal | None, Decimal]] = []
    for number, line in enumerate(lines, 1):
        bound, comma, points = (part.strip() for part in line.rpartition(","))
        last = number == len(lines)
        if not comma or (bound == REST) != last:
            raise Refused(
                "bad-bands", f"第 {number} 档“{line[:30]}”不成：写“界限,扣分”，只有最后一行写“{REST},扣分”。请改正。"
            )
        taken = read_decimal(points, places=DECIMALS, what="扣分")
        if taken > 100:
            raise Refused("bad-bands", f"第 {number} 档扣 {plain(taken)} 分，超过 100 分。请改正。")
        bands.append((None if last else _bound(bound, places=places), taken))
    _refuse_disorder(bands, higher=higher)
    return tuple(bands)


def _bound(text: str, *, places: bool) -> Decimal:
    """A limit may lie under 0 (同比 −5 %); a place may not."""
    said = narrow(text)
    negative = said.startswith("-")
    value = read_decimal(said.removeprefix("-"), places=0 if places else 6, what="名次" if places else "界限")
    if places and (negative or not value):
        raise Refused("bad-bands", f"名次“{text[:20]}”不成，名次从 1 起。请改正。")
    return -value if negative else value


def _refuse_disorder(bands: Sequence[tuple[Decimal | None, Decimal]], *, higher: bool) -> None:
    bounds = [bound for bound, _ in bands if bound is not None]
    points = [taken for _, taken in bands]
    ordered = sorted(set(bounds), reverse=higher)
    if bounds != ordered or points != sorted(points):
        way = "从大到小" if higher else "从小到大"
        raise Refused("bad-bands", f"档次的次序不成：界限须{way}、各不相同，扣分逐档不减。请改正。")
    if len(set(points)) == 1:
        raise Refused("bad-bands", "各档扣的分都一样，分档没有意义。请改正。")
