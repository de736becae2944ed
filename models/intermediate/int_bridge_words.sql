{% set languages = {
    'en': {
        'gap': ' ', 'comma': ', ', 'open': ' (', 'close': ')', 'was': ', expected NRR was ',
        'pays': 'pays ', 'more': ' more', 'less': ' less', 'agreed': ', as was agreed',
        'level': 'success level ', 'nearer': 'renewal came nearer', 'further': 'renewal moved further away',
        'notice': 'notice was given', 'no_notice': 'notice was withdrawn', 'term': 'contract term ',
        'ahead': 'change of price agreed for the year ahead ', 'rate': 'expected NRR of customers like it ',
        'left': 'left', 'gave_up': "'gave up ' || units.product_id",
        'came': 'new or returning customer', 'took_up': "'took up ' || units.product_id", 'expected': ', expected NRR ',
    },
    'ja': {
        'gap': '', 'comma': '、', 'open': '(', 'close': ')', 'was': '、予測NRRは',
        'pays': '支払額が', 'more': '増', 'less': '減', 'agreed': '(合意済み)',
        'level': 'サクセスレベル ', 'nearer': '更新が近づいた', 'further': '更新が先になった',
        'notice': '解約の通知あり', 'no_notice': '解約の通知の取り消し', 'term': '契約期間 ',
        'ahead': '今後1年の合意済みの価格改定 ', 'rate': '同じ条件の顧客の予測NRR ',
        'left': '解約', 'gave_up': "units.product_id || 'を解約'",
        'came': '新規または再開の顧客', 'took_up': "units.product_id || 'を新規契約'", 'expected': '、予測NRR ',
    },
} %}
-- Grain: one row per pair of dates of int_bridge_dates, account and product held on either: its parts of the bridge, and
-- what changed about it in words; NULL for what did not (E3).

with

units as (

    select
        *,
        sum(mrr_from) over account as account_mrr_from,
        sum(mrr_to) over account as account_mrr_to

    from {{ ref('int_bridge_units') }}

    window account as (partition by from_date, to_date, account_id)

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

bands as (

    select * from {{ ref('bands') }}

),

said as (

    select
        expectations.as_of_date,
        expectations.account_id,
        expectations.product_id,
        expectations.success_level,
        expectations.renewal_band,
        coalesce(renewal_bands.minimum, 0) as due_months,
        coalesce(cast(expectations.success_level as {{ dbt.type_string() }}), '?') as level_text,
        {% for language, say in languages.items() %}
            {{ spoken('expectations.expected_nrr', 100, "'%'", say.gap) }} as rate_{{ language }},
            coalesce(renewal_bands.label_{{ language }}, expectations.renewal_band) as renewal_{{ language }},
            coalesce(term_bands.label_{{ language }}, expectations.term_band) as term_{{ language }},
        {% endfor %}
        {{ rate('expectations.base_mrr - expectations.mrr', 'expectations.mrr') }} as agreed_change

    from expectations
    left join bands as renewal_bands
        on renewal_bands.band_set = 'renewal' and expectations.renewal_band = renewal_bands.band
    left join bands as term_bands on term_bands.band_set = 'term' and expectations.term_band = term_bands.band

),

final as (

    select
        units.from_date,
        units.to_date,
        units.account_id,
        units.product_id,
        before.success_level as level_from,
        after.success_level as level_to,
        before.renewal_band as renewal_from,
        after.renewal_band as renewal_to,
        {% for language, say in languages.items() %}
            case
                when units.membership = 'both' and units.mrr_to <> units.mrr_from
                    then
                        '{{ say.pays }}'
                        || {{ spoken("abs(" ~ rate('units.mrr_to - units.mrr_from', 'units.mrr_from') ~ ")", 100, "'%'", say.gap) }}
                        || case when units.mrr_to > units.mrr_from then '{{ say.more }}' else '{{ say.less }}' end
                        -- What is paid now lay ahead before.
                        || case
                            when sign(before.agreed_change) = sign(units.mrr_to - units.mrr_from) then '{{ say.agreed }}'
                            else ''
                        end
            end as size_{{ language }},
            case
                when units.membership = 'both' and before.level_text <> after.level_text
                    then '{{ say.level }}' || before.level_text || ' → ' || after.level_text
            end as level_{{ language }},
            nullif(substr(
                case
                    when units.membership <> 'both' or before.renewal_band = after.renewal_band then ''
                    when after.renewal_band = 'notice given' then '{{ say.comma }}{{ say.notice }}'
                    when before.renewal_band = 'notice given' then '{{ say.comma }}{{ say.no_notice }}'
                    else
                        '{{ say.comma }}'
                        || case when after.due_months < before.due_months then '{{ say.nearer }}' else '{{ say.further }}' end
                        || '{{ say.open }}' || before.renewal_{{ language }} || ' → ' || after.renewal_{{ language }} || '{{ say.close }}'
                end || case
                    when units.membership = 'both' and before.term_{{ language }} <> after.term_{{ language }}
                        then '{{ say.comma }}{{ say.term }}' || before.term_{{ language }} || ' → ' || after.term_{{ language }}
                    else ''
                end || case
                    when units.membership = 'both' and before.agreed_change <> after.agreed_change
                        then
                            '{{ say.comma }}{{ say.ahead }}' || {{ spoken('before.agreed_change', 100, "'%'", say.gap) }}
                            || ' → ' || {{ spoken('after.agreed_change', 100, "'%'", say.gap) }}
                    else ''
                end, {{ say.comma | length + 1 }}
            ), '') as contract_{{ language }},
            case
                when units.membership = 'both' and before.rate_{{ language }} <> after.rate_{{ language }}
                    then '{{ say.rate }}' || before.rate_{{ language }} || ' → ' || after.rate_{{ language }}
            end as rate_{{ language }},
            case
                when units.membership = 'left'
                    then
                        case when units.account_mrr_to = 0 then '{{ say.left }}' else {{ say.gave_up }} end
                        || '{{ say.was }}' || before.rate_{{ language }}
            end as left_{{ language }},
            case
                when units.membership = 'came'
                    then
                        case when units.account_mrr_from = 0 then '{{ say.came }}' else {{ say.took_up }} end
                        || '{{ say.expected }}' || after.rate_{{ language }}
            end as came_{{ language }},
        {% endfor %}
        case when units.membership = 'both' then units.expected_sized - units.expected_from else 0 end as size_mrr,
        units.expected_levelled - units.expected_sized as level_mrr,
        units.expected_contracted - units.expected_levelled as contract_mrr,
        case when units.membership = 'both' then units.expected_to - units.expected_contracted else 0 end as rate_mrr,
        case when units.membership = 'left' then -units.expected_from else 0 end as left_mrr,
        case when units.membership = 'came' then units.expected_to else 0 end as came_mrr

    from units
    left join said as before
        on
            units.from_date = before.as_of_date
            and units.account_id = before.account_id
            and units.product_id = before.product_id
    left join said as after
        on
            units.to_date = after.as_of_date
            and units.account_id = after.account_id
            and units.product_id = after.product_id

)

select * from final
