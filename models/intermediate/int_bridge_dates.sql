-- Grain: one row per stretch the bridge is shown for by default (day, week, month, quarter): the newest as-of date, and
-- the earlier date it is compared with (E3).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

newest as (

    select as_of_date
    from spine
    where is_latest

),

-- Quarters are those of the fiscal year.
candidates as (

    select
        newest.as_of_date as to_date,
        max(spine.as_of_date) as day_date,
        max(case when spine.as_of_date <= {{ plus_days('newest.as_of_date', -7) }} then spine.as_of_date end)
            as week_date,
        max(case when spine.is_month_end then spine.as_of_date end) as month_date,
        max(case
            when
                spine.is_month_end
                and mod(
                    cast(extract(month from spine.as_of_date) as int)
                    - cast(policies.fiscal_year_start_month as int) + 13, 3
                ) = 0
                then spine.as_of_date
        end) as quarter_date

    from newest
    cross join policies
    inner join spine on newest.as_of_date > spine.as_of_date

    group by 1

),

final as (

    {% for stretch in ['day', 'week', 'month', 'quarter'] %}
        select
            '{{ stretch }}' as stretch,
            {{ stretch }}_date as from_date,
            to_date

        from candidates

        where {{ stretch }}_date is not null

        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from final
