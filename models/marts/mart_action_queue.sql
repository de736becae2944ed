-- Grain: one row per customer and reason to act on the newest as-of date: whom to call, why, by when, and what is at
-- stake (A1).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

actions as (

    select * from {{ ref('int_actions') }}

),

rules as (

    select * from {{ ref('action_rules') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

success_levels as (

    select * from {{ ref('fct_success_level') }}

),

health_components as (

    select * from {{ ref('fct_health_component') }}

    where score_kind = 'health' and position = 1 and lost_points > 0

),

last_touches as (

    select
        account_id,
        max(last_touch_date) as last_touch_date

    from {{ ref('int_touch_months') }}

    group by 1

),

-- Where no touch of anybody is recorded, nobody knows who is untouched.
touch_records as (

    select count(*) > 0 as are_there from last_touches

),

book as (

    select cast(sum(mrr) as bigint) as mrr from {{ ref('int_level_gains') }}

),

-- What to work on: what the next level lacks, or what the health loses most points by.
worded as (

    select
        actions.*,
        spine.as_of_date,
        rules.urgency,
        rules.label_en,
        rules.label_ja,
        accounts.owner_id,
        last_touches.last_touch_date,
        case
            when touch_records.are_there then coalesce(actions.opened_date < last_touches.last_touch_date, false)
        end as is_touched,
        -- A level is lifted over months, with many touches: those that gain most come first.
        case
            when actions.reason_key = 'blocked_level' then actions.expected_mrr_gain else actions.mrr_at_stake
        end as order_amount,
        actions.reason_key <> 'blocked_level'
        and coalesce(actions.opened_date < last_touches.last_touch_date, false) as is_called,
        {{ rate('actions.expected_mrr_gain', 'book.mrr') }} as expected_nrr_gain,
        coalesce(
            ' Next step – ' || success_levels.next_step_en || '.', ' Most points lost – ' || health_components.sentence_en || '.', ''
        ) as work_on_en,
        coalesce(
            '次のステップは「' || success_levels.next_step_ja || '」です。',
            '最大の減点要因は「' || health_components.sentence_ja || '」です。', ''
        ) as work_on_ja

    from actions
    inner join spine on spine.is_latest
    cross join book
    cross join touch_records
    inner join rules on actions.reason_key = rules.reason_key and actions.threshold = rules.threshold
    left join accounts on actions.account_id = accounts.account_id
    left join last_touches on actions.account_id = last_touches.account_id
    left join success_levels
        on
            spine.as_of_date = success_levels.as_of_date
            and case
                when actions.reason_key in ('blocked_level', 'level_fall', 'renewal_low_level') then actions.account_id
            end = success_levels.account_id
            and actions.product_id = success_levels.product_id
    left join health_components
        on
            spine.as_of_date = health_components.as_of_date
            and case when actions.reason_key = 'score_fall' then actions.account_id end = health_components.account_id
            and actions.product_id = health_components.product_id

),

final as (

    select
        as_of_date,
        -- A letter first: a sheet takes 1234e567 for a number.
        'a' || substr(md5(account_id || '|' || reason_key || '|' || started_by), 1, 15) as action_id,
        cast(
            row_number() over (
                order by
                    urgency asc,
                    is_called asc,
                    order_amount desc,
                    due_date asc,
                    account_id asc,
                    reason_key asc
            ) as int
        ) as priority,
        urgency,
        account_id,
        owner_id,
        reason_key,
        label_en,
        label_ja,
        sentence_en || work_on_en as sentence_en,
        sentence_ja || work_on_ja as sentence_ja,
        product_id,
        products,
        mrr_at_stake,
        cast(round(expected_mrr_gain, 0) as bigint) as expected_mrr_gain,
        expected_nrr_gain,
        gain_null_reason,
        opened_date,
        due_date,
        last_touch_date,
        is_touched,
        due_date < as_of_date and not coalesce(is_touched, false) as is_overdue

    from worded

)

select * from final
