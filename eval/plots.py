"""Numbers -> plots: pure functions that draw SVG with axes, units and a text for screen readers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from markupsafe import Markup

from eval import metrics
from eval.metrics import Interval

NORMAL_95 = 1.959964  # the normal distribution's 97.5 % quantile
HISTOGRAM_BINS = 20
BEYOND_P95 = 1.25  # the latency axis ends here; slower answers are counted in its last bin


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with its caption; `legend` pairs a mark's class in the style sheet with what it stands for."""

    title: str
    svg: Markup
    note: str
    legend: tuple[tuple[str, str], ...] = ()

    def _repr_html_(self) -> str:
        """The drawing for a notebook, in the report's style, which does not affect the rest of the page."""
        style = (Path(__file__).parent / "templates" / "report.css").read_text(encoding="utf-8").replace(":root", "&")
        own = "& { max-width: 32rem; padding: 1rem 1.5rem; background: var(--paper); color: var(--ink); }"
        figure = Markup('<figure class="ibid-plot"><h3>{}</h3>{}<p>{}</p></figure>').format(
            self.title, self.svg, self.note
        )
        return f"<style>.ibid-plot {{ {style} {own} }}</style>{figure}"


@dataclass(frozen=True, slots=True)
class Frame:
    """Maps data to positions in the drawing, where y counts downwards."""

    left: float
    top: float
    width: float
    height: float
    x_end: float = 1.0
    y_end: float = 1.0

    def x(self, value: float) -> float:
        """The position of a value of 0..x_end."""
        return round(self.left + self.width * value / self.x_end, 1)

    def y(self, value: float) -> float:
        """The position of a value of 0..y_end."""
        return round(self.top + self.height * (1 - value / self.y_end), 1)


WIDTH = 360
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
SQUARE = Frame(left=50, top=12, width=298, height=200)


def risk_coverage_plot(curves: Mapping[str, metrics.RiskCoverage]) -> Plot:
    """Draw the share of wrong answers over the share of questions answered, a line a system."""
    lines = [
        _tag(
            "polyline",
            points=" ".join(f"{SQUARE.x(x)},{SQUARE.y(y)}" for x, y in zip(curve.coverage, curve.risk, strict=True)),
            class_=f"line series-{place}",
        )
        for place, curve in enumerate(curves.values())
    ]
    said = "; ".join(f"{name} {number(curve.area)}" for name, curve in curves.items())
    axes = _axes(SQUARE, SHARES, SHARES, "coverage: share of the questions answered", "risk: share of those wrong")
    return Plot(
        "Risk and coverage",
        _drawing([axes, *reversed(lines)], 254, f"Risk-coverage curves. Area under the curve, less is better: {said}."),
        "If only the most confident answers are given, how many of them are wrong? The lower the line, the better the "
        "confidence tells right from wrong. The area under the line is in brackets.",
        tuple(
            (f"line series-{place}", f"{name} ({number(one.area)})") for place, (name, one) in enumerate(curves.items())
        ),
    )


def reliability_plot(bins: Sequence[metrics.ReliabilityBin], ece: float) -> Plot:
    """Draw accuracy over confidence, a dot a bin, above how many answers each bin holds."""
    strip = Frame(left=50, top=196, width=298, height=34, y_end=max(one.count for one in bins) * 1.6)
    main = Frame(left=50, top=12, width=298, height=176)
    marks = [_tag("line", class_="ideal", x1=main.x(0), y1=main.y(0), x2=main.x(1), y2=main.y(1))]
    for one in bins:
        around = wilson(one.accuracy, one.count)
        accuracy = f"{one.accuracy:.2f} right ({around.low:.2f} to {around.high:.2f})"
        title = _tag("title", f"confidence {one.confidence:.2f}: {accuracy}, {one.count} answers")
        x, middle = main.x(one.confidence), strip.x((one.lower + one.upper) / 2)
        left, top = strip.x(one.lower) + 1, strip.y(one.count)
        marks += [
            _tag("line", class_="interval", x1=x, x2=x, y1=main.y(around.low), y2=main.y(around.high)),
            _tag("circle", title, class_="dot", cx=x, cy=main.y(one.accuracy), r=4),
            _tag("rect", class_="bar", x=left, y=top, width=strip.x(one.upper) - 1 - left, height=strip.y(0) - top),
            _tag("text", str(one.count), class_="count", x=middle, y=top - 3, text_anchor="middle"),
        ]
    said = "; ".join(f"{one.confidence:.2f} confidence, {one.accuracy:.2f} right, {one.count} answers" for one in bins)
    axes = [
        _axes(main, (), SHARES, "", "accuracy: share right"),
        _axes(strip, SHARES, (), "confidence, and the number of answers with it", ""),
    ]
    return Plot(
        "Reliability",
        _drawing([*axes, *marks], 272, f"Reliability diagram, expected calibration error {number(ece)}. {said}."),
        "Are four in five answers with a confidence of 0.8 right? On the diagonal they are. The mean distance from it, "
        f"weighted by answers, is the expected calibration error, {number(ece)}. "
        "Bars: 95\N{NO-BREAK SPACE}% (Wilson).",
        (("dot", "accuracy"), ("ideal", "confidence")),
    )


