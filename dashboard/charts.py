"""The charts, in Altair: drawn in the browser on the page, and without one in the report. Each takes a tidy frame and
the words for its axes. Shapes, dashes and labels tell series apart, never colour alone."""

import altair as alt
import pandas as pd

BLUE, ORANGE, GREEN, RED, GREY = "#1d4f91", "#b45309", "#2f7d4f", "#b3261e", "#5b6570"
INK = "#1b1f24"
RATE, MONEY, COUNT, POINTS = ".1%", ",.0f", ",.0f", "+.2~f"
FIVE = [BLUE, "#5b9bd5", GREEN, "#e0a030", RED]
LIGHT = ("#5b9bd5", "#e0a030")
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
HEIGHT, AXIS_HEIGHT, LEGEND_HEIGHT, STRIP, LABEL_WIDTH = 300, 60, 60, 120, 60
NAME_LINE, SMALL = 13, 9
# A name of several lines hangs from its first one: up by half of the others, it stands beside the middle of its bar.
LINES_OF_NAME = alt.Axis(
    labelLimit=320,
    labelLineHeight=NAME_LINE,
    labelOverlap=False,
    labelExpr="split(datum.label, '\\n')",
    labelOffset=alt.ExprRef(f"-{NAME_LINE / 2} * (length(split(datum.value, '\\n')) - 1)"),
)
# A legend of lines shows their dashes.
LINES = {
    "orient": "bottom", "columns": 1, "labelLimit": 300,
    "symbolType": "stroke", "symbolSize": 500, "symbolStrokeWidth": 2, "symbolOpacity": 1, "labelColor": GREY,
}


def axis(title: str, unit: str) -> alt.Axis:
    """No ticks closer than the figures are written: they would show the same figure twice."""
    step = {COUNT: 1, POINTS: 0.01}.get(unit)
    return alt.Axis(title=title, format=unit, tickMinStep=step or alt.Undefined)


def month_axis(dates: pd.Series) -> alt.Axis:
    """A tick for a month, named once; days where there is no more than a month or two."""
    if (dates.max() - dates.min()).days < 62:
        return alt.Axis(format="%Y-%m-%d", labelOverlap=True)
    return alt.Axis(format="%Y-%m", tickCount="month", labelOverlap=True)


def legible(drawn: alt.TopLevelMixin) -> alt.TopLevelMixin:
    """A whole chart with the words of its axes in a grey that can be read: Streamlit's own is paler."""
    return drawn.configure_axis(labelColor=GREY, titleColor=GREY)


def with_legend(drawn: alt.LayerChart, series: int) -> alt.LayerChart:
    """Lines with a legend below them, a line for each: side by side they would be cut off on a phone."""
    return drawn.properties(height=HEIGHT + 20 * (series - 1)).configure_legend(**LINES)


def rates_over_time(lines: pd.DataFrame, band: pd.DataFrame, titles: dict[str, str]) -> alt.LayerChart:
    """`lines` (date, series, value), each series with a dash of its own, over `band` (date, low, high)."""
    order = list(dict.fromkeys(lines["series"]))
    y_scale = alt.Scale(zero=False)
    x = alt.X("date:T", title=titles["date"], axis=month_axis(pd.to_datetime(lines["date"])))
    drawn = (
        alt.Chart(lines)
        .mark_line(point=alt.OverlayMarkDef(size=10))
        .encode(
            x=x,
            y=alt.Y("value:Q", scale=y_scale, axis=axis(titles["value"], RATE)),
            color=alt.Color("series:N", title=None, scale=alt.Scale(domain=order, range=[BLUE, ORANGE, GREEN, GREY])),
            strokeDash=alt.StrokeDash("series:N", title=None, scale=alt.Scale(domain=order, range=DASHES)),
            tooltip=[
                alt.Tooltip("date:T", title=titles["date"], format="%Y-%m-%d"),
                alt.Tooltip("series:N", title=" "),
                alt.Tooltip("value:Q", title=titles["value"], format=".2%"),
            ],
        )
    )
    layers = [drawn]
    if len(band):
        area = alt.Chart(band).mark_area(opacity=0.18, color=BLUE)
        layers.insert(0, area.encode(x=x, y=alt.Y("low:Q", scale=y_scale), y2="high:Q"))
    return with_legend(alt.layer(*layers), len(order))


