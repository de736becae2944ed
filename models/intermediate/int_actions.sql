{% set families = ['int_action_renewals', 'int_action_answers', 'int_action_falls', 'int_action_standing'] %}
-- Grain: one row per customer and reason to act on the newest as-of date (A1): its products together, the worst of them
-- speaks.

with

items as (

    {% for family in families %}
        select
            account_id,
            product_id,
            reason_key,
            threshold,
            started_by,
            opened_date,
            due_date,
            mrr,
            sentence_en,
            sentence_ja

        from {{ ref(family) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

level_gains as (

    select * from {{ ref('int_level_gains') }}

),

-- The customer as a whole says nothing more where a product of it does.
told as (

    select * from items

    qualify
        product_id <> 'all'
        or count(case when product_id <> 'all' then 1 end) over (partition by account_id, reason_key) = 0

),

-- A gain is of a contract one level higher: only reasons that are about the level have one, and a product has it once.
weighed as (

    select
        told.*,
        told.reason_key in ('blocked_level', 'level_fall', 'renewal_low_level') as is_about_level,
        level_gains.expected_mrr_gain,
        level_gains.null_reason as gain_null_reason,
        row_number() over (
            partition by told.account_id, told.reason_key, told.product_id
            order by told.threshold, told.due_date, told.started_by
        ) as place_in_product,
        row_number() over (
            partition by told.account_id, told.reason_key
            order by told.threshold asc, told.mrr desc, told.product_id asc, told.due_date asc
        ) as place

    from told
    left join level_gains on told.account_id = level_gains.account_id and told.product_id = level_gains.product_id

),

added as (

    select
        account_id,
        reason_key,
        min(started_by) as started_by,
        min(opened_date) as opened_date,
        min(due_date) as due_date,
        cast(count(case when place_in_product = 1 then 1 end) as bigint) as products,
        cast(sum(mrr) as bigint) as mrr_at_stake,
        sum(case when is_about_level and place_in_product = 1 then expected_mrr_gain end) as expected_mrr_gain,
        case
            when count(case when is_about_level then expected_mrr_gain end) > 0 then null
            when count(case when is_about_level then 1 end) = 0 then 'reason_is_not_about_the_level'
            else coalesce(min(gain_null_reason), 'without_mrr')
        end as gain_null_reason

    from weighed

    group by 1, 2

),

final as (

    select
        added.account_id,
        added.reason_key,
        weighed.product_id,
        weighed.threshold,
        added.products,
        added.started_by,
        added.opened_date,
        added.due_date,
        added.mrr_at_stake,
        added.expected_mrr_gain,
        added.gain_null_reason,
        weighed.sentence_en,
        weighed.sentence_ja

    from added
    inner join weighed
        on added.account_id = weighed.account_id and added.reason_key = weighed.reason_key and weighed.place = 1

)

select * from final
