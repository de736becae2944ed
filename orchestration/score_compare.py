"""What `csw score-compare` shows: two versions of the health score over the same history, from the published file."""

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.settings import DataDir, Refused
from orchestration.words import number, percent

MART = "marts.mart_score_version_compare"
# A pair stands in the mart once; asked the other way round, A and B change places.
EITHER_WAY = f"""
select
    version_a, version_b, horizon_months, windows, accounts, to_better, to_worse, changed_share, auc_a, auc_b,
    auc_difference, auc_difference_low, auc_difference_high, verdict, null_reason
from {MART}
union all
select
    version_b, version_a, horizon_months, windows, accounts, to_worse, to_better, changed_share, auc_b, auc_a,
    -auc_difference, -auc_difference_high, -auc_difference_low,
    case verdict when 'a_better' then 'b_better' when 'b_better' then 'a_better' else verdict end, null_reason
from {MART}"""
HEADS = (
    "months ahead", "customers / windows", "another band", "to a better / a worse one", "AUC of A", "AUC of B",
    "B − A (95 %)", "verdict",
)
REASONS = {
    "too_few_churned_accounts": "too few customers left to judge",
    "too_few_kept_accounts": "too few customers stayed to judge",
}


def show_comparison(data_dir: DataDir, version_a: str, version_b: str, console: Console) -> None:
    """Raises Refused where there is nothing to compare, with the versions there are."""
    if not data_dir.published.exists():
        raise Refused(f"Nothing is published in {data_dir.root} yet. `csw run` builds the first day.")
    with duckdb.connect(str(data_dir.published), read_only=True) as connection:
        refuse_unknown(connection, version_a, version_b)
        rows = connection.execute(
            f"select * from ({EITHER_WAY}) where version_a = ? and version_b = ? order by horizon_months",
            [version_a, version_b],
        )
        names = [column[0] for column in rows.description]
        compared = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    if not compared:
        raise Refused(
            f"'{version_a}' and '{version_b}' have scored no customer on the same day whose outcome is known by now."
        )
    title = f"Health score: A = {version_a}, B = {version_b}"
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for name in HEADS:
        table.add_column(name, overflow="fold")
    for row in compared:
        table.add_row(*cells(row))
    console.print(table, soft_wrap=False)
    console.print(
        "Whose band changes today: marts.mart_score_version_change."
        " AUC: of a customer who left and one who stayed, how often the one who stayed had the higher score; 0.5 is"
        " chance."
    )


def refuse_unknown(connection: duckdb.DuckDBPyConnection, *versions: str) -> None:
    if versions[0] == versions[1]:
        raise Refused(f"'{versions[0]}' is named twice; name two different versions.")
    tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    if (MART,) not in tables:
        raise Refused(f"The published file has no {MART} yet. `csw run` builds it.")
    found = connection.execute(f"select distinct version_a from ({EITHER_WAY}) order by 1").fetchall()
    known = [name for (name,) in found]
    if not known:
        raise Refused(
            "There are no two versions to compare yet. Add rows with another profile_version to"
            " seeds/health_profiles.csv (begin and end on the same day: computed, never in force) and run again."
        )
    for version in versions:
        if version not in known:
            raise Refused(f"There is no version '{version}' of the health score. There are: {', '.join(known)}.")


def cells(row: dict) -> list[str]:
    """A row of the mart as people read it."""
    counts = f"{number(row['accounts'])} / {number(row['windows'])}"
    moved = f"{number(row['to_better'])} / {number(row['to_worse'])}"
    if row["null_reason"]:
        values = ["–", "–", "–", REASONS.get(row["null_reason"], row["null_reason"].replace("_", " "))]
    else:
        difference = "{auc_difference:+.3f} ({auc_difference_low:+.3f} to {auc_difference_high:+.3f})".format(**row)
        values = [f"{row['auc_a']:.3f}", f"{row['auc_b']:.3f}", difference, verdict(row)]
    return [str(row["horizon_months"]), counts, percent(row["changed_share"]), moved, *values]


def verdict(row: dict) -> str:
    better = {"a_better": row["version_a"], "b_better": row["version_b"]}.get(row["verdict"])
    return f"{better} predicts better" if better else "no difference that could not be chance"