def waterfall(parts: pd.DataFrame, total: str, titles: dict[str, str], unit: str) -> alt.LayerChart:
    """`parts` (name, value, label) of a change, top to bottom, each from where the one before ended; the last row,
    named `total`, is their sum and begins at zero."""
    placed = parts.assign(end=parts["value"].cumsum())
    placed["start"] = placed["end"] - placed["value"]
    is_total = placed["name"] == total
    placed["end"] = placed["end"].mask(is_total, placed["value"])
    placed["start"] = placed["start"].mask(is_total, 0.0)
    placed["kind"] = placed["value"].lt(0).map({True: "down", False: "up"}).mask(is_total, "total")
    placed["top"] = placed[["start", "end"]].max(axis=1)
    y = alt.Y("name:N", sort=placed["name"].tolist(), title=None, axis=alt.Axis(labelLimit=260))
    shades = alt.Scale(domain=["total", "up", "down"], range=[GREY, BLUE, ORANGE])
    drawn = (
        alt.Chart(placed)
        .mark_bar()
        .encode(
            y=y,
            x=alt.X("start:Q", axis=axis(titles["value"], unit), scale=alt.Scale(padding=LABEL_WIDTH)),
            x2="end:Q",
            color=alt.Color("kind:N", legend=None, scale=shades),
            tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("label:N", title=titles["value"])],
        )
    )
    labels = alt.Chart(placed).mark_text(align="left", dx=5).encode(y=y, x="top:Q", text="label:N")
    return (drawn + labels).properties(height=34 * len(placed))


def stacked_months(rows: pd.DataFrame, order: list[str], titles: dict[str, str], unit: str) -> alt.Chart:
    """`rows` (month, series, value): gains above zero and losses below, month by month; a part with room for it says
    its name."""
    rows = rows.assign(place=rows["series"].map(order.index))
    x = alt.X("month:O", title=titles["date"], axis=alt.Axis(labelAngle=-45))
    drawn = (
        alt.Chart(rows)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=x,
            y=alt.Y("value:Q", axis=axis(titles["value"], unit)),
            color=alt.Color("series:N", title=None, sort=order, scale=alt.Scale(domain=order, range=FIVE)),
            order="place:Q",
            tooltip=[
                alt.Tooltip("month:O", title=titles["date"]),
                alt.Tooltip("series:N", title=" "),
                alt.Tooltip("value:Q", title=titles["value"], format=unit),
            ],
        )
    )
    has_room = (
        "abs(scale('y', datum.value) - scale('y', 0)) > 12"
        f" && bandwidth('x') > {SMALL} * length(datum.series) * (test(/^[ -~]*$/, datum.series) ? 0.5 : 1)"
    )
    on_light = [series for series, shade in zip(order, FIVE, strict=False) if shade in LIGHT]
    names = (
        alt.Chart(rows)
        .mark_text(fontSize=SMALL)
        .encode(
            x=x,
            y=alt.Y("value:Q", stack="zero", bandPosition=0.5),
            text="series:N",
            detail="series:N",
            order="place:Q",
            color=alt.condition(alt.FieldOneOfPredicate("series", on_light), alt.value(INK), alt.value("white")),
            opacity=alt.condition(has_room, alt.value(1), alt.value(0)),
        )
    )
    return (drawn + names).properties(height=HEIGHT).configure_legend(orient="bottom", labelLimit=400, labelColor=GREY)


def bars(rows: pd.DataFrame, titles: dict[str, str], unit: str = COUNT) -> alt.LayerChart:
    """`rows` (name, value, label), top to bottom in their order, each with its label; a name may have several lines."""
    names = rows["name"].tolist()
    y = alt.Y("name:N", sort=names, title=titles.get("name"), axis=LINES_OF_NAME)
    # Room for the longest label right of the longest bar.
    room = 1 + 0.012 * max(map(len, rows["label"]), default=0)
    scale = alt.Scale(domain=[min(0.0, rows["value"].min()), max(0.0, rows["value"].max()) * room])
    drawn = (
        alt.Chart(rows)
        .mark_bar(color=BLUE)
        .encode(
            y=y,
            x=alt.X("value:Q", axis=axis(titles["value"], unit), scale=scale),
            tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("label:N", title=titles["value"])],
        )
    )
    labels = alt.Chart(rows.assign(end=rows["value"].clip(lower=0))).mark_text(align="left", dx=4)
    row = max([34, *(13 * name.count("\n") + 21 for name in names)])
    return (drawn + labels.encode(y=y, x="end:Q", text="label:N")).properties(height=AXIS_HEIGHT + row * len(rows))


