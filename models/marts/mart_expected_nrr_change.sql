{% set parts = ['size', 'level', 'contract', 'rate', 'left', 'came'] %}
-- Grain: one row per stretch (day, week, month, quarter up to the newest date) and account in either book: what it did to
-- expected NRR of the whole company (E3). Accounts add up to the bridge, in each of its parts.

with

bridge_accounts as (

    select * from {{ ref('int_bridge_accounts') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

reasons as (

    select * from {{ ref('int_bridge_reasons') }}

),

bridge as (

    select * from {{ ref('mart_expected_nrr_bridge') }}

    where scope_type = 'all'

),

-- Who comes, leaves or grows moves a mean by its distance from it; any other step of an account moves it by its share.
shares as (

    select
        bridge.stretch,
        bridge.expected_nrr_from,
        bridge_accounts.*,
        {% for part in parts %}
            bridge.{{ part }}_nrr as whole_{{ part }}_nrr,
        {% endfor %}
        row_number() over (
            partition by bridge.stretch
            order by greatest(bridge_accounts.mrr_from, bridge_accounts.mrr_to) desc, bridge_accounts.account_id
        ) as size_rank,
        (
            cast(bridge_accounts.expected_sized as double)
            - bridge_accounts.mrr_to_both * cast(bridge.expected_nrr_from_both as double)
        ) / bridge.mrr_to_both
        - (
            cast(bridge_accounts.expected_from_both as double)
            - bridge_accounts.mrr_from_both * cast(bridge.expected_nrr_from_both as double)
        ) / bridge.mrr_from_both as size_share,
        cast(bridge_accounts.level_mrr as double) / bridge.mrr_to_both as level_share,
        cast(bridge_accounts.contract_mrr as double) / bridge.mrr_to_both as contract_share,
        cast(bridge_accounts.rate_mrr as double) / bridge.mrr_to_both as rate_share,
        (
            cast(bridge_accounts.left_mrr as double)
            + (bridge_accounts.mrr_from - bridge_accounts.mrr_from_both) * cast(bridge.expected_nrr_from_both as double)
        ) / bridge.mrr_from as left_share,
        (
            cast(bridge_accounts.came_mrr as double)
            - (bridge_accounts.mrr_to - bridge_accounts.mrr_to_both) * cast(bridge.expected_nrr_to_both as double)
        ) / bridge.mrr_to as came_share

    from bridge_accounts
    inner join bridge
        on bridge_accounts.from_date = bridge.from_date and bridge_accounts.to_date = bridge.to_date and bridge.null_reason is null

),

rounded as (

    select
        {% for part in parts %}
            cast({{ nine_decimals(part ~ '_share') }} as decimal(18, 9)) as {{ part }}_rounded,
        {% endfor %}
        *

    from shares

),

-- What rounding leaves over, some billionths, goes to the largest account.
settled as (

    select
        {% for part in parts %}
            cast({{ part }}_rounded + case
                when size_rank = 1 then whole_{{ part }}_nrr - sum({{ part }}_rounded) over (partition by stretch) else 0
            end as decimal(18, 9)) as {{ part }}_nrr,
        {% endfor %}
        *

    from rounded

),

-- The main part is the one that did most in the direction of the whole; of equal ones the first of the way.
changed as (

    select
        *,
        cast(size_nrr + level_nrr + contract_nrr + rate_nrr + left_nrr + came_nrr as decimal(18, 9)) as change_nrr,
        -- What rounding leaves moves nothing: below a millionth there is no direction.
        sign(cast(size_nrr + level_nrr + contract_nrr + rate_nrr + left_nrr + came_nrr as decimal(18, 6))) as direction

    from settled

),

explained as (

    select
        *,
        case
            {% for part in parts %}
                when
                    direction <> 0
                    and direction * {{ part }}_nrr = greatest(
                        {% for other in parts %}
                            direction * {{ other }}_nrr{{ ',' if not loop.last }}
                        {% endfor %}
                    )
                    then '{{ part }}'
            {% endfor %}
        end as main_part

    from changed

),

final as (

    select
        explained.stretch,
        explained.from_date,
        explained.to_date,
        explained.account_id,
        accounts.owner_id,
        case
            when explained.mrr_from = 0 then 'came' when explained.mrr_to = 0 then 'left' else 'both'
        end as membership,
        explained.mrr_from,
        explained.mrr_to,
        explained.change_nrr,
        explained.main_part,
        reasons.product_id,
        reasons.level_from,
        reasons.level_to,
        reasons.renewal_from,
        reasons.renewal_to,
        {% for language, whole, gap, end in [('en', ' The whole book stood at ', ' ', '.'), ('ja', '全体は', '', 'でした。')] %}
            -- Who comes, leaves or grows is to be seen against the mean.
            reasons.sentence_{{ language }}
            || case
                when explained.main_part in ('size', 'left', 'came')
                    then '{{ whole }}' || {{ spoken('explained.expected_nrr_from', 100, "'%'", gap) }} || '{{ end }}'
                else ''
            end as sentence_{{ language }},
        {% endfor %}
        {% for part in parts %}
            explained.{{ part }}_nrr,
        {% endfor %}
        explained.change_mrr,
        {% for part in parts %}
            explained.{{ part }}_mrr,
        {% endfor %}
        cast(row_number() over (
            partition by explained.stretch order by abs(explained.change_nrr) desc, explained.account_id
        ) as bigint) as change_rank

    from explained
    left join accounts on explained.account_id = accounts.account_id
    left join reasons
        on
            explained.from_date = reasons.from_date
            and explained.to_date = reasons.to_date
            and explained.account_id = reasons.account_id
            and explained.main_part = reasons.part

)

select * from final
