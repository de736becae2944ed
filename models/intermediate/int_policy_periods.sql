-- Grain: one row per period with a constant MRR that counts under a set of policies: contract lines under every set, and
-- per set the gaps that its grace bridges or leaves open (R3, T5).

with

known_lines as (

    select * from {{ ref('int_known_lines') }}

),

coverage_gaps as (

    select * from {{ ref('int_coverage_gaps') }}

),

policy_sets as (

    select * from {{ ref('int_policy_sets') }}

),

judged as (

    select
        policy_sets.policy_set,
        coverage_gaps.*,
        {{ gap_status('coverage_gaps', '(' ~ grace_days('coverage_gaps.term_months', 'policy_sets') ~ ')') }}
            as status_in_set

    from coverage_gaps
    cross join policy_sets

),

final as (

    select
        policy_sets.policy_set,
        known_lines.account_id,
        known_lines.product_id,
        known_lines.start_date,
        known_lines.end_date_exclusive,
        known_lines.currency,
        known_lines.is_reporting_currency,
        known_lines.mrr,
        known_lines.price_numerator,
        known_lines.price_denominator,
        false as is_in_grace

    from known_lines
    cross join policy_sets

    union all

    select
        policy_set,
        account_id,
        product_id,
        gap_start_date as start_date,
        gap_end_date as end_date_exclusive,
        currency,
        is_reporting_currency,
        kept_mrr as mrr,
        price_numerator,
        price_denominator,
        status_in_set = 'in_grace' as is_in_grace

    from judged

    where status_in_set in ('bridged', 'in_grace')

)

select * from final
