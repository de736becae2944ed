"""`csw report`: the overview as one file has the figures of the marts, in both languages, and loads nothing."""

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
import yaml
from conftest import ROOT, Warehouse, csw

from dashboard.report import section
from dashboard.words import Words, texts


def cards(page: str) -> dict[str, str]:
    """Label → all text of its card."""
    found = re.findall(r'<div class="csw-figure"><dt>(.*?)</dt>(.*?)</div>', page, re.DOTALL)
    return {unescape(label): unescape(re.sub("<.*?>", " ", rest)) for label, rest in found}


def table_after(page: str, title: str) -> list[list[str]]:
    """Cells of the first table under a heading."""
    body = re.search(rf"<h2>{re.escape(title)}</h2>.*?<tbody>(.*?)</tbody>", page, re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [[unescape(cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)] for row in rows]


@pytest.fixture(scope="module", params=["en", "ja"])
def report(request: pytest.FixtureRequest, sample_warehouse: Warehouse, tmp_path_factory) -> tuple[str, str]:
    path = tmp_path_factory.mktemp("report") / "report.html"
    done = csw("report", path, "--lang", request.param, "--data-dir", sample_warehouse.data_dir.root)
    assert done.returncode == 0, done.stderr
    return request.param, path.read_text(encoding="utf-8")


def test_the_headlines_are_those_of_the_mart(report: tuple[str, str], sample_warehouse: Warehouse) -> None:
    language, page = report
    shown = cards(page)
    rows = sample_warehouse.rows(
        f"""select label_{language}, formula_{language}, unit, value, value_low, as_of_date, population, accounts
            from marts.mart_headline"""
    )
    assert set(shown) == {row[0] for row in rows}
    for label, formula, unit, value, low, as_of_date, population, accounts in rows:
        written = {"rate": lambda rate: f"{100 * rate:.2f}%", "share": lambda rate: f"{100 * rate:.2f}%"}
        written |= {"money": lambda yen: f"{yen:,.0f}", "points": lambda points: f"{points:+.1f}"}
        figures = [written[unit](number) for number in (value, low) if number is not None]
        assert all(figure in shown[label] for figure in figures)
        assert value is not None or {"en": "no data", "ja": "データなし"}[language] in shown[label]
        assert formula in shown[label] and str(as_of_date) in shown[label]
        of_whom = Words(language)(f"population.{population}", accounts=f"{accounts:,}")
        assert value is None or of_whom in shown[label]


def test_whatever_a_headline_can_say_has_words() -> None:
    described = yaml.safe_load((ROOT / "models/marts/mart_headline.yml").read_text(encoding="utf-8"))
    groups = {"range_reason": "range", "population": "population", "target_null_reason": "reason"}
    groups |= {"past_verdict": "verdict"}
    said = {
        f"{groups[column['name']]}.{value}"
        for column in described["models"][0]["columns"]
        for test in column.get("data_tests", [])
        if column["name"] in groups
        for value in test["accepted_values"]["arguments"]["values"]
    }
    assert {name.partition(".")[0] for name in said} == set(groups.values())
    assert not said - set(texts())


def test_the_bridge_and_the_months_are_those_of_the_marts(
    report: tuple[str, str], sample_warehouse: Warehouse
) -> None:
    language, page = report
    title = {"en": "MRR, month by month", "ja": "MRRの月次増減"}[language]
    shown = [(cells[0], *(re.sub(r"[^\d-]", "", cell) for cell in cells[1:7])) for cells in table_after(page, title)]
    months = sample_warehouse.rows(
        """select strftime(month, '%Y-%m'), opening_mrr, new_mrr, reactivation_mrr, expansion_mrr, contraction_mrr,
           churn_mrr from marts.mart_mrr_waterfall order by month desc limit 12"""
    )
    assert shown == [tuple(map(str, row)) for row in months]
    title = {"en": "Why expected NRR changed", "ja": "予測NRRが動いた理由"}[language]
    day = sample_warehouse.rows(
        """select size_nrr, level_nrr, contract_nrr, rate_nrr, left_nrr, came_nrr, change_nrr
           from marts.mart_expected_nrr_bridge where scope_type = 'all' and stretch = 'day'"""
    )[0]
    shown = [float(cells[1].removesuffix(" pt")) for cells in table_after(page, title)]
    assert shown == pytest.approx([float(100 * part) for part in day], abs=0.005001)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_without_an_earlier_day_a_section_says_so_and_has_no_blank_dates(language: str) -> None:
    words = Words(language)
    page = section(words, "bridge", None, pd.DataFrame(), [], first=words.date(None), last=words.date(None))
    assert words("bridge.nothing") in page and "–" not in page


def test_nothing_is_loaded_from_elsewhere(report: tuple[str, str]) -> None:
    language, page = report
    assert f'<html lang="{language}">' in page
    assert not re.findall(r'(?:src|href)\s*=\s*"(?!#)|url\((?!#)|@import|<script', page)
    for word in ("nan", "None", "NaT"):
        assert not re.search(rf"\b{word}\b", re.sub("<.*?>", " ", page))


def test_without_a_published_file_it_says_what_to_do(tmp_path: Path) -> None:
    done = csw("report", tmp_path / "report.html", "--data-dir", tmp_path)
    assert done.returncode == 1
    assert "csw run" in done.stderr
    assert not (tmp_path / "report.html").exists()