@dataclass(frozen=True, slots=True)
class Category:
    """How the questions of one kind went: `right` of `count`, and how often the first unit was relevant."""

    name: str
    count: int
    right: float
    hit: float | None


def category_plot(categories: Sequence[Category]) -> Plot:
    """Draw a row a category: the share that went right, with its interval, and the first unit's relevance."""
    row = 22
    frame = Frame(left=138, top=8, width=206, height=row * len(categories))
    marks = [_axes(frame, SHARES, (), "share of the category’s questions", "")]
    for place, one in enumerate(categories):
        y = frame.top + row * (place + 0.5)
        around = wilson(one.right, one.count)
        said = f"{one.name}: {one.right:.2f} right ({around.low:.2f} to {around.high:.2f}), {one.count} questions"
        marks += [
            _tag("text", one.name, class_="label", x=0, y=y + 4),
            _tag("text", str(one.count), class_="count", x=frame.left - 8, y=y + 4, text_anchor="end"),
            _tag("line", class_="interval", x1=frame.x(around.low), x2=frame.x(around.high), y1=y, y2=y),
        ]
        if one.hit is not None:
            title = _tag("title", f"{one.name}: hit@1 {one.hit:.2f}")
            marks.append(_tag("circle", title, class_="ring", cx=frame.x(one.hit), cy=y, r=5))
        marks.append(_tag("circle", _tag("title", said), class_="dot", cx=frame.x(one.right), cy=y, r=3.5))
    said = "; ".join(f"{one.name} {one.right:.2f} of {one.count}" for one in categories)
    return Plot(
        "By category",
        _drawing(marks, frame.top + frame.height + 42, f"Share right by category. {said}."),
        "Right means that the first quote contains the answer, or that an unanswerable question is refused. The number "
        "of questions follows each name. Bars: 95\N{NO-BREAK SPACE}% (Wilson), each question counted alone.",
        (("dot", "right (quote_hit@1, or refused)"), ("ring", "first passage relevant (hit@1)")),
    )


