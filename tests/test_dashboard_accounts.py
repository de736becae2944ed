"""The pages Accounts and Account: what they show is what the marts say, and every code they show has words."""

import pytest
from conftest import Warehouse

from dashboard import markup
from dashboard.published import read
from dashboard.views import account, account_contracts, account_figures, account_history, account_state, accounts
from dashboard.words import LANGUAGES, Words, texts

# Columns of codes that the pages put into words by texts.csv, and the group of their texts.
CODES = {
    "reason": [
        ("mart_account_kpi", "null_reason"),
        ("fct_health_component", "null_reason"),
        ("fct_health_score", "null_reason"),
        ("fct_health_score", "score_change_28d_null_reason"),
        ("fct_health_score", "score_change_90d_null_reason"),
        ("fct_success_level", "null_reason"),
        ("fct_level_condition", "null_reason"),
        ("mart_treatment", "null_reason"),
        ("mart_action_queue", "gain_null_reason"),
        ("mart_ltv_account", "null_reason"),
        ("mart_goal_attainment", "null_reason"),
    ],
    "movement": [("mart_account_360", "movement_type")],
    "goal_status": [("mart_goal_attainment", "status")],
    "goal_scope": [("mart_goal_attainment", "scope")],
    "stage": [("mart_account_kpi", "stage")],
    "renewal_state": [("fct_renewal", "status")],
}


@pytest.fixture
def published(sample_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setenv("CSW_DATA_DIR", str(sample_warehouse.data_dir.root))
    return sample_warehouse


def test_the_list_has_every_customer_once_and_former_ones_when_asked_for(published: Warehouse) -> None:
    today, ever = accounts.found("", False, accounts.ANY), accounts.found("", True, accounts.ANY)
    customers = "select count(*), sum(mrr) from marts.dim_account where is_customer"
    assert (len(today), today["mrr"].sum()) == published.rows(customers)[0]
    assert today["account_id"].is_unique and ever["account_id"].is_unique
    assert set(today["account_id"]) < set(ever["account_id"]) and ever["mrr"].sum() == today["mrr"].sum()


def test_filters_hold_together_and_nobody_stands_for_no_owner(published: Warehouse) -> None:
    owner, band = published.rows(
        """select owner_id, health_band
           from marts.mart_treatment where owner_id is not null group by 1, 2 order by count(*) desc, 1, 2 limit 1"""
    )[0]
    for owners, bands in [((owner,), ()), ((owner,), (band,)), (("nobody",), ())]:
        expected = published.rows(
            f"""select count(*)
                from marts.mart_account_360 as state inner join marts.dim_account as accounts using (account_id)
                where month = (select max(month) from marts.mart_account_360) and state.is_customer
                    and coalesce(owner_id, 'nobody') = '{owners[0]}'
                    and ('{"".join(bands)}' = '' or health_band = '{"".join(bands)}')"""
        )[0][0]
        assert len(accounts.found("", False, (owners, (), (), (), bands))) == expected
    rarest = "select product_id from marts.mart_treatment group by 1 order by count(*), 1 limit 1"
    product = published.rows(rarest)[0][0]
    holders = published.rows(f"select account_id from marts.mart_treatment where product_id = '{product}'")
    assert {(key,) for key in accounts.found("", False, ((), (), (product,), (), ()))["account_id"]} == set(holders)


def test_search_minds_neither_width_nor_case_nor_the_order_of_words(published: Warehouse) -> None:
    account_id, name = published.rows(
        "select account_id, account_name from marts.dim_account where is_customer order by 1 limit 1"
    )[0]
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in account_id.lower())
    for search in (account_id.lower(), wide, f"{wide} {name}", f" {name} {account_id}"):
        assert accounts.found(search, False, accounts.ANY)["account_id"].tolist() == [account_id]
    assert accounts.found(f"{account_id} nowhere", True, accounts.ANY).empty


def test_headlines_are_those_of_the_marts(published: Warehouse) -> None:
    words = Words("en")
    rows = published.rows(
        """select account_id, mrr, health_score, success_level
           from marts.mart_account_360 where health_score is not null and success_level is not null and month =
               (select max(month) from marts.mart_account_360) order by 1 limit 5"""
    )
    for account_id, mrr, score, level in rows:
        shown = {figure.label: figure.value for figure in account_figures.headlines(words, account_id)}
        assert shown["MRR"] == f"{mrr:,} JPY"
        assert shown["Health"] == words.number(score, 1) and shown["Success level"] == str(level)


def test_renewals_of_the_accounts_add_up_to_those_of_the_company(published: Warehouse) -> None:
    of_company = published.rows(
        """select due_month, due_mrr, lost_mrr, late_renewals
           from marts.mart_renewals where scope_type = 'all' and due_renewals > 0 order by 1"""
    )
    of_accounts = published.rows(
        """select due_month, sum(due_mrr), coalesce(sum(due_mrr) filter (where status = 'lost'), 0),
               count(*) filter (where status = 'late')
           from marts.fct_renewal group by 1 order by 1"""
    )
    assert of_company == of_accounts and len(of_company) > 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_account_can_be_shown_without_a_programmers_word(published: Warehouse, language: str) -> None:
    words = Words(language)
    for (account_id,) in published.rows("select account_id from marts.dim_account"):
        seen = read(account.LAST_SEEN, account_id)
        shown = [markup.figures(account_figures.headlines(words, account_id), account_id)]
        shown.append(markup.figures(account_figures.worth(words, account_id), account_id))
        for product_id in [*seen["product_id"], "all"]:
            tables = [account.actions(words, account_id), account.treatments(words, account_id)]
            tables.append(account_history.history(words, account_id, product_id)[1:])
            tables.append(account_state.indicators(words, account_id, product_id))
            contracts = account_contracts
            for made in (contracts.coming, contracts.decided, contracts.lines, contracts.goals):
                tables.append(made(words, account_id, product_id, product_id))
            for day in seen["as_of_date"][:1]:
                for made in (account_state.scores, account_state.lost_points, account_state.levels):
                    tables.append(made(words, account_id, day, product_id))
                tables.append(account_state.conditions(words, account_id, day, product_id))
            shown += [markup.table(rows, columns, account_id) for rows, columns in tables]
        cells = "".join(shown).replace("<", ">").split(">")
        assert not {"None", "nan", "NaT", "<NA>", "<NA"} & set(cells)


def test_an_unknown_level_is_not_the_highest(golden_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without log-ins no level is known, and no step stands before the next one."""
    monkeypatch.setenv("CSW_DATA_DIR", str(golden_warehouse.data_dir.root))
    words = Words("en")
    day = read(account.LAST_SEEN, "A1")["as_of_date"][0]
    said = markup.figures(account_figures.headlines(words, "A1"), "A1")
    said += markup.table(*account_state.levels(words, "A1", day, "all"), "A1")
    assert "log-ins have not arrived" in said
    assert words("account.top") not in said and "– to –" not in said


@pytest.mark.parametrize("group", CODES)
def test_every_code_has_words(published: Warehouse, group: str) -> None:
    for table, column in CODES[group]:
        codes = published.rows(f"select distinct {column} from marts.{table} where {column} is not null")
        assert not [code for (code,) in codes if f"{group}.{code}" not in texts()], (table, column)
