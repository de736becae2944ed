-- Grain: one row per customer, product and reason that stands by itself on the newest as-of date and is worth an action,
-- in words: a level that is blocked, more users than seats, goals and money that disagree (A1).

with

starts as (

    select * from {{ ref('int_action_starts') }}

),

account_units as (

    select * from {{ ref('int_account_units') }}

),

level_gains as (

    select * from {{ ref('int_level_gains') }}

),

usage_kpis as (

    select * from {{ ref('int_usage_kpis') }}

),

mismatches as (

    select * from {{ ref('int_outcome_mismatches') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

rules as (

    select * from {{ ref('action_rules') }}

),

-- Nearly every customer has a next level: of each owner's those that gain most, and only a gain.
worthwhile as (

    select
        starts.*,
        level_gains.success_level,
        level_gains.expected_nrr,
        level_gains.higher_expected_nrr,
        rules.threshold,
        rules.due_days

    from starts
    inner join rules on starts.reason_key = rules.reason_key
    left join accounts on starts.account_id = accounts.account_id
    left join level_gains
        on
            case when starts.reason_key = 'blocked_level' then starts.account_id end = level_gains.account_id
            and starts.product_id = level_gains.product_id

    where starts.reason_key <> 'blocked_level' or level_gains.expected_mrr_gain > 0

    qualify
        starts.reason_key <> 'blocked_level'
        or row_number() over (
            partition by starts.reason_key, accounts.owner_id
            order by level_gains.expected_mrr_gain desc, starts.account_id asc, starts.product_id asc
        ) <= rules.threshold

),

measured as (

    select
        worthwhile.*,
        account_units.mrr,
        mismatches.reason_en,
        mismatches.reason_ja,
        cast(worthwhile.opened_date as {{ dbt.type_string() }}) as opened_text,
        cast(worthwhile.success_level as {{ dbt.type_string() }}) as level_text,
        {{ spoken('worthwhile.expected_nrr', '100', "''", '') }} as nrr_text,
        {{ spoken('worthwhile.higher_expected_nrr', '100', "''", '') }} as higher_nrr_text,
        {{ spoken(
            'usage_kpis.seat_utilisation_numerator / usage_kpis.seat_utilisation_denominator', '100', "''", ''
        ) }} as utilisation_text,
        cast(cast(usage_kpis.seat_utilisation_numerator as bigint) as {{ dbt.type_string() }}) as users_text,
        cast(cast(usage_kpis.seat_utilisation_denominator as bigint) as {{ dbt.type_string() }}) as seats_text

    from worthwhile
    inner join account_units
        on
            worthwhile.as_of_date = account_units.as_of_date
            and worthwhile.account_id = account_units.account_id
            and worthwhile.product_id = account_units.product_id
    left join usage_kpis
        on
            worthwhile.as_of_date = usage_kpis.as_of_date
            and case when worthwhile.reason_key = 'over_use' then worthwhile.account_id end = usage_kpis.account_id
            and worthwhile.product_id = usage_kpis.product_id
    left join mismatches
        on
            worthwhile.as_of_date = mismatches.as_of_date
            and worthwhile.account_id = mismatches.account_id
            and worthwhile.reason_key = mismatches.kind

),

final as (

    select
        account_id,
        product_id,
        reason_key,
        threshold,
        state || ' ' || coalesce(cast(interrupted_date as {{ dbt.type_string() }}), 'always') as started_by,
        opened_date,
        {{ plus_days('opened_date', 'due_days') }} as due_date,
        mrr,
        case reason_key
            when 'blocked_level'
                then
                    'Success level ' || level_text || ' since ' || opened_text || ': expected NRR ' || nrr_text
                    || ' %, one level higher ' || higher_nrr_text || ' %.'
            when 'over_use'
                then 'Uses ' || utilisation_text || ' % of its seats: ' || users_text || ' users on ' || seats_text || ' seats.'
            else reason_en
        end as sentence_en,
        case reason_key
            when 'blocked_level'
                then
                    opened_text || 'からサクセスレベル' || level_text || '、期待NRRは' || nrr_text
                    || '%、1つ上のレベルなら' || higher_nrr_text || '%です。'
            when 'over_use' then seats_text || '席に対し利用者' || users_text || '人、席の利用率は' || utilisation_text || '%です。'
            else reason_ja
        end as sentence_ja

    from measured

)

select * from final
