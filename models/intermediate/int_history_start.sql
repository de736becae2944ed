-- Grain: one row: the first day the warehouse covers: the start of the first contract, or the later day a policy names.

with

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

final as (

    select greatest(contracts.start_date, coalesce(policies.history_starts_on, contracts.start_date)) as start_date

    from policies
    cross join (select min(start_date) as start_date from contract_lines) as contracts

)

select * from final
