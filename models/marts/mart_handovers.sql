-- Grain: one row per account and product contracted or handed over: what was handed over from sales to customer
-- success, by when, and what is missing (S2).

with

setups as (

    select * from {{ ref('int_setups') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

held as (

    select
        units.account_id,
        units.product_id

    from units
    inner join spine on units.as_of_date = spine.as_of_date and spine.is_latest

),

-- A plan that lies ahead is neither kept nor broken, unless what was planned is done.
judged as (

    select
        setups.*,
        held.account_id is not null as is_held,
        case
            when setups.kickoff_date <= setups.kickoff_planned_date then true
            when setups.kickoff_planned_date <= spine.as_of_date then false
        end as is_kickoff_on_time,
        case
            when setups.delivery_date <= setups.delivery_planned_date then true
            when setups.delivery_planned_date <= spine.as_of_date then false
        end as is_delivery_on_time,
        case
            when setups.first_paid_date is null then null
            when setups.csm_assigned_date <= setups.first_paid_date then true
            when setups.first_paid_date <= spine.as_of_date then false
        end as is_csm_assigned_before_start,
        case
            when not setups.has_handovers_source then 'no_handovers_yet'
            when not setups.has_handover and setups.setup_kind = 'none' then 'needs_no_set_up'
            when not setups.has_handover then 'account_not_in_handovers'
            when setups.handed_over_date is null then 'not_handed_over_yet'
            when not setups.is_contracted then 'not_contracted'
            when setups.first_paid_date is null then 'never_paid'
        end as null_reason

    from setups
    inner join spine on spine.is_latest
    left join held on setups.account_id = held.account_id and setups.product_id = held.product_id

),

-- Without a list of hand-overs nobody can say what is missing.
listed as (

    select
        *,
        case
            when has_handovers_source and (setup_kind <> 'none' or has_handover)
                then
                    case when handed_over_date is null then ', hand_over' else '' end
                    || case when coalesce(is_goal_filled, false) then '' else ', goal' end
                    || case when coalesce(is_info_complete, false) then '' else ', information' end
                    || case when csm_assigned_date is null then ', csm' else '' end
                    || case
                        when setup_kind = 'project' and kickoff_planned_date is null and kickoff_date is null
                            then ', kickoff_plan'
                        else ''
                    end
                    || case
                        when setup_kind = 'project' and delivery_planned_date is null and delivery_date is null
                            then ', delivery_plan'
                        else ''
                    end
        end as all_missing

    from judged

),

final as (

    select
        account_id,
        product_id,
        product_profile,
        setup_kind,
        is_contracted,
        is_held,
        first_paid_date,
        handed_over_date,
        cast({{ days_between('handed_over_date', 'first_paid_date') }} as int) as days_before_start,
        case when has_handover then is_goal_filled end as is_goal_filled,
        case when has_handover then is_info_complete end as is_info_complete,
        csm_assigned_date,
        case when has_handover then is_csm_assigned_before_start end as is_csm_assigned_before_start,
        kickoff_planned_date,
        kickoff_date,
        is_kickoff_on_time,
        delivery_planned_date,
        delivery_date,
        is_delivery_on_time,
        nullif(substring(all_missing, 3), '') as missing,
        null_reason

    from listed

)

select * from final
