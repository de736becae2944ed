"""Rules about what touches led to, in the marts."""

from expectations.rules import no_rows

ROUNDING = 0.000001


def touch_suites() -> dict[str, list]:
    return {"mart_touch_effect": effect_rules()}


def effect_rules() -> list:
    return [
        no_rows(
            "touch_verdict_is_what_the_interval_says",
            "The difference is that of the two rates, within its interval, and the verdict is what the interval says.",
            "Correct mart_touch_effect or int_touch_figures: a kind of touch would be praised or blamed wrongly.",
            f"""select touch_type, product_id, risk_difference, risk_difference_low, risk_difference_high, verdict
                from marts.mart_touch_effect
                where abs(renewal_rate_touched - renewal_rate_controls - risk_difference) > {ROUNDING}
                    or risk_difference not between risk_difference_low and risk_difference_high
                    or odds_ratio not between odds_ratio_low and odds_ratio_high
                    or (risk_difference is null) <> (null_reason is not null)
                    or (odds_ratio is null) <> (odds_ratio_null_reason is not null)
                    or verdict <> case when risk_difference is null then 'not_reportable'
                        when risk_difference_low > 0 then 'renewed_more_often'
                        when risk_difference_high < 0 then 'renewed_less_often' else 'no_difference' end""",
        ),
        no_rows(
            "touched_cycles_are_compared_or_without_control",
            "Compared and without control are all that were touched, the renewed are among them, shares are shares.",
            "Correct int_touch_cycles or int_touch_tables: a renewal was counted twice, or not at all.",
            """select touch_type, product_id, touched, touched_compared, touched_without_control, touched_renewed,
                    controls, controls_renewed from marts.mart_touch_effect
                where touched_compared + touched_without_control <> touched or touched_without_control < 0
                    or touched_renewed > touched_compared or controls_renewed > controls
                    or touched_accounts > touched_compared or control_accounts > controls
                    or least(renewal_rate_touched, renewal_rate_controls, cmh_p_value) < 0
                    or greatest(renewal_rate_touched, renewal_rate_controls, cmh_p_value) > 1
                    or risk_difference_clustering < 1""",
        ),
        no_rows(
            "touched_products_add_up_to_the_whole",
            "The touched, the compared and the controls of all products are those of product all.",
            "Correct int_touch_pooled or int_touch_figures: a product is in no group, or in two.",
            """select touch_type, cast(sum(touched) as bigint) as in_all_groups,
                    2 * cast(sum(touched) filter (product_id = 'all') as bigint) as expected
                from marts.mart_touch_effect group by all
                having in_all_groups is distinct from expected
                    or sum(controls) <> 2 * sum(controls) filter (product_id = 'all')
                    or sum(touched_compared) <> 2 * sum(touched_compared) filter (product_id = 'all')""",
        ),
    ]
