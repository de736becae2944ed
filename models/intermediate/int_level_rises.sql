{% set groups = ['risen', 'stayed'] %}
-- Grain: one row per level with matured years: NRR of accounts that rose by one level within a year beside those that stayed
-- (E4), with the interval of the difference over accounts: their years are not independent.

with

observed as (

    select * from {{ ref('int_observed_moves') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

accounts as (

    select
        {% for group in groups %}
            {%- set is_in = 'has_risen' if group == 'risen' else 'not has_risen' %}
            count(case when {{ is_in }} then 1 end) as {{ group }}_windows,
            cast(sum(case when {{ is_in }} then mrr_start else 0 end) as bigint) as {{ group }}_start,
            cast(sum(case when {{ is_in }} then mrr_end else 0 end) as bigint) as {{ group }}_end,
        {% endfor %}
        from_level,
        account_id

    from observed

    group by from_level, account_id

),

levels as (

    select
        {% for group in groups %}
            cast(count(case when {{ group }}_windows > 0 then 1 end) as bigint) as {{ group }}_accounts,
            cast(sum({{ group }}_windows) as bigint) as {{ group }}_windows,
            cast(sum({{ group }}_start) as double) as {{ group }}_start,
            cast(sum({{ group }}_end) as double) / nullif(cast(sum({{ group }}_start) as double), 0)
                as {{ group }}_nrr,
        {% endfor %}
        from_level,
        count(*) as accounts

    from accounts

    group by from_level

),

-- How far each account pulls the difference of the two ratios.
pulls as (

    select
        accounts.from_level,
        {% for group in groups -%}
            {{ '- ' if not loop.first }}
            (accounts.{{ group }}_end - levels.{{ group }}_nrr * accounts.{{ group }}_start) / levels.{{ group }}_start
        {% endfor %} as pull

    from accounts
    inner join levels on accounts.from_level = levels.from_level

),

-- Decimals add up to the same digits in any order.
variances as (

    select
        from_level,
        cast(sum(cast(pull * pull as decimal(30, 18))) as double) as variance

    from pulls

    group by from_level

),

judged as (

    select
        levels.*,
        {{ z_95() }} * sqrt(variances.variance * levels.accounts / nullif(levels.accounts - 1, 0)) as half_width,
        least(levels.risen_accounts, levels.stayed_accounts) >= policies.effect_min_accounts as is_reportable

    from levels
    inner join variances on levels.from_level = variances.from_level
    cross join policies

),

final as (

    select
        from_level,
        {% for group in groups %}
            {{ group }}_accounts,
            {{ group }}_windows,
            {{ nine_decimals(group ~ '_nrr') }} as {{ group }}_nrr,
        {% endfor %}
        case when is_reportable then {{ nine_decimals('risen_nrr - stayed_nrr') }} end as nrr_difference,
        case when is_reportable then {{ nine_decimals('risen_nrr - stayed_nrr - half_width') }} end
            as nrr_difference_low,
        case when is_reportable then {{ nine_decimals('risen_nrr - stayed_nrr + half_width') }} end
            as nrr_difference_high,
        case when not is_reportable then 'too_few_accounts' end as null_reason

    from judged

)

select * from final
