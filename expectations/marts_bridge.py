"""Rules about what explains expected NRR and what would move it: the bridge, its accounts, levers and effects."""

from expectations.rules import no_rows

PARTS = ("size", "level", "contract", "rate", "left", "came")
# Effects carry nine decimals.
ROUNDING = 0.000000001


def bridge_suites() -> dict[str, list]:
    return {
        "dim_book_scope": scope_rules(),
        "fct_expected_nrr": expectation_rules(),
        "fct_level_rate": rate_rules(),
        "mart_expected_nrr_bridge": bridge_rules(),
        "mart_expected_nrr_change": change_rules(),
        "mart_what_if": what_if_rules(),
        "mart_level_lever": lever_rules(),
    }


def scope_rules() -> list:
    return [
        no_rows(
            "every_account_of_the_book_is_in_the_whole",
            "Every account and product something is expected of is counted in the whole company, once.",
            "Compare int_account_scopes with int_book_expectations: an account of the book is in no scope, or in two.",
            """select book.account_id, book.product_id, count(scopes.account_id) as times
               from (select distinct account_id, product_id from marts.fct_expected_nrr) as book
               left join marts.dim_book_scope as scopes
                   on book.account_id = scopes.account_id and book.product_id = scopes.product_id
                       and scopes.scope_type = 'all'
               group by 1, 2 having count(scopes.account_id) <> 1""",
        )
    ]


def expectation_rules() -> list:
    return [
        no_rows(
            "expected_mrr_is_base_times_rate",
            "Expected MRR is the contracted MRR times the expected NRR of the cell, exactly.",
            "Correct int_book_expectations.",
            """select as_of_date, account_id, product_id, base_mrr, expected_nrr, expected_mrr
               from marts.fct_expected_nrr
               where expected_mrr is distinct from
                   cast(base_mrr as decimal(19, 0)) * cast(expected_nrr as decimal(12, 9))""",
        )
    ]


def rate_rules() -> list:
    return [
        no_rows(
            "every_cell_of_the_book_has_its_rate",
            "Every cell of the book has its rate on the date, the one the book was valued with.",
            "Rebuild the dates in the examples with `csw backfill`: int_book_expectations and int_level_rates differ.",
            """select distinct book.as_of_date, book.success_level, book.term_band, book.renewal_band,
                   book.expected_nrr, rates.expected_nrr as rate
               from marts.fct_expected_nrr as book
               left join marts.fct_level_rate as rates
                   on book.as_of_date = rates.as_of_date
                       and book.success_level is not distinct from rates.success_level
                       and book.term_band = rates.term_band and book.renewal_band = rates.renewal_band
               where book.expected_nrr is distinct from rates.expected_nrr""",
        )
    ]


def bridge_rules() -> list:
    end = "if(ends.as_of_date = bridge.to_date, bridge.expected_nrr_to, bridge.expected_nrr_from)"
    points, money = (" + ".join(f"{part}_{unit}" for part in PARTS) for unit in ("nrr", "mrr"))
    return [
        no_rows(
            "parts_add_up_to_the_change",
            "The parts of the bridge add up to the change, in points and in money, exactly.",
            "Correct the macro bridge_steps: a step is left out or counted twice.",
            f"""select stretch, scope_type, scope_value, change_nrr, {points} as parts_nrr, change_mrr,
                    {money} as parts_mrr
                from marts.mart_expected_nrr_bridge
                where change_mrr <> {money} or residual_mrr <> 0
                    or null_reason is null and (change_nrr is distinct from {points} or residual_nrr <> 0)""",
        ),
        no_rows(
            "both_ends_are_the_published_rates",
            "The bridge begins and ends at the expected NRR that mart_expected_nrr shows for these dates.",
            "Follow the dates from int_book_expectations: the bridge and the history read different books.",
            f"""select bridge.stretch, bridge.scope_type, bridge.scope_value, ends.as_of_date,
                   ends.expected_nrr as published, {end} as in_the_bridge
               from marts.mart_expected_nrr_bridge as bridge
               inner join marts.mart_expected_nrr as ends
                   on bridge.scope_type = ends.scope_type and bridge.scope_value = ends.scope_value
                       and ends.as_of_date in (bridge.from_date, bridge.to_date)
               where cast(ends.expected_nrr as decimal(18, 9)) is distinct from {end}""",
        ),
    ]


def change_rules() -> list:
    differs = " or ".join(
        f"bridge.{part}_{unit} <> accounts.{part}_{unit}" for unit in ("nrr", "mrr") for part in (*PARTS, "change")
    )
    sums = ", ".join(f"sum({part}_{unit}) as {part}_{unit}" for unit in ("nrr", "mrr") for part in (*PARTS, "change"))
    return [
        no_rows(
            "accounts_add_up_to_the_bridge",
            "The accounts of a stretch add up to its bridge of the whole company, in each part, exactly.",
            "Compare int_bridge_accounts with the scope all of mart_expected_nrr_bridge.",
            f"""select bridge.stretch, bridge.change_nrr, accounts.change_nrr as of_accounts
                from marts.mart_expected_nrr_bridge as bridge
                left join (select stretch, {sums} from marts.mart_expected_nrr_change group by 1) as accounts
                    on bridge.stretch = accounts.stretch
                where bridge.scope_type = 'all' and bridge.null_reason is null
                    and (accounts.stretch is null or {differs})""",
        )
    ]


def what_if_rules() -> list:
    return [
        no_rows(
            "one_times_all_is_all",
            "The mean effect of one account times the accounts is the effect of all of them.",
            "Correct mart_what_if.",
            f"""select scope_type, scope_value, from_level, to_level, accounts, gain_mrr, mean_gain_mrr
                from marts.mart_what_if
                where abs(gain_mrr - accounts * mean_gain_mrr) > accounts * {ROUNDING}""",
        )
    ]


def lever_rules() -> list:
    return [
        no_rows(
            "moves_are_those_of_what_if",
            "To move all accounts of a level up by one gains what mart_what_if says of it.",
            "Compare int_level_levers with int_level_moves.",
            """select levers.scope_type, levers.scope_value, levers.success_level, levers.gain_mrr_all, effects.gain_mrr
               from marts.mart_level_lever as levers
               left join marts.mart_what_if as effects
                   on levers.scope_type = effects.scope_type and levers.scope_value = effects.scope_value
                       and levers.success_level = effects.from_level and levers.to_level = effects.to_level
               where levers.lever = 'move' and (
                   levers.gain_mrr_all is distinct from effects.gain_mrr
                   or levers.gain_mrr_one is distinct from effects.mean_gain_mrr
               )""",
        )
    ]
