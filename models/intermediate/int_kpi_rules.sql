-- Grain: one row per rule of a seed and indicator it reads: what cannot run when the indicator is unknown (T4).

with

level_conditions as (

    select * from {{ ref('success_level_conditions') }}

),

health_profiles as (

    select * from {{ ref('health_profiles') }}

),

score_caps as (

    select * from {{ ref('score_caps') }}

),

phases as (

    select * from {{ ref('phases') }}

),

funnel_stages as (

    select * from {{ ref('funnel_stages') }}

),

usage_statuses as (

    select * from {{ ref('usage_statuses') }}

),

final as (

    select distinct
        metric_key as kpi_key,
        'level ' || success_level || ' (' || product_profile || '): ' || label_en as rule_en,
        'レベル' || success_level || '(' || product_profile || '):' || label_ja as rule_ja

    from level_conditions

    union all

    select distinct
        metric_key as kpi_key,
        score_kind || ' score ' || profile_version || ' (' || product_profile || ', ' || phase || '): ' || component_key
            as rule_en,
        case when score_kind = 'approach' then 'アプローチスコア' else 'ヘルススコア' end || profile_version
        || '(' || product_profile || '・' || phase || '):' || component_key as rule_ja

    from health_profiles

    union all

    select distinct
        metric_key as kpi_key,
        'cap of the ' || score_kind || ' score ' || profile_version || ': ' || label_en as rule_en,
        'スコア上限' || profile_version || ':' || label_ja as rule_ja

    from score_caps

    union all

    select distinct
        metric_key as kpi_key,
        'phase (' || product_profile || '): ' || label_en as rule_en,
        'フェーズ(' || product_profile || '):' || label_ja as rule_ja

    from phases

    union all

    select distinct
        exit_metric_key as kpi_key,
        'end of phase (' || product_profile || '): ' || label_en as rule_en,
        'フェーズ終了(' || product_profile || '):' || label_ja as rule_ja

    from phases

    where exit_metric_key is not null

    union all

    select distinct
        kpi_key,
        'funnel (' || product_profile || '): ' || label_en as rule_en,
        'ファネル(' || product_profile || '):' || label_ja as rule_ja

    from funnel_stages

    union all

    select distinct
        'seat_utilisation' as kpi_key,
        'usage status (' || product_profile || ')' as rule_en,
        '利用ステータス(' || product_profile || ')' as rule_ja

    from usage_statuses

)

select * from final
