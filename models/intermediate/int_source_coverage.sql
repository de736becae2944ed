-- Grain: one row per source, column that an indicator needs, and account with a value in it: since when (T4). A content
-- catalogue covers every account.

{# source, the column that says of which day a row is (none: of today), columns #}
{% set dated = [
    ('contracts', 'start_date', ['contract_id', 'quantity', 'end_date_exclusive']),
    ('surveys', 'responded_date', ['score', 'user_id']),
    ('survey_invitations', 'sent_date', ['user_id']),
    ('users', 'issued_date', ['user_id']),
    ('announcement_deliveries', 'delivered_date', ['announcement_id']),
    ('onboarding_tasks', none, ['task_key', 'planned_date', 'completed_date', 'done_by']),
    ('handovers', none, [
        'kickoff_date', 'kickoff_planned_date', 'delivery_date', 'delivery_planned_date', 'is_goal_filled',
        'is_info_complete', 'csm_assigned_date'
    ]),
    ('touches', 'touched_date', ['touch_id', 'minutes']),
    ('goals', 'set_date', ['target']),
    ('reviews', 'recorded_date', ['kind']),
] %}

with

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

account_days as (

    select * from {{ ref('int_account_days') }}

),

content_days as (

    select * from {{ ref('int_content_days') }}

),

content_catalog as (

    select * from {{ ref('stg_content_catalog') }}

),

goals as (

    select * from {{ ref('stg_goals') }}

),

goal_actuals as (

    select * from {{ ref('stg_goal_actuals') }}

),

found as (

    -- Log-ins and accesses are counted by day already: their raw rows are many.
    select
        'logins' as source_name,
        'user_id' as column_name,
        account_id,
        min(login_date) as first_date,
        max(login_date) as newest_date

    from account_days

    group by 3

    union all

    select
        'usage_events' as source_name,
        'content_id' as column_name,
        account_id,
        min(occurred_date) as first_date,
        max(occurred_date) as newest_date

    from content_days

    where content_id is not null

    group by 3

    union all

    select
        'goal_actuals' as source_name,
        'value' as column_name,
        goals.account_id,
        min(goal_actuals.measured_date) as first_date,
        max(goal_actuals.measured_date) as newest_date

    from goal_actuals
    inner join goals on goal_actuals.goal_id = goals.goal_id

    group by 3

    {% for column in ['content_id', 'is_basic', 'topic'] %}
        union all

        select
            'content_catalog' as source_name,
            '{{ column }}' as column_name,
            hierarchy.account_id,
            min(content_catalog.available_from_date) as first_date,
            max(content_catalog.available_from_date) as newest_date

        from content_catalog
        cross join hierarchy

        where content_catalog.{{ column }} is not null

        group by 3
    {% endfor %}

    {% for source, day, columns in dated %}
        {% for column in columns %}
            union all

            select
                '{{ source }}' as source_name,
                '{{ column }}' as column_name,
                account_id,
                {{ 'min(' ~ day ~ ')' if day else 'cast(null as date)' }} as first_date,
                {{ 'max(' ~ day ~ ')' if day else 'cast(null as date)' }} as newest_date

            from {{ ref('stg_' ~ source) }}

            where {{ column }} is not null

            group by 3
        {% endfor %}
    {% endfor %}

),

final as (

    select
        found.source_name,
        found.column_name,
        hierarchy.surviving_account_id as account_id,
        min(found.first_date) as first_date,
        max(found.newest_date) as newest_date

    from found
    inner join hierarchy on found.account_id = hierarchy.account_id

    group by 1, 2, 3

)

select * from final
