-- Grain: one row per contract line as known on the newest as-of date.

with

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

final as (

    select
        contract_lines.contract_id,
        contract_lines.account_id,
        contract_lines.product_id,
        contract_lines.contract_group_id,
        contract_lines.renewal_of,
        contract_lines.auto_renew,
        contract_lines.currency,
        contract_lines.start_date,
        case
            when contract_lines.end_known_from_date <= spine.as_of_date then contract_lines.end_date_exclusive
            else contract_lines.earlier_end_date
        end as end_date_exclusive,
        coalesce(contract_lines.cancelled_date <= spine.as_of_date, false) as is_cancelled,
        case
            when contract_lines.term_months < policies.short_term_below_months
                then policies.renewal_grace_days_short_term
            else policies.renewal_grace_days
        end as grace_days,
        contract_lines.term_months,
        contract_lines.mrr,
        contract_lines.seats,
        spine.as_of_date

    from contract_lines
    inner join spine on contract_lines.known_from_date <= spine.as_of_date and spine.is_latest
    cross join policies

)

select * from final
