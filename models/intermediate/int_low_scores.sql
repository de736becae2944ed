-- Grain: one row per low NPS answer up to the as-of date: a detractor's, or one that fell against the same user's answer
-- before it (S7), with the first touch of the customer after it.

with

survey_answers as (

    select * from {{ ref('int_survey_answers') }}

),

touches as (

    select * from {{ ref('stg_touches') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

compared as (

    select
        *,
        lag(score) over (partition by account_id, respondent order by responded_at, response_id) as previous_score

    from survey_answers

),

low as (

    select
        compared.*,
        {{ plus_days('compared.responded_date', 'policies.follow_up_due_days') }} as due_date,
        compared.score <= 6 as is_low,
        coalesce(compared.previous_score - compared.score >= policies.low_score_fall, false) as is_fall

    from compared
    cross join policies

    where compared.score <= 6 or compared.previous_score - compared.score >= policies.low_score_fall

),

-- A merged account is looked after by whoever looks after the one it became.
account_touches as (

    select
        hierarchy.surviving_account_id as account_id,
        touches.touch_id,
        touches.touched_at,
        touches.touched_date

    from touches
    inner join hierarchy on touches.account_id = hierarchy.account_id
    inner join spine on spine.is_latest and touches.touched_date <= spine.as_of_date

),

touches_start as (

    select min(touched_date) as first_touched_date from account_touches

),

-- A touch known by its date stands at the midnight that begins the day. If the answer is known by its date too, a touch
-- on that day counts, after no hours; if the answer has its time, nobody can say that the touch came after it.
first_touches as (

    select
        low.response_id,
        low.responded_at,
        account_touches.touched_at,
        account_touches.touched_date

    from low
    inner join account_touches
        on low.account_id = account_touches.account_id and low.responded_at <= account_touches.touched_at

    qualify row_number() over (
        partition by low.response_id order by account_touches.touched_at asc, account_touches.touch_id asc
    ) = 1

),

waits as (

    select
        response_id,
        touched_date,
        {{ dbt.datediff('responded_at', 'touched_at', 'second') }} as seconds

    from first_touches

),

final as (

    select
        low.response_id,
        low.account_id,
        low.touchpoint,
        low.score,
        low.previous_score,
        case when low.is_low and low.is_fall then 'both' when low.is_low then 'low_score' else 'fall' end as reason,
        low.responded_at,
        low.responded_date,
        low.due_date,
        waits.touched_date as first_touch_date,
        cast(waits.seconds as bigint) as seconds_to_first_touch,
        {{ nine_decimals('cast(waits.seconds as double) / 3600') }} as hours_to_first_touch,
        -- What was due before the first touch of anybody was recorded cannot be judged.
        case
            when touches_start.first_touched_date is null then 'no_touches_yet'
            when low.due_date < touches_start.first_touched_date then 'touches_start_later'
        end as null_reason

    from low
    cross join touches_start
    left join waits on low.response_id = waits.response_id

)

select * from final
