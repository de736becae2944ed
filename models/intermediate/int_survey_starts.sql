-- Grain: one row per account with a survey answer, an invitation or a touch up to the as-of date: the first day of each.

with

events as (

    select * from {{ ref('int_survey_events') }}

),

touches as (

    select * from {{ ref('stg_touches') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

first_days as (

    select
        account_id,
        min(case when event_kind = 'answer' then event_date end) as first_answer_date,
        min(case when event_kind = 'answer' and survey_type = 'nps' then event_date end) as first_nps_date,
        min(case when event_kind = 'answer' and survey_type = 'nps' and product_id is not null then event_date end)
            as first_product_nps_date,
        min(case when event_kind = 'invitation' then event_date end) as first_invitation_date,
        min(case when event_kind = 'invitation' and user_id is not null then event_date end)
            as first_user_invitation_date,
        min(case when event_kind = 'invitation' and user_id is not null and product_id is not null then event_date end)
            as first_product_invitation_date,
        cast(null as date) as first_touch_date

    from events

    group by 1

    union all

    select
        hierarchy.surviving_account_id as account_id,
        cast(null as date) as first_answer_date,
        cast(null as date) as first_nps_date,
        cast(null as date) as first_product_nps_date,
        cast(null as date) as first_invitation_date,
        cast(null as date) as first_user_invitation_date,
        cast(null as date) as first_product_invitation_date,
        min(touches.touched_date) as first_touch_date

    from touches
    inner join hierarchy on touches.account_id = hierarchy.account_id

    group by 1

),

final as (

    select
        account_id,
        min(first_answer_date) as first_answer_date,
        min(first_nps_date) as first_nps_date,
        min(first_product_nps_date) as first_product_nps_date,
        min(first_invitation_date) as first_invitation_date,
        min(first_user_invitation_date) as first_user_invitation_date,
        min(first_product_invitation_date) as first_product_invitation_date,
        min(first_touch_date) as first_touch_date

    from first_days

    group by 1

)

select * from final