def heat_map(cells: pd.DataFrame, titles: dict[str, str], domain: tuple[float, float] | None = None) -> alt.LayerChart:
    """`cells` (x, y, value, label and perhaps a `short` label): the colour is the value, the label says it in figures
    where there is room; a cell without a value is not drawn."""
    x_order, y_order = list(dict.fromkeys(cells["x"])), list(dict.fromkeys(cells["y"]))
    known = cells.dropna(subset=["value"])
    known = known if "short" in known else known.assign(short=known["label"])
    scale = alt.Scale(scheme="blues", domain=list(domain) if domain else alt.Undefined, clamp=True)
    x_axis = alt.Axis(labelAngle=0, labelOverlap=len(x_order) > 14, labelFlush=False)
    base = alt.Chart(known).encode(
        x=alt.X("x:O", sort=x_order, scale=alt.Scale(domain=x_order), title=titles["x"], axis=x_axis),
        y=alt.Y("y:O", sort=y_order, scale=alt.Scale(domain=y_order), title=titles["y"], axis=alt.Axis(labelLimit=240)),
    )
    squares = base.mark_rect().encode(
        color=alt.Color("value:Q", title=titles["value"], scale=scale, legend=alt.Legend(format=titles["unit"])),
        tooltip=[
            alt.Tooltip("y:O", title=titles["y"]),
            alt.Tooltip("x:O", title=titles["x"]),
            alt.Tooltip("label:N", title=titles["value"]),
        ],
    )
    never = alt.value(0)
    row, letters = (34, 11) if len(y_order) <= 14 else (22, 11) if len(y_order) <= 30 else (14, 9)
    middle = known["value"].min() + 0.6 * (known["value"].max() - known["value"].min()) if len(known) else 0
    labels = base.mark_text(fontSize=letters).encode(
        text="short:N",
        color=alt.condition(alt.datum.value > middle, alt.value("white"), alt.value(INK)),
        opacity=alt.condition(f"bandwidth('x') > 3 + {0.6 * letters} * length(datum.short)", alt.value(1), never),
    )
    drawn = (squares + labels).properties(height=AXIS_HEIGHT + LEGEND_HEIGHT + row * len(y_order))
    shades = {"labelColor": GREY, "titleColor": GREY}
    return drawn.configure_legend(orient="bottom", gradientLength=160, titleLimit=300, **shades)


def whole_grid(cells: pd.DataFrame, x_order: list, y_order: list) -> pd.DataFrame:
    """`cells` of a heat map in the order of both axes, with a row without a value where there is none."""
    places = pd.MultiIndex.from_product([y_order, x_order], names=["y", "x"])
    return cells.set_index(["y", "x"]).reindex(places).reset_index()


def intervals(rows: pd.DataFrame, titles: dict[str, str], unit: str = RATE) -> alt.LayerChart | None:
    """`rows` (name, value, low, high): a point and its interval each; None where no value is known."""
    if rows["value"].isna().all():
        return None
    y = alt.Y("name:N", sort=rows["name"].tolist(), title=titles.get("name"), axis=alt.Axis(labelLimit=320))
    base = alt.Chart(rows).encode(y=y)
    lines = base.mark_rule(strokeWidth=3, color=GREY).encode(
        x=alt.X("low:Q", axis=axis(titles["value"], unit), scale=alt.Scale(zero=False)), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=90, color=BLUE).encode(
        x="value:Q",
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            *(alt.Tooltip(f"{key}:Q", title=titles[key], format=unit) for key in ("value", "low", "high")),
        ],
    )
    return (lines + points).properties(height=AXIS_HEIGHT + 34 * len(rows))


def with_line(drawn: alt.LayerChart | None, at: float) -> alt.LayerChart | None:
    """The chart, if there is one, with an upright line at a value, such as that of no difference."""
    if drawn is None:
        return None
    line = alt.Chart(pd.DataFrame({"at": [at]})).mark_rule(strokeDash=[4, 3], color=ORANGE)
    return drawn + line.encode(x="at:Q")


