{% set parts = ['size', 'level', 'contract', 'rate', 'left', 'came'] %}
{# A part may move without a change of its own product: other customers moved, or the first date knew no such cell. #}
{% set without_words = {
    'size': {'en': "'weighs otherwise, as others pay more or less'", 'ja': "'他の顧客の支払額の増減により比重が変化'"},
    'level': {'en': "'this level was not known on the first date'", 'ja': "'前の時点になかったレベル'"},
    'contract': {'en': "'such contracts were not known on the first date'", 'ja': "'前の時点になかった契約条件'"},
    'rate': {'en': "'customers like it are expected otherwise'", 'ja': "'同じ条件の顧客の予測NRRが変化'"},
} %}
-- Grain: one row per pair of dates of int_bridge_dates, account in either book and part of the bridge: the product that did
-- most of the part, and what changed about it in one sentence that begins with the part (E3).

with

words as (

    select * from {{ ref('int_bridge_words') }}

),

parts as (

    {% for part in parts %}
        select '{{ part }}' as part
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

chosen as (

    select
        parts.part,
        words.*,
        row_number() over (
            partition by words.from_date, words.to_date, words.account_id, parts.part
            order by
                abs(
                    case parts.part
                        {% for part in parts %}
                            when '{{ part }}' then words.{{ part }}_mrr
                        {% endfor %}
                    end
                ) desc,
                words.product_id asc
        ) as place

    from words
    cross join parts

),

-- Beside the part stands what else changed, for one often explains the other.
worded as (

    select
        {% for language, between in [('en', '; '), ('ja', '、')] %}
            case part
                {% for part in parts %}
                    when '{{ part }}'
                        then coalesce({{ part }}_{{ language }}, {{ without_words.get(part, {}).get(language, 'null') }})
                {% endfor %}
            end
            {% for other in ['size', 'level', 'contract'] %}
                || coalesce('{{ between }}' || case when part <> '{{ other }}' then {{ other }}_{{ language }} end, '')
            {% endfor %}
                as text_{{ language }},
        {% endfor %}
        *

    from chosen

    where place = 1

),

final as (

    select
        from_date,
        to_date,
        account_id,
        part,
        product_id,
        level_from,
        level_to,
        renewal_from,
        renewal_to,
        upper(substr(text_en, 1, 1)) || substr(text_en, 2) || '.' as sentence_en,
        text_ja || '。' as sentence_ja

    from worded

)

select * from final
