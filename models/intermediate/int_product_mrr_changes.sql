-- Grain: one row per account, product and complete month in which its MRR changed: opening + fx + movement = closing.
-- Opening + fx is the opening at the exchange rates of this month (R4).

with

steps as (

    select * from {{ ref('int_mrr_steps') }}

),

month_ends as (

    select
        month,
        is_final,
        snapshot_date as month_end_date

    from {{ ref('int_snapshot_dates') }}

    where is_month_end

),

changes as (

    select
        account_id,
        product_id,
        month_end_date,
        {% for column in ['movement_mrr', 'fx_mrr', 'discount_mrr', 'fx_discount_mrr', 'seats', 'lines_without_seats'] -%}
            cast(sum({{ column }}) as bigint) as {{ column }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from steps

    group by 1, 2, 3

),

-- Everything before the month.
openings as (

    select
        *,
        {% for opening, change in [
            ('mrr', 'movement_mrr + fx_mrr'),
            ('discount_mrr', 'discount_mrr + fx_discount_mrr'),
            ('seats', 'seats'),
            ('lines_without_seats', 'lines_without_seats'),
        ] -%}
            cast(coalesce(sum({{ change }}) over (
                partition by account_id, product_id order by month_end_date
                rows between unbounded preceding and 1 preceding
            ), 0) as bigint) as opening_{{ opening }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from changes

),

-- A rate that takes a sum of a few yen to or from nothing is churn or reactivation: fx never changes who pays.
moved as (

    select
        *,
        case when opening_mrr > 0 and opening_mrr + fx_mrr > 0 then fx_mrr else 0 end as counted_fx_mrr,
        opening_mrr + fx_mrr + movement_mrr as closing_mrr

    from openings

),

final as (

    select
        moved.account_id,
        moved.product_id,
        month_ends.month,
        month_ends.month_end_date,
        month_ends.is_final,
        moved.opening_mrr,
        moved.counted_fx_mrr as fx_mrr,
        moved.closing_mrr - moved.opening_mrr - moved.counted_fx_mrr as movement_mrr,
        moved.closing_mrr,
        -moved.discount_mrr as discount_effect_mrr,
        -- The price of a seat is that of the opening, before discount. Seats are known when every line says how many.
        case
            when moved.opening_lines_without_seats = 0 and moved.lines_without_seats = 0
                then {{ divide_half_away(
                    '(moved.seats * (moved.opening_mrr + moved.counted_fx_mrr + moved.opening_discount_mrr'
                    ' + moved.fx_discount_mrr))',
                    'nullif(moved.opening_seats, 0)'
                ) }}
        end as seat_effect_mrr

    from moved
    inner join month_ends on moved.month_end_date = month_ends.month_end_date

    where moved.closing_mrr <> moved.opening_mrr or moved.counted_fx_mrr <> 0

)

select * from final
