-- Grain: one row per owner (`all`: the whole company) and phase on the newest as-of date: how much there is to look after,
-- and how many CSMs that takes (L6).

with

treatments as (

    select * from {{ ref('mart_treatment') }}

),

phase_capacity as (

    select * from {{ ref('phase_capacity') }}

),

counted as (

    select
        as_of_date,
        'all' as owner_id,
        phase,
        cast(count(distinct account_id) as bigint) as accounts,
        cast(count(*) as bigint) as units,
        cast(sum(mrr) as bigint) as mrr

    from treatments

    group by 1, 3

    union all

    select
        as_of_date,
        coalesce(owner_id, 'nobody') as owner_id,
        phase,
        cast(count(distinct account_id) as bigint) as accounts,
        cast(count(*) as bigint) as units,
        cast(sum(mrr) as bigint) as mrr

    from treatments

    group by 1, 2, 3

),

final as (

    select
        counted.as_of_date,
        counted.owner_id,
        counted.phase,
        counted.accounts,
        counted.units,
        counted.mrr,
        phase_capacity.units_per_csm,
        {{ rate('counted.units', 'phase_capacity.units_per_csm') }} as csms_needed,
        case when phase_capacity.units_per_csm is null then 'no_capacity_for_the_phase' end as null_reason

    from counted
    left join phase_capacity on counted.phase = phase_capacity.phase

)

select * from final