def rates_over_months(lines: pd.DataFrame, band: pd.DataFrame, titles: dict[str, str]) -> alt.LayerChart:
    """`lines` (months, series, value), each series with a dash of its own, over `band` (months, low, high)."""
    order = list(dict.fromkeys(lines["series"]))
    x = alt.X("months:Q", title=titles["months"])
    area = alt.Chart(band).mark_area(opacity=0.18, color=BLUE).encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    drawn = (
        alt.Chart(lines)
        .mark_line(point=alt.OverlayMarkDef(size=10))
        .encode(
            x=x,
            y=alt.Y("value:Q", axis=axis(titles["value"], RATE)),
            color=alt.Color("series:N", title=None, scale=alt.Scale(domain=order, range=[BLUE, ORANGE, GREEN, GREY])),
            strokeDash=alt.StrokeDash("series:N", title=None, scale=alt.Scale(domain=order, range=DASHES)),
            tooltip=[
                alt.Tooltip("months:Q", title=titles["months"]),
                alt.Tooltip("series:N", title=" "),
                alt.Tooltip("value:Q", title=titles["value"], format=".2%"),
            ],
        )
    )
    layers = [area, drawn] if len(band) else [drawn]
    return with_legend(alt.layer(*layers), len(order))


def survival(rows: pd.DataFrame, titles: dict[str, str]) -> alt.LayerChart:
    """`rows` (series, months, value, low, high): steps with their band, a dash for each series."""
    x = alt.X("months:Q", title=titles["months"])
    band = alt.Chart(rows).mark_area(opacity=0.15, interpolate="step-after").encode(
        x=x, y=alt.Y("low:Q"), y2="high:Q", color=alt.Color("series:N", title=None)
    )
    steps = alt.Chart(rows).mark_line(interpolate="step-after").encode(
        x=x,
        y=alt.Y("value:Q", scale=alt.Scale(domain=[0, 1]), axis=axis(titles["value"], RATE)),
        color=alt.Color("series:N", title=None, scale=alt.Scale(range=[BLUE, ORANGE, GREEN, GREY, RED])),
        strokeDash=alt.StrokeDash("series:N", title=None),
        tooltip=[
            alt.Tooltip("series:N", title=" "),
            alt.Tooltip("months:Q", title=titles["months"], format=".0f"),
            alt.Tooltip("value:Q", title=titles["value"], format=".2%"),
        ],
    )
    return with_legend(band + steps, rows["series"].nunique())


def small_multiples(
    rows: pd.DataFrame, order: list[str], titles: dict[str, str], marks: pd.DataFrame
) -> dict[str, alt.LayerChart]:
    """`rows` (date, series, value), a low chart for each series, all on one time axis; `marks` (date, label) are
    upright lines through all of them, such as renewals. An unknown value is a gap. They are charts of their
    own, as charts in one frame do not take the width of the page."""
    dates = pd.concat([rows["date"], marks["date"]])
    scale = alt.Scale(domain=[dates.min().isoformat(), dates.max().isoformat()])
    day = alt.Tooltip("date:T", title=titles["date"], format="%Y-%m-%d")
    strips = {}
    for series in order:
        is_last = series == order[-1]
        months = alt.Axis(format="%Y-%m", tickCount="month", labels=is_last, ticks=is_last)
        x = alt.X("date:T", scale=scale, title=None, axis=months)
        line = (
            alt.Chart(rows[rows["series"] == series])
            .mark_line(color=BLUE, point=alt.OverlayMarkDef(size=16, color=BLUE))
            .encode(
                x=x,
                y=alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=3, tickMinStep=1, minExtent=64, maxExtent=64)),
                tooltip=[day, alt.Tooltip("value:Q", title=series, format=",.2~f")],
            )
        )
        layers = [line]
        if len(marks):
            faint = 0.7 if len(marks) <= 12 else 0.3
            upright = alt.Chart(marks).mark_rule(strokeDash=[4, 3], color=ORANGE, opacity=faint)
            layers.append(upright.encode(x=x, tooltip=[day, alt.Tooltip("label:N", title=" ")]))
        title = alt.Title(series, anchor="start", fontSize=12)
        strips[series] = alt.layer(*layers).properties(height=STRIP + (20 if is_last else 0), title=title)
    return strips
