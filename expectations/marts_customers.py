"""Rules about customers in the marts: the account over time, the dimensions, and nothing personal."""

from datetime import date

from expectations.rules import no_rows

# Words in a column's name that tell of a person; account_name is a company's.
PERSONAL = ".*(mail|phone|tel_no|comment|free_text|raw_text|user_id|user_name|first_name|last_name|contact|birth).*"


def customer_suites(as_of: date) -> dict[str, list]:
    return {
        "mart_account_360": account_360_rules(as_of),
        "dim_account": account_rules(),
        "dim_product": product_rules(),
        "dim_month": month_rules(as_of),
    }


def account_360_rules(as_of: date) -> list:
    return [
        no_rows(
            "movements_are_those_of_the_facts",
            "The movements of a complete month add up to those of fct_mrr_movement.",
            "Correct the join in mart_account_360: an account would show another month's movement.",
            f"""select month, cast(sum(delta_mrr) as bigint) as delta_mrr, cast(sum(fact_mrr) as bigint) as fact_mrr
                from (
                    select month, delta_mrr, 0 as fact_mrr from marts.mart_account_360
                    where last_day(month) <= date '{as_of}'
                    union all
                    select month, 0, delta_mrr from marts.fct_mrr_movement
                ) as both_sides
                group by month having sum(delta_mrr) <> sum(fact_mrr)""",
        ),
        no_rows(
            "no_month_after_the_run",
            f"There is no month after that of {as_of}.",
            "Check the as-of date of this run.",
            f"""select account_id, month, mrr from marts.mart_account_360 where month > date '{as_of}'""",
        ),
    ]


def account_rules() -> list:
    return [
        no_rows(
            "every_account_is_there",
            "Every account of the newest export is in dim_account, and no other.",
            "Correct dim_account: customers would be missing from every report.",
            """select coalesce(known.account_id, shown.account_id) as account_id
                from staging.stg_accounts as known full join marts.dim_account as shown
                    on known.account_id = shown.account_id
                where known.account_id is null or shown.account_id is null""",
        ),
        no_rows(
            "nothing_personal_in_column_names",
            "No column of any mart is about a person (e-mail, phone, name, comment, user).",
            "Take the column out of the mart: the published file holds nothing personal.",
            f"""select table_name, column_name from duckdb_columns()
                where schema_name = 'marts' and regexp_full_match(column_name, '{PERSONAL}')""",
        ),
        no_rows(
            "owner_is_an_id",
            "No owner_id is an e-mail address.",
            "Export the owner's id instead (owner_id in accounts): the published file holds nothing personal.",
            "select account_id from marts.dim_account where regexp_full_match(owner_id, '.+@.+')",
        ),
    ]


def product_rules() -> list:
    return [
        no_rows(
            "products_and_accounts_have_the_same_mrr",
            "The MRR of all products is that of all accounts.",
            "Compare int_account_product_mrr with dim_account: revenue without a product or without an account.",
            """select cast(products.mrr as bigint) as mrr_of_products, cast(accounts.mrr as bigint) as mrr_of_accounts
                from (select coalesce(sum(mrr), 0) as mrr from marts.dim_product) as products
                cross join (select coalesce(sum(mrr), 0) as mrr from marts.dim_account) as accounts
                where products.mrr <> accounts.mrr""",
        ),
    ]


def month_rules(as_of: date) -> list:
    return [
        no_rows(
            "complete_months_are_over",
            "A month is complete when its last day is not after the as-of date, and final only when complete.",
            "Correct dim_month, or check the as-of date of this run.",
            f"""select month, is_complete, is_final from marts.dim_month
                where is_complete <> (last_day(month) <= date '{as_of}') or (is_final and not is_complete)""",
        ),
    ]
