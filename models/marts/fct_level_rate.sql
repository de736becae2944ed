-- Grain: one row per as-of date, success level and kind of contract: the rates expected of it on that date, also where
-- nobody is in that cell, so that one can ask what another level would be worth.

with

level_rates as (

    select * from {{ ref('int_level_rates') }}

),

final as (

    select
        as_of_date,
        success_level,
        term_band,
        renewal_band,
        effective_n,
        expected_churn_rate,
        expected_contraction_rate,
        expected_expansion_rate,
        expected_nrr,
        basis

    from level_rates

)

select * from final
