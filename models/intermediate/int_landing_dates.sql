-- Grain: one row per date to be built and period of a target of NRR that it lies in, from the last day before it to its
-- last day (E7).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

nrr_targets as (

    select * from {{ ref('int_nrr_targets') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

final as (

    select distinct
        to_build.as_of_date,
        nrr_targets.start_date,
        nrr_targets.end_date,
        nrr_targets.period_months

    from to_build
    inner join nrr_targets
        on
            not nrr_targets.is_rolling
            and to_build.as_of_date between nrr_targets.start_date and nrr_targets.end_date
    -- Before the first day there was no book to begin with.
    inner join history_start on nrr_targets.start_date >= history_start.start_date

)

select * from final
