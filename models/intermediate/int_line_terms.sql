-- Grain: one row per contract line of a known account, as delivered, with what was known of it when: nothing before
-- known_from_date, and until end_known_from_date only earlier_end_date.

with

contracts as (

    select * from {{ ref('stg_contracts') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

-- A line of another product that names the one it renews takes its place: the old one is not waited for once the new
-- one has begun and is known of.
replaced as (

    select
        contracts.contract_id,
        min(greatest(successors.start_date, coalesce(successors.signed_date, successors.start_date))) as replaced_date

    from contracts
    inner join contracts as successors
        on
            contracts.contract_id = successors.renewal_of
            and contracts.account_id = successors.account_id
            and contracts.product_id <> successors.product_id

    group by 1

),

-- A line whose account has not arrived waits: it loads, is counted, and comes in by itself later.
of_known_accounts as (

    select
        contracts.*,
        hierarchy.surviving_account_id,
        replaced.replaced_date,
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
    left join replaced on contracts.contract_id = replaced.contract_id

),

-- An end written in at a cancellation was not known before it: until then the full term stood, or no end at all.
final as (

    select
        contract_id,
        surviving_account_id,
        product_id,
        contract_group_id,
        renewal_of,
        plan,
        currency,
        monthly_amount,
        term_months,
        months_of_term,
        quantity,
        quantity_unit,
        auto_renew,
        start_date,
        end_date_exclusive,
        cancelled_date,
        replaced_date,
        known_from_date,
        case
            when end_date_meaning = 'actual_end' then coalesce(cancelled_date, end_date_exclusive)
            when end_date_exclusive < full_term_end_date then coalesce(cancelled_date, known_from_date)
            else known_from_date
        end as end_known_from_date,
        case when end_date_meaning <> 'actual_end' then coalesce(full_term_end_date, end_date_exclusive) end
            as earlier_end_date,
        source_file,
        source_row_number

    from of_known_accounts

)

select * from final
