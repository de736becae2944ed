-- Grain: one row per account that ever paid: what it has brought so far, and what it can be expected to bring (R8).

with

scope_mrr as (

    select * from {{ ref('int_scope_mrr') }}

),

members as (

    select * from {{ ref('int_scope_members') }}

),

expected_months as (

    select * from {{ ref('int_expected_months') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

held as (

    select
        account_id,
        cast(sum(case when is_month_end then mrr else 0 end) as bigint) as ltv_to_date,
        cast(count(case when is_month_end and mrr > 0 then 1 end) as int) as months_held,
        cast(sum(case when is_as_of_date then mrr else 0 end) as bigint) as mrr

    from scope_mrr

    where scope_type = 'all'

    group by 1

),

curve_candidates as (

    select
        members.account_id,
        members.scope_type,
        members.scope_value,
        members.first_paid_date,
        cast(floor({{ days_between('members.first_paid_date', 'spine.as_of_date') }} / {{ days_per_month() }}) as int)
            as age_months

    from members
    inner join spine on spine.is_latest

    where members.scope_type in ('all', 'segment')

),

-- Its segment's curve if that reaches the age of the account, else the company's.
curves as (

    select
        curve_candidates.account_id,
        curve_candidates.first_paid_date,
        curve_candidates.age_months,
        case when whole_life.age_months is not null then curve_candidates.scope_type end as curve_scope_type,
        case when whole_life.age_months is not null then curve_candidates.scope_value end as curve_scope_value,
        whole_life.horizon_months,
        whole_life.expected_months,
        whole_life.value_months,
        ahead.horizon_months as remaining_horizon_months,
        ahead.expected_months as remaining_months,
        ahead.value_months as remaining_value_months

    from curve_candidates
    left join expected_months as whole_life
        on
            curve_candidates.scope_type = whole_life.scope_type
            and curve_candidates.scope_value = whole_life.scope_value
            and whole_life.age_months = 0
    left join expected_months as ahead
        on
            curve_candidates.scope_type = ahead.scope_type
            and curve_candidates.scope_value = ahead.scope_value
            and curve_candidates.age_months = ahead.age_months

    qualify row_number() over (
        partition by curve_candidates.account_id
        order by
            case when ahead.age_months is not null then 0 when whole_life.age_months is not null then 1 else 2 end asc,
            curve_candidates.scope_type desc
    ) = 1

),

final as (

    select
        held.account_id,
        curves.first_paid_date,
        curves.age_months,
        held.mrr,
        held.months_held,
        held.ltv_to_date,
        curves.curve_scope_type,
        curves.curve_scope_value,
        curves.horizon_months,
        curves.expected_months,
        {{ money_times('held.mrr', 'curves.value_months') }} as expected_ltv,
        case when held.mrr > 0 then curves.remaining_horizon_months else 0 end as remaining_horizon_months,
        case when held.mrr > 0 then curves.remaining_months else 0 end as expected_remaining_months,
        case when held.mrr > 0 then {{ money_times('held.mrr', 'curves.remaining_value_months') }} else 0 end
            as expected_remaining,
        case
            when held.mrr = 0 then 'pays_nothing_today'
            when curves.horizon_months is null then 'too_few_customers'
            when curves.remaining_horizon_months is null then 'older_than_the_curve'
        end as null_reason

    from held
    inner join curves on held.account_id = curves.account_id

)

select * from final
