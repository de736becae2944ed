-- Grain: one row per contract line of a known account, as delivered, with what was known of it when: nothing before
-- known_from_date, and until end_known_from_date only earlier_end_date.

with

contracts as (

    select * from {{ ref('stg_contracts') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

-- A line whose account has not arrived waits: it loads, is counted, and comes in by itself later.
of_known_accounts as (

    select
        contracts.*,
        hierarchy.surviving_account_id,
        hierarchy.group_account_id,
        -- An end known only once it came says nothing about the term that was signed.
        coalesce(
            contracts.term_months,
            case
                when contracts.end_date_meaning <> 'actual_end'
                    then
                        round(
                            {{ days_between('contracts.start_date', 'contracts.end_date_exclusive') }}
                            / {{ days_per_month() }}
                        )
            end
        ) as months_of_term,
        coalesce(contracts.signed_date, contracts.start_date) as known_from_date,
        {{ plus_months('contracts.start_date', 'contracts.term_months') }} as full_term_end_date

    from contracts
    inner join hierarchy on contracts.account_id = hierarchy.account_id

),

-- An end written in at a cancellation was not known before it: until then the full term stood, or no end at all.
dated as (

    select
        *,
        case
            when end_date_meaning = 'actual_end' then coalesce(cancelled_date, end_date_exclusive)
            when end_date_exclusive < full_term_end_date then coalesce(cancelled_date, known_from_date)
            else known_from_date
        end as end_known_from_date,
        case when end_date_meaning <> 'actual_end' then coalesce(full_term_end_date, end_date_exclusive) end
            as earlier_end_date,
        greatest(start_date, known_from_date) as first_seen_date

    from of_known_accounts

),

-- A paid line of another product, or of another account of the group, that names the one it renews takes its place,
-- once it runs and is known of, if it is then to run longer: the old one is not waited for.
replaced as (

    select
        ended.contract_id,
        min(successors.first_seen_date) as replaced_date

    from dated as ended
    inner join dated as successors
        on
            ended.contract_id = successors.renewal_of
            and ended.group_account_id = successors.group_account_id
            and (
                ended.product_id <> successors.product_id
                or ended.surviving_account_id <> successors.surviving_account_id
            )

    where
        coalesce(successors.monthly_amount, successors.total_amount) > 0
        and coalesce(
            ended.end_date_exclusive < case
                when successors.end_known_from_date <= successors.first_seen_date then successors.end_date_exclusive
                else successors.earlier_end_date
            end,
            true
        )

    group by 1

),

final as (

    select
        dated.contract_id,
        dated.surviving_account_id,
        dated.product_id,
        dated.contract_group_id,
        dated.renewal_of,
        dated.plan,
        dated.currency,
        dated.monthly_amount,
        dated.term_months,
        dated.months_of_term,
        dated.quantity,
        dated.quantity_unit,
        dated.auto_renew,
        dated.start_date,
        dated.end_date_exclusive,
        dated.cancelled_date,
        dated.known_from_date,
        dated.end_known_from_date,
        dated.earlier_end_date,
        dated.source_file,
        dated.source_row_number,
        replaced.replaced_date

    from dated
    left join replaced on dated.contract_id = replaced.contract_id

)

select * from final
