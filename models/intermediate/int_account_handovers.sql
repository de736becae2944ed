-- Grain: one row per account and product handed over from sales to customer success; of merged accounts the hand-over
-- that came first. What is dated after the newest as-of date has not happened yet; a plan may lie ahead.

with

handovers as (

    select * from {{ ref('stg_handovers') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

final as (

    select
        hierarchy.surviving_account_id as account_id,
        handovers.product_id,
        {% for event in ['handed_over_date', 'csm_assigned_date', 'kickoff_date', 'delivery_date'] %}
            case when handovers.{{ event }} <= spine.as_of_date then handovers.{{ event }} end as {{ event }},
        {% endfor %}
        handovers.kickoff_planned_date,
        handovers.delivery_planned_date,
        coalesce(handovers.is_goal_filled, false) as is_goal_filled,
        coalesce(handovers.is_info_complete, false) as is_info_complete

    from handovers
    inner join hierarchy on handovers.account_id = hierarchy.account_id
    inner join spine on spine.is_latest

    qualify row_number() over (
        partition by hierarchy.surviving_account_id, handovers.product_id
        order by
            coalesce(handovers.handed_over_date, cast('9999-12-31' as date)),
            case when handovers.account_id = hierarchy.surviving_account_id then 0 else 1 end,
            handovers.account_id
    ) = 1

)

select * from final
