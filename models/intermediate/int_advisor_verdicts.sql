-- Grain: one row per product profile and indicator known at the start of a matured year: what the advisor makes of it,
-- beside the conditions of the success levels that use it now (L5).

with

advisor_windows as (

    select * from {{ ref('int_advisor_windows') }}

),

cuts as (

    select * from {{ ref('int_advisor_cuts') }}

),

tests as (

    select * from {{ ref('int_advisor_tests') }}

),

conditions as (

    select * from {{ ref('success_level_conditions') }}

),

metrics as (

    select
        product_profile,
        metric_key,
        max(direction) as direction,
        count(case when part = 'train' then 1 end) as train_windows,
        count(case when part = 'test' then 1 end) as test_windows

    from advisor_windows

    group by 1, 2

),

metrics_with_cuts as (

    select distinct
        product_profile,
        metric_key

    from cuts

),

profiles_with_own_conditions as (

    select distinct product_profile from conditions

),

-- A profile without conditions of its own uses the default ones, and so does the whole.
condition_profiles as (

    select
        metrics.product_profile,
        metrics.metric_key,
        coalesce(own.product_profile, 'default') as condition_profile

    from metrics
    left join profiles_with_own_conditions as own on metrics.product_profile = own.product_profile

),

-- Where on the grid a condition stands: so many thresholds lie at or below it.
placed_conditions as (

    select
        condition_profiles.product_profile,
        condition_profiles.metric_key,
        conditions.condition_key,
        max(
            conditions.condition_key || ' ' || conditions.operator || ' '
            || cast(conditions.threshold as {{ dbt.type_string() }})
        ) as condition_text,
        count(cuts.cut_number) as cut_number

    from condition_profiles
    inner join conditions
        on
            condition_profiles.condition_profile = conditions.product_profile
            and condition_profiles.metric_key = conditions.metric_key
    left join cuts
        on
            condition_profiles.product_profile = cuts.product_profile
            and condition_profiles.metric_key = cuts.metric_key
            and conditions.threshold >= cuts.cut_value

    group by 1, 2, 3

),

current_conditions as (

    select
        placed_conditions.product_profile,
        placed_conditions.metric_key,
        min(abs(placed_conditions.cut_number - tests.proposed_cut_number)) as steps_away,
        {{ words_in_order('placed_conditions.condition_text') }} as current_conditions

    from placed_conditions
    left join tests
        on
            placed_conditions.product_profile = tests.product_profile
            and placed_conditions.metric_key = tests.metric_key

    group by 1, 2

),

-- Useful: more than 95 % of shuffles of its own grid give, and still so beside all the other indicators looked at.
judged as (

    select
        metrics.*,
        tests.proposed_cut_number,
        tests.draws,
        tests.gain / tests.test_windows as proposed_gain,
        tests.gain_by_chance / metrics.test_windows as gain_by_chance,
        tests.p_value,
        tests.adjusted_p_value,
        current_conditions.current_conditions,
        current_conditions.steps_away,
        case
            when metrics.train_windows = 0 then 'no_year_matured_before_the_test'
            when metrics.test_windows = 0 then 'not_known_in_the_test'
            when metrics_with_cuts.metric_key is null then 'hardly_any_variation'
            when tests.metric_key is null then 'too_few_churned'
        end as null_reason,
        tests.gain > tests.gain_by_chance and tests.adjusted_p_value <= 0.05 as is_useful

    from metrics
    left join metrics_with_cuts
        on
            metrics.product_profile = metrics_with_cuts.product_profile
            and metrics.metric_key = metrics_with_cuts.metric_key
    left join tests on metrics.product_profile = tests.product_profile and metrics.metric_key = tests.metric_key
    left join current_conditions
        on
            metrics.product_profile = current_conditions.product_profile
            and metrics.metric_key = current_conditions.metric_key

),

final as (

    select
        product_profile,
        metric_key,
        direction,
        proposed_cut_number,
        {{ nine_decimals('proposed_gain') }} as proposed_gain,
        {{ nine_decimals('gain_by_chance') }} as gain_by_chance,
        p_value,
        adjusted_p_value,
        is_useful,
        current_conditions,
        case
            when null_reason is not null then 'not_reportable'
            when not is_useful then 'not_useful'
            when current_conditions is null then 'worth_a_condition'
            when steps_away <= 1 then 'condition_stands'
            else 'other_threshold'
        end as verdict,
        null_reason

    from judged

)

select * from final
