"""The bridge of expected NRR (E3) on random books, against the words of the domain page in exact fractions; and
`csw bridge` and `csw what-if` (E4) on a made-up published file."""

import datetime
import io
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from rich.console import Console
from typer.testing import CliRunner

from orchestration.bridge import bridges, show_bridge
from orchestration.cli import app
from orchestration.published_file import rows_of
from orchestration.settings import DataDir, Refused
from orchestration.what_if import Move, effects_of, gain_of, parse_moves, show_what_if

FIRST, SECOND = datetime.date(2024, 1, 31), datetime.date(2024, 2, 29)
LEVELS, TERMS, RENEWALS = (None, 0, 1, 2), ("annual", "monthly"), ("1-3", "4-6", "10-12")
NINE = Fraction(1, 10**9)
PARTS = ("size", "level", "contract", "rate", "left", "came")
TABLES = """
create schema marts;
create table marts.fct_expected_nrr (
    as_of_date date, account_id varchar, product_id varchar, mrr bigint, base_mrr bigint, success_level int,
    term_band varchar, renewal_band varchar, expected_nrr double);
create table marts.fct_level_rate (
    as_of_date date, success_level int, term_band varchar, renewal_band varchar, effective_n double,
    expected_nrr double);
create table marts.dim_book_scope as
    select 'a' || i as account_id, product_id, unnest(['all', 'segment', 'product']) as scope_type,
        unnest(['all', if(i % 2 = 0, 'smb', 'large'), product_id]) as scope_value
    from range(6) as t(i), (values ('p'), ('q')) as products(product_id);
"""

cells = st.tuples(st.sampled_from(LEVELS), st.sampled_from(TERMS), st.sampled_from(RENEWALS))
amounts = st.one_of(st.integers(1, 50), st.integers(1, 10**9))
# account, product -> MRR, what is contracted for the year ahead as a share of it, cell
books = st.dictionaries(
    st.tuples(st.sampled_from([f"a{i}" for i in range(6)]), st.sampled_from("pq")),
    st.tuples(amounts, st.sampled_from([Fraction(1), Fraction(1), Fraction(0), Fraction(13, 10)]), cells),
    min_size=1,
    max_size=8,
)
rates = st.fixed_dictionaries({
    (level, term, renewal): st.integers(0, 3 * 10**9) for level in LEVELS for term in TERMS for renewal in RENEWALS
})  # in billionths
gaps = st.sets(cells, max_size=20)  # cells that the first date does not know, unless its book needs them


