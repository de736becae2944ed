-- Grain: one row per target of NRR and month of its period, 0 is the day before it: how much of the way from where it
-- starts to the target a plan asks for by the end of that month, and by which shape (E5).

with

nrr_targets as (

    select * from {{ ref('int_nrr_targets') }}

),

shapes as (

    select * from {{ ref('int_target_shapes') }}

),

fits as (

    select * from {{ ref('int_target_shape_fits') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

taught as (

    select
        target_key,
        max(accounts) as accounts,
        count(case when month_number < 12 then 1 end) as months

    from shapes

    group by 1

),

risen as (

    select distinct target_key from fits

),

-- A shape needs a year to be seen in, enough customers to be seen on, and a rise.
chosen as (

    select
        nrr_targets.*,
        coalesce(taught.accounts, 0) as shape_accounts,
        case
            when nrr_targets.period_months <> 12 then 'period_is_not_a_year'
            when
                coalesce(taught.accounts, 0) < policies.target_shape_min_accounts or taught.months < 12
                then 'too_few_customers'
            when risen.target_key is null then 'no_rise_to_follow'
        end as straight_line_reason

    from nrr_targets
    cross join policies
    left join taught on nrr_targets.target_key = taught.target_key
    left join risen on nrr_targets.target_key = risen.target_key

),

months as (

    {% for month in range(37) -%}
        select {{ month }} as month_number
        {%- if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

final as (

    select
        chosen.target_key,
        months.month_number,
        {{ months_before('chosen.start_date', '-1 * months.month_number') }} as curve_date,
        chosen.shape_accounts,
        shapes.expected_nrr as shape_nrr,
        chosen.straight_line_reason,
        case
            when months.month_number = 0 then cast(0 as double)
            when months.month_number = chosen.period_months then cast(1 as double)
            when chosen.straight_line_reason is null then fits.share_of_way
            else {{ nine_decimals('cast(months.month_number as double) / chosen.period_months') }}
        end as share_of_way

    from chosen
    inner join months on chosen.period_months >= months.month_number
    left join shapes on chosen.target_key = shapes.target_key and months.month_number = shapes.month_number
    left join fits on chosen.target_key = fits.target_key and months.month_number = fits.month_number

)

select * from final
