"""Rules about movements of MRR in the marts: of accounts, of groups of accounts, and of products."""

from datetime import date

from expectations.rules import no_rows


def movement_suites(as_of: date) -> dict[str, list]:
    rules = {
        "fct_mrr_movement": account_rules(),
        "fct_parent_mrr_movement": group_rules(),
        "fct_product_mrr_movement": product_rules(),
    }
    return {table: [*of_table, nothing_after(table, as_of)] for table, of_table in rules.items()}


def nothing_after(table: str, as_of: date):
    return no_rows(
        "nothing_after_the_last_complete_month",
        "There are no movements after the last complete month.",
        "Check the as-of date of this run: a month that is not over cannot be compared.",
        f"select month, movement_type, delta_mrr from marts.{table} where last_day(month) > date '{as_of}'",
    )


def account_rules() -> list:
    return [
        no_rows(
            "movement_is_the_difference",
            "Every movement is closing minus opening MRR, and goes the way its type says.",
            "Correct int_mrr_movements: the type and the amount contradict each other.",
            """select account_id, month, movement_type, opening_mrr, delta_mrr, closing_mrr from marts.fct_mrr_movement
                where delta_mrr <> closing_mrr - opening_mrr
                    or (movement_type in ('contraction', 'churn') and delta_mrr >= 0)
                    or (movement_type not in ('contraction', 'churn', 'fx') and delta_mrr <= 0)
                    or (movement_type in ('new', 'reactivation', 'opening')) <> (opening_mrr = 0)
                    or (movement_type = 'churn') <> (closing_mrr = 0)""",
        ),
        no_rows(
            "opening_plus_movements_is_closing",
            "For every account and month, MRR of the month before plus all movements is MRR of the month, exactly.",
            "Compare int_account_mrr with the sums of int_mrr_steps for one of these accounts, then follow the facts.",
            """with months as (
                    select account_id, date_trunc('month', snapshot_date)::date as month, mrr as closing_mrr,
                        coalesce(lag(mrr) over (partition by account_id order by snapshot_date), 0) as opening_mrr
                    from intermediate.int_account_mrr where snapshot_date = last_day(snapshot_date)
                ),
                moved as (
                    select account_id, month, cast(sum(delta_mrr) as bigint) as moved_mrr
                    from marts.fct_mrr_movement group by 1, 2
                )
                select coalesce(months.account_id, moved.account_id) as account_id,
                    coalesce(months.month, moved.month) as month, opening_mrr, moved_mrr, closing_mrr
                from months full join moved on months.account_id = moved.account_id and months.month = moved.month
                where coalesce(closing_mrr, 0) - coalesce(opening_mrr, 0) <> coalesce(moved_mrr, 0)""",
        ),
    ]


def group_rules() -> list:
    return [
        no_rows(
            "groups_and_accounts_move_alike",
            "In every month the movements of all groups add up to those of all accounts, with fx and without.",
            "Compare int_account_hierarchy with int_mrr_units: an account is in no group, or in two.",
            """select month, movement_type, cast(sum(of_groups) as bigint) as of_groups,
                    cast(sum(of_accounts) as bigint) as of_accounts
                from (
                    select month, if(movement_type = 'fx', 'fx', 'other') as movement_type, delta_mrr as of_groups,
                        0 as of_accounts
                    from marts.fct_parent_mrr_movement
                    union all
                    select month, if(movement_type = 'fx', 'fx', 'other'), 0, delta_mrr from marts.fct_mrr_movement
                ) as both_sides
                group by 1, 2 having sum(of_groups) <> sum(of_accounts)""",
        ),
    ]


def product_rules() -> list:
    key = "account_id, product_id, month, movement_type"
    return [
        no_rows(
            "products_add_up_to_the_account",
            "For every account and month the movements of its products add up to its own, with fx and without.",
            "Correct int_mrr_movements or fct_product_mrr_movement: they read the same changes and differ.",
            """select account_id, month, movement_type, cast(sum(of_products) as bigint) as of_products,
                    cast(sum(of_account) as bigint) as of_account
                from (
                    select account_id, month, if(movement_type = 'fx', 'fx', 'other') as movement_type,
                        delta_mrr as of_products, 0 as of_account
                    from marts.fct_product_mrr_movement
                    union all
                    select account_id, month, if(movement_type = 'fx', 'fx', 'other'), 0, delta_mrr
                    from marts.fct_mrr_movement
                ) as both_sides
                group by 1, 2, 3 having sum(of_products) <> sum(of_account)""",
        ),
        no_rows(
            "reasons_add_up",
            "Seats, price, plan, discount and other reasons add up to the movement, exactly.",
            "Correct the parts in int_movement_reasons: the reasons would explain another amount.",
            f"""select {key}, delta_mrr, seat_mrr, price_mrr, plan_mrr, discount_mrr, other_mrr
                from marts.fct_product_mrr_movement
                where seat_mrr + price_mrr + plan_mrr + discount_mrr + other_mrr is distinct from delta_mrr""",
        ),
        no_rows(
            "movement_is_the_difference",
            "Every movement of a product is closing minus opening MRR, and goes the way its type says.",
            "Correct fct_product_mrr_movement: the type and the amount contradict each other.",
            f"""select {key}, opening_mrr, delta_mrr, closing_mrr from marts.fct_product_mrr_movement
                where delta_mrr <> closing_mrr - opening_mrr or delta_mrr = 0
                    or (movement_type in ('downsell', 'product_dropped', 'churn') and delta_mrr > 0)
                    or (movement_type not in ('downsell', 'product_dropped', 'churn', 'product_swap', 'fx')
                        and delta_mrr < 0)
                    or (movement_type in ('upsell', 'downsell', 'fx')) <> (opening_mrr > 0 and closing_mrr > 0)""",
        ),
        no_rows(
            "a_swap_has_two_sides",
            "Where an account exchanged products, one went and one came, and it counts once per product gained.",
            "Correct int_product_swaps: a side is missing, or a swap would be counted twice.",
            """select account_id, month, count_if(delta_mrr < 0) as dropped, count_if(delta_mrr > 0) as gained,
                    cast(sum(movements) as bigint) as movements
                from marts.fct_product_mrr_movement where movement_type = 'product_swap'
                group by 1, 2
                having count_if(delta_mrr < 0) = 0 or count_if(delta_mrr > 0) = 0
                    or sum(movements) <> count_if(delta_mrr > 0)""",
        ),
    ]