class Walk:
    """Two books with their rates, in a database and in fractions."""

    def __init__(
        self, before: dict, after: dict, rates_before: dict, rates_after: dict, unknown: frozenset = frozenset()
    ):
        self.books = [self.known(before), self.known(after)]
        self.rates = [rates_before, rates_after]
        contracts = {(term, renewal) for _, _, (_, term, renewal) in before.values()}
        unknown = {cell for cell in unknown if cell[1:] not in contracts}
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(TABLES)
        for date, book, table in zip((FIRST, SECOND), self.books, self.rates, strict=True):
            self.insert("fct_level_rate", [
                (str(date), *cell, len(cell[1]), Decimal(rate) / 10**9)
                for cell, rate in table.items() if date == SECOND or cell not in unknown
            ])
            self.insert("fct_expected_nrr", [
                (str(date), *unit, mrr, base, *cell, Decimal(table[cell]) / 10**9)
                for unit, (mrr, base, cell) in book.items()
            ])

    def insert(self, table: str, rows: list[tuple]) -> None:
        values = ", ".join("(" + ", ".join("null" if v is None else f"'{v}'" for v in row) + ")" for row in rows)
        self.connection.execute(f"insert into marts.{table} values {values}")

    @staticmethod
    def known(book: dict) -> dict:
        return {unit: (mrr, round(mrr * share), cell) for unit, (mrr, share, cell) in book.items()}

    def scopes(self) -> dict[str, list[dict]]:
        """scope type -> a bridge for each of its values."""
        found: dict[str, list[dict]] = {}
        for row in bridges(self.connection, FIRST, SECOND):
            found.setdefault(row["scope_type"], []).append(row)
        return found

    def steps(self) -> dict:
        return self.scopes()["all"][0]

    def mrr(self, date: int, units: set) -> int:
        return sum(self.books[date][unit][0] for unit in units)

    def expected(self, date: int, units: set, rates_of: int | None = None) -> Fraction:
        """Expected MRR of these units of a book, by the rates of its own date or of the other."""
        table = self.rates[date if rates_of is None else rates_of]
        return sum((self.books[date][unit][1] * table[self.books[date][unit][2]] * NINE for unit in units), Fraction())

    def by_hand(self) -> dict[str, Fraction]:
        """The words of the domain page: mix and rate over what is in both books, and what the others do to the mean."""
        before, after = (set(book) for book in self.books)
        both = before & after
        kept = [self.expected(date, both) / self.mrr(date, both) for date in (0, 1)]
        at_old_rates = self.expected(1, both, rates_of=0) / self.mrr(1, both)
        left, came = before - both, after - both
        # The MRR of the second date with what the first knew of it, then on the new level: size and level of mix.
        sized = levelled = Fraction()
        for unit in both:
            (mrr, base, cell), (mrr_after, _, (level, _, _)) = self.books[0][unit], self.books[1][unit]
            carried = math.floor(Fraction(mrr_after * base, mrr) + Fraction(1, 2))
            sized += carried * self.rates[0][cell] * NINE / self.mrr(1, both)
            levelled += carried * self.rates[0][level, *cell[1:]] * NINE / self.mrr(1, both)
        return {
            "size": sized - kept[0],
            "level": levelled - sized,
            "mix": at_old_rates - kept[0],
            "rate": kept[1] - at_old_rates,
            "left": -(self.expected(0, left) - self.mrr(0, left) * kept[0]) / self.mrr(0, before),
            "came": (self.expected(1, came) - self.mrr(1, came) * kept[1]) / self.mrr(1, after),
            "change": self.expected(1, after) / self.mrr(1, after) - self.expected(0, before) / self.mrr(0, before),
        }


quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(books, books, rates, rates)
def test_mix_rate_and_book_are_those_of_the_domain_page_and_leave_nothing_over(before, after, old, new):
    walk = Walk(before, after, old, new)
    step = walk.steps()
    if not set(before) & set(after):
        assert (step["null_reason"], step["mix_nrr"]) == ("no_account_in_both_books", None)
        return
    hand = walk.by_hand()
    # Worked out each by itself, in exact fractions, nothing is left over; published to nine decimals neither.
    assert hand["mix"] + hand["rate"] + hand["left"] + hand["came"] == hand["change"]
    assert step["residual_nrr"] == 0 and step["residual_mrr"] == 0
    for part, value in hand.items():
        assert abs(Fraction(step[f"{part}_nrr"]) - value) <= 2 * NINE, part
    assert step["book_nrr"] == step["left_nrr"] + step["came_nrr"]
    assert step["stand_in_mrr"] == 0


@quick
@given(books, books, rates, rates, gaps)
def test_parts_add_up_in_points_and_in_money_also_over_unknown_cells(before, after, old, new, unknown):
    walk = Walk(before, after, old, new, unknown)
    scopes = walk.scopes()
    for step in (row for rows in scopes.values() for row in rows):
        for unit in ("nrr", "mrr"):
            if unit == "nrr" and step["null_reason"]:
                continue
            assert sum(step[f"{part}_{unit}"] for part in PARTS) == step[f"change_{unit}"]
            assert step[f"mix_{unit}"] + step[f"rate_{unit}"] + step[f"book_{unit}"] == step[f"change_{unit}"]
            assert step[f"change_{unit}"] == step[f"expected_{unit}_to"] - step[f"expected_{unit}_from"]
            assert step[f"residual_{unit}"] == 0
    whole = scopes["all"][0]
    assert Fraction(whole["expected_mrr_to"]) == walk.expected(1, set(walk.books[1]))
    # Money adds up over segments and over products as well.
    for scope in ("segment", "product"):
        for part in (*PARTS, "change"):
            assert sum(row[f"{part}_mrr"] for row in scopes[scope]) == whole[f"{part}_mrr"], part


