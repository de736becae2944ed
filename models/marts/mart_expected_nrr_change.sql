{% set parts = ['size', 'level', 'contract', 'rate', 'left', 'came'] %}
-- Grain: one row per stretch (day, week, month, quarter up to the newest date) and account in either book: what it did to
-- expected NRR of the whole company (E3). Accounts add up to the bridge, in each of its parts.

with

accounts as (

    select * from {{ ref('int_bridge_accounts') }}

),

bridge as (

    select * from {{ ref('mart_expected_nrr_bridge') }}

    where scope_type = 'all'

),

-- Who comes, leaves or grows moves a mean by its distance from it; any other step of an account moves it by its share.
shares as (

    select
        bridge.stretch,
        accounts.*,
        {% for part in parts %}
            bridge.{{ part }}_nrr as whole_{{ part }}_nrr,
        {% endfor %}
        row_number() over (
            partition by bridge.stretch
            order by greatest(accounts.mrr_from, accounts.mrr_to) desc, accounts.account_id
        ) as size_rank,
        (
            cast(accounts.expected_sized as double)
            - accounts.mrr_to_both * cast(bridge.expected_nrr_from_both as double)
        ) / bridge.mrr_to_both
        - (
            cast(accounts.expected_from_both as double)
            - accounts.mrr_from_both * cast(bridge.expected_nrr_from_both as double)
        ) / bridge.mrr_from_both as size_share,
        cast(accounts.level_mrr as double) / bridge.mrr_to_both as level_share,
        cast(accounts.contract_mrr as double) / bridge.mrr_to_both as contract_share,
        cast(accounts.rate_mrr as double) / bridge.mrr_to_both as rate_share,
        (
            cast(accounts.left_mrr as double)
            + (accounts.mrr_from - accounts.mrr_from_both) * cast(bridge.expected_nrr_from_both as double)
        ) / bridge.mrr_from as left_share,
        (
            cast(accounts.came_mrr as double)
            - (accounts.mrr_to - accounts.mrr_to_both) * cast(bridge.expected_nrr_to_both as double)
        ) / bridge.mrr_to as came_share

    from accounts
    inner join bridge
        on accounts.from_date = bridge.from_date and accounts.to_date = bridge.to_date and bridge.null_reason is null

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

final as (

    select
        stretch,
        from_date,
        to_date,
        account_id,
        case when mrr_from = 0 then 'came' when mrr_to = 0 then 'left' else 'both' end as membership,
        mrr_from,
        mrr_to,
        cast(size_nrr + level_nrr + contract_nrr + rate_nrr + left_nrr + came_nrr as decimal(18, 9)) as change_nrr,
        {% for part in parts %}
            {{ part }}_nrr,
        {% endfor %}
        change_mrr,
        {% for part in parts %}
            {{ part }}_mrr,
        {% endfor %}
        cast(row_number() over (
            partition by stretch
            order by abs(size_nrr + level_nrr + contract_nrr + rate_nrr + left_nrr + came_nrr) desc, account_id
        ) as bigint) as change_rank

    from settled

)

select * from final
