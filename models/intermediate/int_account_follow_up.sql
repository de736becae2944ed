{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and account with a low NPS answer of the last year whose follow-up can be judged.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

low_scores as (

    select * from {{ ref('int_low_scores') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- The due day itself is still in time: what is due on the as-of date is not judged yet.
final as (

    select
        to_build.as_of_date,
        low_scores.account_id,
        cast(count(case when low_scores.due_date < to_build.as_of_date then 1 end) as bigint) as due,
        cast(
            count(
                case
                    when
                        low_scores.due_date < to_build.as_of_date
                        and low_scores.first_touch_date <= low_scores.due_date
                        then 1
                end
            ) as bigint
        ) as touched_in_time,
        cast(count(case when low_scores.first_touch_date <= to_build.as_of_date then 1 end) as bigint) as touched,
        cast(
            coalesce(
                sum(
                    case
                        when low_scores.first_touch_date <= to_build.as_of_date then low_scores.seconds_to_first_touch
                    end
                ), 0
            ) as bigint
        ) as seconds_to_first_touch

    from low_scores
    cross join policies
    inner join to_build
        on
            low_scores.responded_date <= to_build.as_of_date
            and {{ days_between('low_scores.responded_date', 'to_build.as_of_date') }} < policies.nps_answer_valid_days

    where low_scores.null_reason is null

    group by 1, 2

)

select * from final