@quick
@given(books, books, rates, rates)
def test_with_the_dates_swapped_change_and_book_turn_round_and_mix_where_rates_stood(before, after, old, new):
    there, back = Walk(before, after, old, new).steps(), Walk(after, before, new, old).steps()
    assert there["change_mrr"] == -back["change_mrr"]
    if there["null_reason"]:
        return
    assert there["change_nrr"] == -back["change_nrr"]
    # Who left on the way there comes on the way back.
    assert (there["left_nrr"], there["came_nrr"]) == (-back["came_nrr"], -back["left_nrr"])
    assert there["mix_nrr"] + there["rate_nrr"] == -(back["mix_nrr"] + back["rate_nrr"])
    still, still_back = Walk(before, after, old, old).steps(), Walk(after, before, old, old).steps()
    assert still["rate_nrr"] == 0 and still["mix_nrr"] == -still_back["mix_nrr"]


@quick
@given(books, rates, rates)
def test_a_book_that_stands_still_changes_by_its_rates_alone(book, old, new):
    step = Walk(book, book, old, new).steps()
    assert all(step[f"{part}_{unit}"] == 0 for part in PARTS if part != "rate" for unit in ("nrr", "mrr"))
    assert step["rate_nrr"] == step["change_nrr"]


def test_the_level_part_is_the_new_level_under_the_old_contract():
    """a pays 100 on 31 January (level 1, due in 4-6 months) and on 29 February (level 2, due in 1-3).
    Old rates: 1 in 4-6 0.90, 2 in 4-6 1.00, 2 in 1-3 0.80; new rate of 2 in 1-3: 0.85.
    level = 1.00 - 0.90, contract = 0.80 - 1.00, rate = 0.85 - 0.80."""
    old = {(1, "annual", "4-6"): 9 * 10**8, (2, "annual", "4-6"): 10**9, (2, "annual", "1-3"): 8 * 10**8}
    new = {(2, "annual", "1-3"): 85 * 10**7}
    before = {("a1", "p"): (100, 1, (1, "annual", "4-6"))}
    after = {("a1", "p"): (100, 1, (2, "annual", "1-3"))}
    step = Walk(before, after, old, new).steps()
    assert [step[f"{part}_nrr"] for part in ("size", "level", "contract", "rate", "change")] == [
        Decimal("0"), Decimal("0.1"), Decimal("-0.2"), Decimal("0.05"), Decimal("-0.05"),
    ]
    assert (step["level_mrr"], step["contract_mrr"], step["stand_in_mrr"]) == (10, -20, 0)


def test_for_a_cell_nobody_knew_the_nearest_of_its_level_that_saw_least_stands_in():
    """2 in 1-3 under a yearly term is new. Of level 2, due in 1-3, there is the monthly term alone: 0.70 stands in, and
    not 1.00 of the same term due in 4-6: contract = 0.70 - 1.00, rate = 0.85 - 0.70, nothing is left over."""
    old = {
        (1, "annual", "4-6"): 9 * 10**8, (2, "annual", "4-6"): 10**9, (2, "monthly", "1-3"): 7 * 10**8,
        (1, "annual", "1-3"): 1,
    }
    walk = Walk(
        {("a1", "p"): (100, 1, (1, "annual", "4-6"))}, {("a1", "p"): (100, 1, (2, "annual", "1-3"))},
        old, {(2, "annual", "1-3"): 85 * 10**7},
    )
    step = walk.steps()
    assert (step["contract_nrr"], step["rate_nrr"], step["residual_nrr"]) == (Decimal("-0.3"), Decimal("0.15"), 0)
    assert step["stand_in_mrr"] == 100


