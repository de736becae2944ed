-- Grain: one row per as-of date, customer and product it holds (`all`: the customer as a whole): its success level, since
-- when, and what holds it there. Every date is made anew: since when looks back at days that thin out.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

account_levels as (

    select * from {{ ref('int_account_levels') }}

),

level_conditions as (

    select * from {{ ref('fct_level_condition') }}

),

placed as (

    select
        as_of_date,
        row_number() over (order by as_of_date) as position

    from spine

),

-- A stretch ends where the level changes, or where the customer was none on a date in between.
marked as (

    select
        account_levels.*,
        lag(placed.position) over unit is null
        or lag(placed.position) over unit < placed.position - 1
        or coalesce(lag(account_levels.success_level) over unit, -1) <> coalesce(account_levels.success_level, -1)
            as is_first_of_stretch

    from account_levels
    inner join placed on account_levels.as_of_date = placed.as_of_date

    window unit as (
        partition by account_levels.account_id, account_levels.product_id order by account_levels.as_of_date
    )

),

dated as (

    select
        *,
        max(case when is_first_of_stretch then as_of_date end) over (
            partition by account_id, product_id order by as_of_date
            rows between unbounded preceding and current row
        ) as level_since_date

    from marked

),

final as (

    select
        dated.as_of_date,
        dated.account_id,
        dated.product_id,
        dated.product_profile,
        dated.success_level,
        dated.measured_level,
        dated.level_low,
        dated.level_high,
        dated.level_since_date,
        cast({{ days_between('dated.level_since_date', 'dated.as_of_date') }} as int) as days_in_level,
        dated.capped_by,
        dated.blocking_condition,
        level_conditions.sentence_en as next_step_en,
        level_conditions.sentence_ja as next_step_ja,
        dated.conditions_met_out_of_order,
        dated.null_reason

    from dated
    left join level_conditions
        on
            dated.as_of_date = level_conditions.as_of_date
            and dated.account_id = level_conditions.account_id
            and dated.product_id = level_conditions.product_id
            and dated.blocking_condition = level_conditions.condition_key

)

select * from final
