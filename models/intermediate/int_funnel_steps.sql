-- Grain: one row per customer and product it holds (`all`: the customer as a whole) and stage of the road to value, on
-- the as-of date (S1).

with

units as (

    select * from {{ ref('int_account_units') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

account_kpis as (

    select * from {{ ref('int_account_kpis') }}

),

stages as (

    select * from {{ ref('funnel_stages') }}

),

own_profiles as (

    select distinct product_profile from stages

),

-- A profile without stages of its own has the default ones.
asked as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        units.mrr,
        stages.position,
        stages.stage,
        stages.kpi_key,
        stages.operator,
        stages.threshold

    from units
    inner join spine on units.as_of_date = spine.as_of_date and spine.is_latest
    left join own_profiles on units.product_profile = own_profiles.product_profile
    inner join stages on coalesce(own_profiles.product_profile, 'default') = stages.product_profile

),

compared as (

    select
        asked.*,
        account_kpis.kpi_value,
        account_kpis.null_reason,
        case asked.operator
            when '>=' then account_kpis.kpi_value >= asked.threshold
            when '<=' then account_kpis.kpi_value <= asked.threshold
        end as is_met,
        -- What nobody can know is no stage: it is left out and said so.
        count(account_kpis.kpi_value) over (partition by asked.kpi_key) = 0 as is_skipped

    from asked
    left join account_kpis
        on
            asked.as_of_date = account_kpis.as_of_date
            and asked.account_id = account_kpis.account_id
            and asked.product_id = account_kpis.product_id
            and asked.kpi_key = account_kpis.kpi_key

),

-- A stage counts only with all before it; unknown does not count as past.
climbed as (

    select
        *,
        coalesce(
            min(case when is_skipped or is_met then 1 else 0 end) over earlier, 1
        ) = 1 as has_entered,
        min(case when is_skipped or is_met then 1 else 0 end) over so_far = 1 as has_passed

    from compared

    window
        earlier as (
            partition by account_id, product_id order by position rows between unbounded preceding and 1 preceding
        ),
        so_far as (
            partition by account_id, product_id order by position
            rows between unbounded preceding and current row
        )

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        mrr,
        position,
        stage,
        kpi_key,
        kpi_value,
        threshold,
        is_met,
        is_skipped,
        has_entered,
        has_passed,
        case when kpi_value is null then coalesce(null_reason, 'not_measured') end as null_reason

    from climbed

)

select * from final
