-- Grain: one row per customer, product it holds (`all`: the customer as a whole) and date on which it was first seen in
-- another phase than on the as-of date before (H0).

with

account_phases as (

    select * from {{ ref('int_account_phases') }}

),

followed as (

    select
        as_of_date,
        account_id,
        product_id,
        product_profile,
        phase,
        lag(phase) over unit as earlier_phase,
        lag(as_of_date) over unit as earlier_date

    from account_phases

    window unit as (partition by account_id, product_id order by as_of_date)

),

changed as (

    select
        *,
        lag(as_of_date) over (partition by account_id, product_id order by as_of_date) as changed_before_date

    from followed

    where earlier_phase is null or earlier_phase <> phase

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        product_profile,
        earlier_phase as from_phase,
        phase as to_phase,
        earlier_date as last_seen_date,
        cast({{ days_between('changed_before_date', 'as_of_date') }} as int) as days_in_from_phase

    from changed

    where earlier_phase is not null

)

select * from final
