-- Grain: one row per low NPS answer up to the newest as-of date: what the owner of the customer has to follow up (S7).

with

low_scores as (

    select * from {{ ref('int_low_scores') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

-- The due day itself is still in time, as in the action queue.
final as (

    select
        spine.as_of_date,
        low_scores.response_id,
        low_scores.account_id,
        accounts.owner_id,
        low_scores.touchpoint,
        low_scores.score,
        low_scores.previous_score,
        low_scores.reason,
        low_scores.responded_date as opened_date,
        low_scores.due_date,
        case when low_scores.null_reason is null then low_scores.first_touch_date end as first_touch_date,
        case when low_scores.null_reason is null then low_scores.hours_to_first_touch end as hours_to_first_touch,
        case
            when low_scores.null_reason is not null then null
            when low_scores.first_touch_date <= low_scores.due_date then 'in_time'
            when low_scores.first_touch_date > low_scores.due_date then 'late'
            when low_scores.due_date < spine.as_of_date then 'overdue'
            else 'open'
        end as status,
        case
            when low_scores.null_reason is not null then low_scores.null_reason
            when low_scores.first_touch_date is null then 'not_touched_yet'
        end as null_reason

    from low_scores
    inner join spine on spine.is_latest
    left join accounts on low_scores.account_id = accounts.account_id

)

select * from final