def test_a_price_agreed_before_and_paid_now_moves_from_contract_to_size():
    """a pays 100 and 120 are agreed for the year ahead; a month later it pays 120, and 120 are agreed. Rate 1
    throughout: expected MRR stays 120. In points 1.2 becomes 1: alone, a weighs the same, so size is 0 and contract
    is -0.2."""
    cell = (1, "annual", "4-6")
    rates_ = {cell: 10**9}
    walk = Walk({("a1", "p"): (100, Fraction(12, 10), cell)}, {("a1", "p"): (120, 1, cell)}, rates_, rates_)
    step = walk.steps()
    assert (step["size_nrr"], step["contract_nrr"], step["change_nrr"]) == (0, Decimal("-0.2"), Decimal("-0.2"))
    assert (step["size_mrr"], step["contract_mrr"], step["change_mrr"]) == (24, -24, 0)


WHAT_IF = """
create schema reference; create table reference.currencies as select 'JPY' as currency, 0 as minor_digits;
create table marts.dim_account as select 'a1' as account_id, 'JPY' as currency;
create table marts.mart_what_if as
select date '2024-02-29' as as_of_date, *, gain_mrr / accounts as mean_gain_mrr, 1000 as scope_mrr,
    900::decimal(28, 9) as scope_expected_mrr, 0.9e0 as scope_expected_nrr, 'associational' as evidence,
    'An estimate' as note_en, '推定' as note_ja
from (values ('all', 'all', 2, 3, 4, 40::decimal(28, 9)), ('all', 'all', 2, 4, 4, 80), ('all', 'all', 1, 2, 3, -6),
    ('segment', 'smb', 2, 3, 1, 7)) as t(scope_type, scope_value, from_level, to_level, accounts, gain_mrr);
alter table marts.mart_what_if alter mean_gain_mrr type decimal(28, 9);
"""


@pytest.fixture
def published(tmp_path: Path) -> DataDir:
    data_dir = DataDir(tmp_path)
    with duckdb.connect(str(data_dir.published)) as connection:
        connection.execute(TABLES + WHAT_IF)
        connection.execute("""
            insert into marts.fct_level_rate
                select unnest([date '2024-01-31', date '2024-02-29']), 1, 'annual', '1-3', 5, 0.9;
            insert into marts.fct_expected_nrr
                select unnest([date '2024-01-31', date '2024-02-29']), 'a1', 'p', unnest([100, 110]),
                    unnest([100, 110]), 1, 'annual', '1-3', 0.9""")
    return data_dir


def shown(show, *arguments) -> list[list[str]]:
    """The cells of each line of the table below its head."""
    console = Console(file=io.StringIO(), width=160)
    show(*arguments, console)
    table = [line for line in console.file.getvalue().splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in table]


def test_the_bridge_is_shown_part_by_part(published: DataDir) -> None:
    lines = {name: cells_ for name, *cells_ in shown(show_bridge, published, FIRST, SECOND, "all", None)}
    assert lines["they pay more or less"] == ["0", "+9 JPY"]
    assert lines["Left unexplained"] == ["0", "0 JPY"] and lines["Change"] == ["0", "+9 JPY"]


@pytest.mark.parametrize(("arguments", "words"), [
    ((FIRST, datetime.date(2024, 2, 15), "all", None), "2024-02-15 is not in .* dates are 2024-01-31 and 2024-02-29"),
    ((FIRST, datetime.date(2024, 3, 15), "all", None), "The nearest dates are 2024-02-29. History keeps"),
    ((SECOND, FIRST, "all", None), "FROM must lie before TO"),
    ((FIRST, SECOND, "segment", None), "--scope segment needs a --value"),
    ((FIRST, SECOND, "planet", "x"), "no scope 'planet'. There are: all, product, segment, industry, owner"),
    ((FIRST, SECOND, "segment", "smb"), "Nobody of segment smb is in the book .* There are: large."),
])
def test_a_bridge_that_leads_nowhere_is_refused_in_a_sentence(published: DataDir, arguments: tuple, words: str) -> None:
    with pytest.raises(Refused, match=words):
        show_bridge(published, *arguments, Console(file=io.StringIO()))


