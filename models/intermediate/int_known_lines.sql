-- Grain: one row per contract line and price phase as known on the newest as-of date. A line that was replaced before
-- it ran (it ends on or before its start) covers nothing.

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

known as (

    select
        contract_lines.*,
        spine.as_of_date,
        case
            when contract_lines.end_known_from_date <= spine.as_of_date then contract_lines.end_date_exclusive
            else contract_lines.earlier_end_date
        end as known_end_date

    from contract_lines
    inner join spine on contract_lines.known_from_date <= spine.as_of_date and spine.is_latest

),

final as (

    select
        known.contract_id,
        known.account_id,
        known.product_id,
        known.contract_group_id,
        known.renewal_of,
        known.plan,
        known.currency,
        known.is_reporting_currency,
        known.start_date,
        known.known_end_date as end_date_exclusive,
        coalesce(known.cancelled_date <= known.as_of_date, false)
        or coalesce(known.replaced_date <= known.as_of_date, false) as is_cancelled,
        {{ grace_days('known.term_months', 'policies') }} as grace_days,
        known.term_months,
        known.mrr,
        known.price_numerator,
        known.price_denominator,
        known.discount_mrr,
        known.arr,
        known.rounding_minor,
        known.auto_renew,
        known.seats,
        known.source_file,
        known.source_row_number,
        known.as_of_date

    from known
    cross join policies

    where known.known_end_date is null or known.known_end_date > known.start_date

)

select * from final
