-- Grain: one row per leading indicator with readings before decided renewals: did customers in whom it stood higher stay
-- more often, and how much more of their value was held (S10)? What goes together need not be a cause.

with

halves as (

    select * from {{ ref('int_kpi_halves') }}

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

side_by_side as (

    select
        {%- for half in ['upper', 'lower'] %}
            {%- for column in ['accounts', 'renewed', 'accounts_with_a_year'] %}
                coalesce(max(case when half = '{{ half }}' then {{ column }} end), 0) as {{ half }}_{{ column }},
            {%- endfor %}
            {%- for column in ['mean_value_kept', 'mean_variance'] %}
                max(case when half = '{{ half }}' then {{ column }} end) as {{ half }}_{{ column }},
            {%- endfor %}
        {%- endfor %}
        kpi_key,
        max(median_value) as median_value

    from halves

    group by kpi_key

),

-- One customer alone has no spread.
judged as (

    select
        side_by_side.*,
        least(side_by_side.upper_accounts, side_by_side.lower_accounts) >= policies.effect_min_accounts
            as is_reportable,
        least(side_by_side.upper_accounts_with_a_year, side_by_side.lower_accounts_with_a_year)
        >= greatest(policies.effect_min_accounts, 2) as is_value_reportable

    from side_by_side
    cross join policies

),

-- Wilson's interval of each rate: the building block of Newcombe's interval for their difference.
wilson as (

    select
        {%- for half in ['upper', 'lower'] %}
            cast({{ half }}_renewed as double) / nullif({{ half }}_accounts, 0) as {{ half }}_rate,
            {%- for end, sign in [('low', '-'), ('high', '+')] %}
                (
                    {{ half }}_renewed + power(1.96, 2) / 2
                    {{ sign }} 1.96 * sqrt(
                        cast({{ half }}_renewed as double) * ({{ half }}_accounts - {{ half }}_renewed)
                        / nullif({{ half }}_accounts, 0) + power(1.96, 2) / 4
                    )
                ) / ({{ half }}_accounts + power(1.96, 2)) as {{ half }}_{{ end }},
            {%- endfor %}
        {%- endfor %}
        *

    from judged

),

final as (

    select
        wilson.kpi_key,
        kpi_catalog.stage,
        kpi_catalog.label_en,
        kpi_catalog.label_ja,
        kpi_catalog.direction,
        'observational' as evidence,
        wilson.median_value,
        wilson.upper_accounts,
        wilson.lower_accounts,
        wilson.upper_renewed,
        wilson.lower_renewed,
        {{ nine_decimals('wilson.upper_rate') }} as upper_renewal_rate,
        {{ nine_decimals('wilson.lower_rate') }} as lower_renewal_rate,
        case when wilson.is_reportable then {{ nine_decimals('wilson.upper_rate - wilson.lower_rate') }} end
            as renewal_rate_difference,
        case
            when wilson.is_reportable
                then {{ nine_decimals('wilson.upper_rate - wilson.lower_rate - sqrt(
                    power(wilson.upper_rate - wilson.upper_low, 2) + power(wilson.lower_high - wilson.lower_rate, 2)
                )') }}
        end as renewal_rate_difference_low,
        case
            when wilson.is_reportable
                then {{ nine_decimals('wilson.upper_rate - wilson.lower_rate + sqrt(
                    power(wilson.upper_high - wilson.upper_rate, 2) + power(wilson.lower_rate - wilson.lower_low, 2)
                )') }}
        end as renewal_rate_difference_high,
        case
            when not wilson.is_reportable and least(wilson.upper_accounts, wilson.lower_accounts) = 0
                then 'no_variation'
            when not wilson.is_reportable then 'too_few_customers'
        end as renewal_null_reason,
        wilson.upper_accounts_with_a_year,
        wilson.lower_accounts_with_a_year,
        wilson.upper_mean_value_kept,
        wilson.lower_mean_value_kept,
        case
            when wilson.is_value_reportable
                then {{ nine_decimals('wilson.upper_mean_value_kept - wilson.lower_mean_value_kept') }}
        end as value_kept_difference,
        {%- for end, sign in [('low', '-'), ('high', '+')] %}
            case
                when wilson.is_value_reportable
                    then {{ nine_decimals('wilson.upper_mean_value_kept - wilson.lower_mean_value_kept ' ~ sign ~ '
                        1.96 * sqrt(wilson.upper_mean_variance + wilson.lower_mean_variance)') }}
            end as value_kept_difference_{{ end }},
        {%- endfor %}
        case when not wilson.is_value_reportable then 'too_few_customers' end as value_null_reason

    from wilson
    inner join kpi_catalog on wilson.kpi_key = kpi_catalog.kpi_key

)

select * from final
