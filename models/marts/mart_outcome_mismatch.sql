-- Grain: one row per customer and kind of mismatch at the newest as-of date: goals reached but no more MRR than twelve
-- months before, or more MRR and goals not reached (S9). Only where both sides are known.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

mismatches as (

    select * from {{ ref('int_outcome_mismatches') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

final as (

    select
        mismatches.account_id,
        mismatches.kind,
        accounts.owner_id,
        mismatches.attainment,
        mismatches.goals_measured,
        mismatches.mrr,
        mismatches.mrr_12_months_before,
        mismatches.mrr_change,
        mismatches.mrr_change_rate,
        mismatches.reason_en,
        mismatches.reason_ja,
        mismatches.as_of_date

    from mismatches
    inner join spine on mismatches.as_of_date = spine.as_of_date and spine.is_latest
    left join accounts on mismatches.account_id = accounts.account_id

)

select * from final