def latency_plot(timings: Sequence[Mapping[str, float]]) -> Plot:
    """Draw how long answers take, and below on the same axis the median of each stage, in milliseconds."""
    totals = [timing["total"] for timing in timings]
    spread = metrics.latency(totals)
    stages = {name: float(np.median([one[name] for one in timings])) for name in timings[0] if name != "total"}
    ticks = _ticks(min(max(totals), spread.p95 * BEYOND_P95))
    end = ticks[-1]
    counts, edges = np.histogram(np.minimum(totals, end), bins=HISTOGRAM_BINS, range=(0, end))
    upper = Frame(left=70, top=12, width=276, height=158, x_end=end, y_end=float(counts.max()))
    row = 18
    lower = Frame(left=70, top=178, width=276, height=row * len(stages), x_end=end)
    marks = [
        _tag("rect", class_="bar", x=upper.x(low), y=upper.y(count), width=upper.x(high) - upper.x(low) - 1,
             height=upper.y(0) - upper.y(count))
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True)
        if count
    ]  # fmt: skip
    for name, value in (("median", spread.median), ("late", spread.p95)):
        x = upper.x(min(value, end))
        marks.append(_tag("line", class_=name, x1=x, x2=x, y1=upper.top, y2=upper.y(0)))
    for place, (name, value) in enumerate(stages.items()):
        y_stage = lower.top + row * place
        width = max(lower.x(min(value, end)) - lower.left, 1)
        marks += [
            _tag("text", name, class_="label", x=lower.left - 8, y=y_stage + 13, text_anchor="end"),
            _tag("rect", class_="stage", x=lower.left, y=y_stage + 4, width=round(width, 1), height=row - 8),
            _tag("text", f"{value:,.1f}", class_="count", x=lower.left + round(width, 1) + 4, y=y_stage + 13),
        ]
    axes = [
        _axes(upper, (), (0, float(counts.max())), "", "answers"),
        _axes(lower, ticks, (), "milliseconds", ""),
    ]
    said = "".join(f", {name} {value:.1f}" for name, value in stages.items())
    beyond = sum(total > end for total in totals)
    slower = f" {beyond} took longer than {end:,.0f} ms; they are in the last bar." if beyond else ""
    return Plot(
        "Latency",
        _drawing(
            [*axes, *marks],
            lower.top + lower.height + 42,
            f"Latency in milliseconds: median {spread.median:.1f}, 95th percentile {spread.p95:.1f}{said}.",
        ),
        f"Time from question to answer, and the median time of each stage.{slower}",
        (
            ("bar", "answers"),
            ("median", f"median {spread.median:,.0f} ms"),
            ("late", f"95\N{NO-BREAK SPACE}% within {spread.p95:,.0f} ms"),
            ("stage", "median of a stage"),
        ),
    )


def wilson(share: float, count: int) -> Interval:
    """The 95 % score interval of a share (Wilson 1927). It keeps its width even if all of a few questions are right.

    (share + z²/2n ± z √(share (1 - share) / n + z²/4n²)) / (1 + z²/n), z the normal 97.5 % quantile.

    Args:
        share: 0..1.
        count: of how many, at least 1.
    """
    spread = NORMAL_95**2 / count
    middle = share + spread / 2
    reach = NORMAL_95 * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return Interval(max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread)))


def number(value: float) -> str:
    """A measure for readers: three decimals below 10, one above, a dash if undefined."""
    if math.isnan(value):
        return "–"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def _ticks(end: float) -> list[float]:
    """Round numbers from 0 to at least the end, in four to ten steps."""
    rough = max(end, 1e-9) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (5, 2, 1) if power * factor <= rough)
    return [step * place for place in range(math.ceil(end / step - 1e-9) + 1)]


def _axes(frame: Frame, x_ticks: Sequence[float], y_ticks: Sequence[float], x_label: str, y_label: str) -> Markup:
    """Lines at the ticks with their numbers, and the titles of the axes."""
    right, bottom = frame.left + frame.width, frame.top + frame.height
    parts = [_tag("line", class_="axis", x1=frame.left, x2=right, y1=bottom, y2=bottom)]
    for value in x_ticks:
        x = frame.x(value)
        parts.append(_tag("line", class_="grid", x1=x, x2=x, y1=frame.top, y2=bottom))
        parts.append(_tag("text", f"{value:,g}", class_="tick", x=x, y=bottom + 15, text_anchor="middle"))
    for value in y_ticks:
        y = frame.y(value)
        parts.append(_tag("line", class_="grid", x1=frame.left, x2=right, y1=y, y2=y))
        parts.append(_tag("text", f"{value:,g}", class_="tick", x=frame.left - 6, y=y + 4, text_anchor="end"))
    if x_label:
        parts.append(_tag("text", x_label, class_="axis-label", x=right, y=bottom + 34, text_anchor="end"))
    if y_label:
        turned = f"translate(11 {frame.top}) rotate(-90)"
        parts.append(_tag("text", y_label, class_="axis-label", transform=turned, text_anchor="end"))
    return Markup("").join(parts)


def _drawing(parts: Sequence[Markup], height: float, said: str) -> Markup:
    """The parts as an image with a text for screen readers."""
    return _tag("svg", Markup("").join(parts), role="img", aria_label=said, viewBox=f"0 0 {WIDTH} {height:g}")


def _tag(name: str, content: str = "", **attributes: object) -> Markup:
    """An element. `text_anchor` and `class_` stand for names that Python does not allow."""
    spelled = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    written = Markup("").join(Markup(' {}="{}"').format(key, value) for key, value in spelled.items())
    return Markup("<{0}{1}>{2}</{0}>").format(name, written, content)
