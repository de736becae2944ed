-- Grain: one row per touch type and decided renewal cycle touched by it, at its first touch, and one per touch type,
-- cycle and stratum in which it stands for the untouched; with what came of the renewal (A2).

with

first_touches as (

    select * from {{ ref('int_first_touches') }}

),

controls as (

    select * from {{ ref('int_touch_controls') }}

),

cycle_months as (

    select * from {{ ref('int_cycle_months') }}

),

-- Who was touched before the first month end as a customer has no stratum, and so no control.
touched as (

    select
        first_touches.touch_type,
        first_touches.account_id,
        first_touches.product_id,
        first_touches.due_date,
        first_touches.touched_date,
        first_touches.is_renewed,
        cycle_months.as_of_date,
        cycle_months.success_level,
        cycle_months.renewal_band,
        cycle_months.health_band,
        coalesce(cycle_months.is_matured, true) as is_matured

    from first_touches
    left join cycle_months
        on
            first_touches.account_id = cycle_months.account_id
            and first_touches.product_id = cycle_months.product_id
            and first_touches.due_date = cycle_months.due_date
            and first_touches.touched_date >= cycle_months.from_date
            and first_touches.touched_date < cycle_months.to_date_exclusive

),

untouched as (

    select
        controls.touch_type,
        controls.account_id,
        controls.product_id,
        controls.due_date,
        cast(null as date) as touched_date,
        cycle_months.is_renewed,
        cycle_months.as_of_date,
        cycle_months.success_level,
        cycle_months.renewal_band,
        cycle_months.health_band,
        cycle_months.is_matured

    from controls
    inner join cycle_months
        on
            controls.as_of_date = cycle_months.as_of_date
            and controls.account_id = cycle_months.account_id
            and controls.product_id = cycle_months.product_id
            and controls.due_date = cycle_months.due_date

),

both_sides as (

    select * from touched
    union all
    select * from untouched

),

-- Within a stratum a cycle counts once, and is not its own control.
final as (

    select
        touch_type,
        account_id,
        product_id,
        due_date,
        as_of_date,
        success_level,
        renewal_band,
        health_band,
        touched_date is not null as is_touched,
        touched_date,
        is_renewed

    from both_sides

    where is_matured

    qualify row_number() over (
        partition by touch_type, account_id, product_id, due_date, success_level, renewal_band, health_band
        order by case when touched_date is not null then 0 else 1 end, as_of_date
    ) = 1

)

select * from final
