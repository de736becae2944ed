"""A seed with a mistake fails before anything is built: file, line, column, value and what to do, every fault of every
seed; and what a spreadsheet leaves in a file is no mistake."""

import re
import shutil
import time
from pathlib import Path

import pytest
from conftest import ROOT, csw, write_landing
from test_daily_run import plant

from orchestration import seeds

ROW = "health,2026-1,default,all,satisfaction,nps_score,20,2000-01-01,"

# seed, the line that is changed (or the one after which rows are added: text begins with a line break), what it becomes
# by replacing text in it, and what must be told: line, column, value, words.
MISTAKES = {
    "weights that do not add up": ("health_profiles", 5, ",20,", ",30,", [(2, "weight", "25", "add up to 110")]),
    "a weight of nothing": ("health_profiles", 5, ",20,", ",0,", [
        (2, "weight", "25", "add up to 80"), (5, "weight", "0", "must be above 0"),
    ]),
    "a weight that is no number": ("health_profiles", 5, ",20,", ",twenty,", [(5, "weight", "twenty", "not a number")]),
    "no weight": ("health_profiles", 5, ",20,", ",,", [(5, "weight", "", "is empty; fill it in")]),
    "a date that is none": ("health_profiles", 5, "2000-01-01", "2000-13-01", [
        (5, "valid_from", "2000-13-01", "write it like 2026-04-01"),
        (5, "valid_from", "2000-13-01", "is '2000-01-01' in line 2"),
    ]),
    "an unknown kind of score": ("health_profiles", 5, "health", "wealth", [
        (2, "weight", "25", "add up to 80"), (5, "score_kind", "wealth", "must be health or approach"),
        (5, "weight", "20", "add up to 20"),
    ]),
    "an unknown metric": ("health_profiles", 5, "nps_score", "nps_scor", [
        (5, "metric_key", "nps_scor", "(the nearest is 'nps_score')"),
    ]),
    "a metric of the whole company": ("health_profiles", 5, "nps_score", "nrr_12m", [
        (5, "metric_key", "nrr_12m", "grain account or product"),
    ]),
    "an unknown phase": ("health_profiles", 5, "$", "\nhealth,2,tool-like,adoptoin,recency,days_since_last_login,100,"
                         "1999-01-01,2000-01-01", [(6, "phase", "adoptoin", "not a phase of this product profile")]),
    "a component without points": ("health_profiles", 5, "satisfaction", "happiness", [
        (5, "component_key", "happiness", "health_scoring_points.csv"),
    ]),
    "a component twice": ("health_profiles", 5, "satisfaction", "recency", [
        (5, "component_key", "recency", "line 2 already"),
    ]),
    "rows of a version that end on different days": ("health_profiles", 5, "$", "2027-01-01", [
        (5, "valid_to_exclusive", "2027-01-01", "in line 2"),
    ]),
    "a version that ends before it begins": ("health_profiles", 5, "$", "\n" + ROW.replace("2026-1", "2").replace(
        ",20,2000-01-01,", ",100,2030-01-01,2029-01-01"), [
            (6, "valid_to_exclusive", "2029-01-01", "not after valid_from (2030-01-01)"),
        ]),
    "two versions in force at once": ("health_profiles", 5, "$", "\n" + ROW.replace("2026-1", "2").replace(
        ",20,2000", ",100,2026"), [
            (6, "valid_from", "2026-01-01", "version 2 for phase all holds together with line 2; end one"),
        ]),
    "a phase of its own beside all phases": ("health_profiles", 5, "$", "\n" + ROW.replace("all", "renewal").replace(
        ",20,", ",100,"), [(6, "valid_from", "2000-01-01", "phase renewal holds together with line 2")]),
    "an unknown profile": ("product_profiles", 3, "tool-like", "tool", [(3, "product_profile", "tool", "'tool-like'")]),
    "a product with two profiles": ("product_profiles", 3, "$", "\nwork-tool,add-on,2024-01-01,", [
        (4, "valid_from", "2024-01-01", "together with line 3; end one"),
    ]),
    "points of a component nobody uses": ("health_scoring_points", 14, "$", "\nluck,tier,0,50", [
        (15, "component_key", "luck", "of no row in health_profiles.csv"),
    ]),
    "two rules in one component": ("health_scoring_points", 14, "tier", "linear", [
        (14, "rule", "linear", "is 'tier' in line 12"),
    ]),
    "an unknown rule": ("health_scoring_points", 2, "linear", "steps", [
        (2, "rule", "steps", "must be linear or tier"), *((n, "rule", "linear", "in line 2") for n in (3, 4, 5)),
    ]),
    "two scores for one value": ("health_scoring_points", 14, ",9,", ",7,", [(14, "metric_value", "7", "line 13")]),
    "a score beyond the scale": ("health_scoring_points", 14, "100", "101", [(14, "score", "101", "outside 0 to 100")]),
    "an unknown operator": ("success_level_conditions", 3, ">=", "=>", [(3, "operator", "=>", "must be >= or >")]),
    "a level that is missing": ("success_level_conditions", 3, "default,2", "default,9", [
        (4, "success_level", "3", "comes after 1"), (3, "success_level", "9", "comes after 5"),
    ]),
    "thresholds that fall": ("success_level_conditions", 6, ",0.8,", ",0.4,", [(6, "threshold", "0.4", "than line 5")]),
    "a condition twice": ("success_level_conditions", 6, "most_seats_used", "half_of_seats_used", [
        (6, "condition_key", "half_of_seats_used", "line 5 already"),
    ]),
    "a level that is no whole number": ("success_level_conditions", 6, ",5,", ",4.5,", [
        (6, "success_level", "4.5", "not a whole number"),
    ]),
    "a gap between colours": ("health_bands", 3, ",50,", ",60,", [(3, "minimum", "60", "must be 50")]),
    "two colours for one score": ("health_bands", 3, ",75,", ",80,", [(4, "minimum", "75", "must be 80")]),
    "no colour for the best": ("health_bands", 4, "100.000001", "100", [(4, "below_maximum", "100", "100.000001")]),
    "two phases of one precedence": ("phases", 4, ",3,", ",2,", [(4, "precedence", "2", "line 2 already")]),
    "a phase by an unknown metric": ("phases", 4, "tenure_months", "age", [(4, "metric_key", "age", "kpi_catalog")]),
    "a term of two bands": ("bands", 3, ",6,", ",5,", [(3, "minimum", "5", "together with line 2")]),
    "a band that ends before it begins": ("bands", 3, ",12,", ",6,", [(3, "below_maximum", "6", "after minimum (6)")]),
    "a funnel by an unknown indicator": ("funnel_stages", 3, "seat_utilisation", "seats", [
        (3, "kpi_key", "seats", "kpi_catalog.csv"),
    ]),
    "a funnel with a gap": ("funnel_stages", 3, ",2,", ",7,", [
        (4, "position", "3", "comes after 1"), (3, "position", "7", "comes after 5"),
    ]),
    "a row that is too short": ("phases", 3, ",Onboarding,導入期", "", [(3, None, None, "6 values, the header 8")]),
    "a row of commas": ("bands", 13, "$", "\n,,,,,", [(14, None, None, "the row is empty; delete it")]),
    "a column renamed": ("phases", 1, "minimum", "min", [(1, None, None, "product_profile,phase,precedence")]),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    return tmp_path / "seeds"


def change(folder: Path, seed: str, line: int, old: str, new: str) -> None:
    """Replace text in one line; `$` is its end."""
    path = folder / f"{seed}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = lines[line - 1] + new if old == "$" else lines[line - 1].replace(old, new, 1)
    assert changed != lines[line - 1]
    lines[line - 1] = changed
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_shipped_seeds_have_no_fault_and_looking_takes_no_time() -> None:
    started = time.process_time()
    assert seeds.faults() == []
    assert time.process_time() - started < 0.3


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_file_line_column_value_and_what_to_do(copy: Path, mistake: str) -> None:
    seed, line, old, new, expected = MISTAKES[mistake]
    change(copy, seed, line, old, new)
    found = seeds.faults(copy)
    assert [(fault.seed, fault.line, fault.column, fault.value or "") for fault in found] == sorted(
        [(seed, line, column, value or "") for line, column, value, _ in expected], key=lambda fault: fault[1]
    ), [*map(str, found)]
    for line, column, value, words in expected:
        place = f"seeds/{seed}.csv line {line}" + (f", {column} '{value}'" if column else "")
        assert any(str(fault).startswith(place) and words in str(fault) for fault in found), [*map(str, found)]


def test_all_faults_of_all_seeds_are_told_at_once(copy: Path) -> None:
    change(copy, "health_profiles", 5, ",20,", ",30,")
    change(copy, "health_bands", 3, ",50,", ",60,")
    change(copy, "targets", 2, "2025-12-01", "31.12.2025")
    assert [fault.seed for fault in seeds.faults(copy)] == ["health_bands", "health_profiles", "targets"]


def test_a_version_may_follow_another_or_be_compared_without_ever_being_in_force(copy: Path) -> None:
    path = copy / "health_profiles.csv"
    text = path.read_text(encoding="utf-8")
    ended = re.sub(r"^(health,2026-1,default,.*),$", r"\1,2026-04-01", text, flags=re.MULTILINE)
    path.write_text(
        ended
        + ROW.replace("2026-1", "2026-2").replace(",20,2000-01-01,", ",100,2026-04-01,\n")
        + ROW.replace("2026-1", "candidate").replace(",20,2000-01-01,", ",100,2026-06-01,2026-06-01\n"),
        encoding="utf-8",
    )
    assert [*map(str, seeds.faults(copy))] == []


def test_files_as_spreadsheets_write_them_are_read(copy: Path) -> None:
    for path in copy.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_bytes(("\ufeff" + text + "\n\n").replace("\n", "\r\n").encode())
    assert seeds.faults(copy) == []
    change(copy, "phases", 4, "tenure_months", "age")
    assert [fault.line for fault in seeds.faults(copy)] == [4]


def test_a_line_is_counted_as_an_editor_counts_it(copy: Path) -> None:
    change(copy, "revenue_policies", 2, '"2026-11-22: renewals', '"2026-11-22:\nrenewals')
    change(copy, "bands", 2, "$", "\n\nterm,again,0,6,Again,再")
    assert [(fault.line, fault.column) for fault in seeds.faults(copy)] == [(4, "minimum")]


def test_a_file_in_another_encoding_says_how_to_save_it(copy: Path) -> None:
    path = copy / "phases.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp932"))
    (fault,) = seeds.faults(copy)
    assert str(fault).startswith("seeds/phases.csv line 1: cannot be read") and "UTF-8" in str(fault)


def test_a_run_with_a_broken_seed_ends_before_anything_is_built(tmp_path: Path) -> None:
    write_landing(tmp_path / "data", {"accounts/a.csv": "account_id,account_name\n"})
    last = (ROOT / "seeds" / "health_bands.csv").read_text(encoding="utf-8").splitlines(keepends=True)[-1]
    fault = ("seeds/health_bands.csv", last, last.replace("75,", "70,"))
    project = plant([fault], tmp_path / "data", tmp_path / "project")
    result = csw("run", "--as-of", "2025-06-30", "--data-dir", tmp_path / "data", root=project)
    assert result.returncode == 1, result.stdout
    said = " ".join(result.stderr.split())
    assert "Nothing was built: 1 mistake in the seeds." in said
    assert "seeds/health_bands.csv line 4, minimum '70': must be 75, where the band before it ends" in said
    assert [path.name for path in (tmp_path / "data").iterdir() if path.name != "landing"] == ["landing"][1:]