def test_what_if_is_the_sum_of_the_marts_effects(published: DataDir) -> None:
    """Two of four from level 2 to 3 are 2 x 10, one of three from 1 to 2 is -2: 900 + 20 - 2 over 1000."""
    moves = parse_moves(["2:3", "1:2"], [2, 1])
    assert shown(show_what_if, published, moves, "all", None) == [
        ["Today", "900 JPY", "90.00 %"],
        ["2 of 4: level 2 → 3", "+20 JPY", "+2.00 points"],
        ["1 of 3: level 1 → 2", "-2 JPY", "-0.20 points"],
        ["Then", "918 JPY", "91.80 %"],
    ]
    assert shown(show_what_if, published, parse_moves(["2:3"], [4]), "all", None)[1][1] == "+40 JPY"


@pytest.mark.parametrize(("moves", "accounts", "words"), [
    (["2-3"], [1], "takes two levels, from:to, for example 2:3, not '2-3'"),
    (["\u00b2:3"], [1], "takes two levels"),  # a digit, but no number
    (["2:3"], [], "Each --move needs its --accounts"),
    (["2:3"], [-1], "less than none"),
    (["3:4"], [1], "Nobody of the whole company can move from level 3 to 4. Moves there are: 1:2, 2:3, 2:4."),
    (["2:3", "2:4"], [3, 2], "5 accounts cannot leave level 2 of the whole company: 4 stand on it today."),
])
def test_a_move_that_cannot_be_is_refused_in_a_sentence(published: DataDir, moves, accounts, words: str) -> None:
    with pytest.raises(Refused, match=words):
        show_what_if(published, parse_moves(moves, accounts), "all", None, Console(file=io.StringIO()))


@quick
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.decimals(-(10**12), 10**12, places=9))
def test_moves_add_up(some, others, mean):
    effects = {(2, 3): {"accounts": some + others, "mean_gain_mrr": mean}}
    together = gain_of(effects, Move(2, 3, some + others))
    assert gain_of(effects, Move(2, 3, some)) + gain_of(effects, Move(2, 3, others)) == together
    assert together == (some + others) * gain_of(effects, Move(2, 3, 1))


@pytest.mark.slow
def test_the_commands_say_what_the_marts_of_the_sample_company_say(sample_warehouse) -> None:
    with duckdb.connect(str(sample_warehouse.data_dir.published), read_only=True) as connection:
        assert same_as_the_marts(connection) == {"day", "week", "month", "quarter"}


def same_as_the_marts(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The stretches whose bridge the command repeats, column by column; and the effects behind the levers."""
    pairs = connection.execute(
        "select distinct stretch, from_date, to_date from marts.mart_expected_nrr_bridge"
    ).fetchall()
    for stretch, first, second in pairs:
        query = "from marts.mart_expected_nrr_bridge where stretch = ? order by scope_type, scope_value"
        in_mart = rows_of(connection, query, [stretch])
        assert [{"stretch": stretch, **row} for row in bridges(connection, first, second)] == in_mart
    query = "from marts.mart_level_lever where lever = 'move' and scope_type in ('all', 'segment')"
    levers = rows_of(connection, query)
    assert levers
    for lever in levers:
        effects = effects_of(connection, lever["scope_type"], lever["scope_value"])
        move = Move(lever["success_level"], lever["to_level"], lever["accounts"])
        assert gain_of(effects, Move(move.from_level, move.to_level, 1)) == lever["gain_mrr_one"]
        assert abs(gain_of(effects, move) - lever["gain_mrr_all"]) <= lever["accounts"] * Decimal("1e-9")
    return {stretch for stretch, _, _ in pairs}


def test_without_a_published_file_both_commands_say_what_to_do(tmp_path: Path) -> None:
    for command in (["bridge", "2024-01-31", "2024-02-29"], ["what-if", "--move", "2:3", "--accounts", "1"]):
        said = CliRunner().invoke(app, [*command, "--data-dir", str(tmp_path / "none")])
        assert said.exit_code == 1
