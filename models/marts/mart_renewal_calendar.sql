-- Grain: one row per account, product and day on which its coverage ends: in the twelve months after the newest as-of
-- date, or already ended and still in its grace (overdue). With what to know before the call (R6).

with

renewals as (

    select * from {{ ref('int_renewals') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

success_levels as (

    select * from {{ ref('fct_success_level') }}

),

health_scores as (

    select * from {{ ref('fct_health_score') }}

),

final as (

    select
        renewals.account_id,
        renewals.product_id,
        renewals.due_date,
        renewals.due_month,
        cast({{ days_between('renewals.as_of_date', 'renewals.due_date') }} as int) as days_to_due,
        renewals.due_date <= renewals.as_of_date as is_overdue,
        row_number() over (
            partition by renewals.account_id, renewals.product_id order by renewals.due_date
        ) = 1 as is_next,
        renewals.due_mrr as mrr,
        renewals.term_months,
        renewals.auto_renew,
        renewals.is_cancelled,
        renewals.renewed_mrr > 0 as is_renewal_signed,
        renewals.renewed_mrr as signed_mrr,
        success_levels.success_level,
        health_scores.score as health_score,
        coalesce(health_scores.band, 'no_data') as health_band,
        health_scores.override_expires_date is not null as is_health_set_by_hand,
        accounts.segment,
        accounts.owner_id,
        renewals.as_of_date

    from renewals
    inner join accounts on renewals.account_id = accounts.account_id
    left join success_levels
        on
            renewals.account_id = success_levels.account_id
            and renewals.product_id = success_levels.product_id
            and renewals.as_of_date = success_levels.as_of_date
    left join health_scores
        on
            renewals.account_id = health_scores.account_id
            and renewals.product_id = health_scores.product_id
            and renewals.as_of_date = health_scores.as_of_date

    where
        renewals.status = 'open'
        and {{ months_to_renewal('renewals.as_of_date', 'renewals.due_date') }} <= 12

)

select * from final
