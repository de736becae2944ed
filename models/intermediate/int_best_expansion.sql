-- Grain: one row per level from MQC up with matured windows: the growth that the best quarter of owners reach with it (E4).
-- NULL with fewer than four owners to compare: the best of few is luck.

with

owner_expansion as (

    select * from {{ ref('int_owner_expansion') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

compared as (

    select
        owner_expansion.success_level,
        cast(count(case when owner_expansion.accounts >= policies.effect_min_accounts then 1 end) as bigint) as owners,
        percentile_cont(0.75) within group (
            order by case when owner_expansion.accounts >= policies.effect_min_accounts then owner_expansion.expansion_rate end
        ) as best_quarter_rate

    from owner_expansion
    cross join policies

    group by 1

),

final as (

    select
        success_level,
        owners,
        case when owners >= 4 then {{ nine_decimals('best_quarter_rate') }} end as best_quarter_rate

    from compared

)

select * from final
