"""From measured values to the table: medians, spread, ratios, budgets and verdicts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

PEER = "debian"
FLOOR = "bare"
HEAD = ["what", "system", "median", "spread", "Debian : it", "it : floor", "budget", "verdict"]
RULER = ["---", "---", "--:", "--:", "--:", "--:", "---", "---"]
Values = dict[str, dict[str, list[float]]]  # system -> measure -> values of all runs


@dataclass(frozen=True)
class Budget:
    """What the design asks for, on the paths that it names."""

    systems: tuple[str, ...]
    peer: float | None = None  # Debian's median is at least so many times this one
    floor: float | None = None  # this median is at most so many times the floor's
    most: float | None = None


@dataclass(frozen=True)
class Measure:
    """A row for each system that has it."""

    name: str
    title: str
    unit: str = "s"
    budget: Budget | None = None


MEASURES = (
    Measure("kernel", "kernel starts"),
    Measure("userspace", "first process starts"),
    Measure("containerd", "containerd accepts a connection"),
    Measure("ssh", "SSH greets a client"),
    Measure("docker", "Docker answers", budget=Budget(("direct",), peer=4, floor=1.4)),
    Measure("container", "first container has printed"),
    Measure("memory", "memory in use when idle", "MB", Budget(("direct", "iso", "usb"), most=150)),
    Measure("run", "`docker run --rm` of `true`"),
    Measure("restart", "restart of the time service"),
    Measure("probe", "the probe starts"),
    Measure("cost", "the probe's processor time"),
)


@dataclass(frozen=True)
class Verdict:
    """`asked` for the column of budgets; `held` is None when nothing is asked."""

    asked: str = ""
    held: bool | None = None

    @property
    def text(self) -> str:
        return {None: "", True: "held", False: "**missed**"}[self.held]


@dataclass(frozen=True)
class Size:
    """A row without a spread."""

    title: str
    bytes: int
    budget: int | None = None

    def verdict(self) -> Verdict:
        if self.budget is None:
            return Verdict()
        return Verdict(f"≤ {self.budget / 1e6:g} MB", self.bytes <= self.budget)


def medians(values: Values, measure: str) -> dict[str, float]:
    return {system: median(of[measure]) for system, of in values.items() if of.get(measure)}


def ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def judge(measure: Measure, system: str, middle: dict[str, float]) -> Verdict:
    """Holds the medians of one measure against its budget, as far as peer and floor were run."""
    budget = measure.budget
    if budget is None or system not in budget.systems:
        return Verdict()
    own = middle[system]
    checks = []  # what is asked, whether it is held
    if budget.peer and (times := ratio(middle.get(PEER), own)):
        checks.append((f"Debian : it ≥ {budget.peer:g}", times >= budget.peer))
    if budget.floor and (times := ratio(own, middle.get(FLOOR))):
        checks.append((f"it : floor ≤ {budget.floor:g}", times <= budget.floor))
    if budget.most:
        checks.append((f"≤ {budget.most:g} {measure.unit}", own <= budget.most))
    if not checks:
        return Verdict()
    return Verdict("; ".join(asked for asked, _ in checks), all(held for _, held in checks))


def rows(values: Values, titles: dict[str, str], measures=MEASURES) -> list[list[str]]:
    """Cells of every measure and system, measures first."""
    made = []
    for measure in measures:
        middle = medians(values, measure.name)
        for index, system in enumerate(middle):
            verdict = judge(measure, system, middle)
            first = measure.title if index == 0 else ""
            figures = _figures(measure, system, values, middle)
            made.append([first, titles[system], *figures, verdict.asked, verdict.text])
    return made


def _figures(measure: Measure, system: str, values: Values, middle: dict[str, float]) -> list[str]:
    """Median, spread and the two ratios."""
    of = values[system][measure.name]
    to_peer = ratio(middle.get(PEER), middle[system]) if system != PEER else None
    to_floor = ratio(middle[system], middle.get(FLOOR)) if system not in (PEER, FLOOR) else None
    times = ["" if number is None else f"{number:.2f}" for number in (to_peer, to_floor)]
    spread = f"{_number(min(of))} to {_number(max(of))}"
    return [f"{_number(middle[system])} {measure.unit}", spread, *times]


def size_rows(sizes: Sequence[Size]) -> list[list[str]]:
    made = []
    for index, size in enumerate(sizes):
        verdict = size.verdict()
        figures = [f"{size.bytes / 1e6:.1f} MB", "", "", ""]
        first = "size" if index == 0 else ""
        made.append([first, size.title, *figures, verdict.asked, verdict.text])
    return made


def render(values: Values, titles: dict[str, str], sizes: Sequence[Size]) -> str:
    """The table in Markdown."""
    return markdown([HEAD, RULER, *rows(values, titles), *size_rows(sizes)])


def markdown(lines: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def missed(values: Values, titles: dict[str, str], sizes: Sequence[Size]) -> list[str]:
    """Names of the rows whose budget is not held."""
    found = []
    for measure in MEASURES:
        middle = medians(values, measure.name)
        for system in middle:
            if judge(measure, system, middle).held is False:
                found.append(f"{measure.title}, {titles[system]}")
    return found + [size.title for size in sizes if size.verdict().held is False]


def put(page: str, text: str, mark: str) -> str:
    """The page with the text between its two marks, or only the text where a page has none."""
    begin, end = f"<!-- {mark} -->\n", "<!-- end -->\n"
    head, found, rest = page.partition(begin)
    _, closed, tail = rest.partition(end)
    return f"{head}{begin}{text}{end}{tail}" if found and closed else text


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"
