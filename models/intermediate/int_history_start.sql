-- Grain: one row: the first day the warehouse covers: the start of the first contract, or the later day a policy names.

with

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

first_contract as (

    select min(start_date) as start_date from contract_lines

),

final as (

    select greatest(first_contract.start_date, coalesce(policies.history_starts_on, first_contract.start_date)) as start_date

    from policies
    cross join first_contract

)

select * from final
