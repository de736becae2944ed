-- Grain: one row per customer, product and end of its coverage that asks for an action on the newest as-of date: it comes
-- soon and the customer stands on a low level, or it has passed and nothing followed (A1).

with

renewals as (

    select * from {{ ref('int_renewals') }}

),

account_levels as (

    select * from {{ ref('int_account_levels') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

rules as (

    select * from {{ ref('action_rules') }}

),

-- What is renewed every few months is always about to be: such customers are looked after by their level.
undecided as (

    select
        renewals.account_id,
        renewals.product_id,
        renewals.due_date,
        renewals.due_mrr,
        account_levels.success_level,
        coalesce(renewals.term_months >= policies.short_term_below_months, true)
        and not renewals.is_cancelled as asks_for_renewal,
        cast({{ days_between('renewals.as_of_date', 'renewals.due_date') }} as int) as days_to_due,
        {{ plus_days('renewals.due_date', grace_days('renewals.term_months', 'policies')) }} as lost_date

    from renewals
    cross join policies
    left join account_levels
        on
            renewals.as_of_date = account_levels.as_of_date
            and renewals.account_id = account_levels.account_id
            and renewals.product_id = account_levels.product_id

    where renewals.status = 'open' and renewals.renewed_mrr = 0

),

-- The narrowest window it is in; the call belongs to its first days.
coming as (

    select
        undecided.*,
        rules.reason_key,
        rules.threshold,
        {{ plus_days('undecided.due_date', '-1 * cast(rules.threshold as int)') }} as opened_date,
        rules.due_days

    from undecided
    inner join rules
        on
            rules.reason_key = 'renewal_low_level'
            and undecided.asks_for_renewal
            and undecided.days_to_due between 1 and rules.threshold
            and undecided.success_level <= rules.maximum_level

    qualify row_number() over (
        partition by undecided.account_id, undecided.product_id, undecided.due_date order by rules.threshold
    ) = 1

),

passed as (

    select
        undecided.*,
        rules.reason_key,
        rules.threshold,
        undecided.due_date as opened_date,
        rules.due_days

    from undecided
    inner join rules on rules.reason_key = 'expired_awaiting_renewal' and undecided.days_to_due <= 0

),

asking as (

    select * from coming

    union all

    select * from passed

),

worded as (

    select
        *,
        cast(due_date as {{ dbt.type_string() }}) as due_text,
        cast(lost_date as {{ dbt.type_string() }}) as lost_text,
        cast(abs(days_to_due) as {{ dbt.type_string() }}) as days_text,
        case when abs(days_to_due) = 1 then ' day' else ' days' end as days_en,
        cast(success_level as {{ dbt.type_string() }}) as level_text

    from asking

),

final as (

    select
        account_id,
        product_id,
        reason_key,
        threshold,
        due_text as started_by,
        opened_date,
        {{ plus_days('opened_date', 'due_days') }} as due_date,
        due_mrr as mrr,
        case
            when days_to_due > 0
                then
                    'Renewal in ' || days_text || days_en || ', on ' || due_text || ', on success level ' || level_text
                    || '.'
            else
                'Ended on ' || due_text || ', ' || days_text || days_en
                || ' ago, and not renewed; counts as churned from ' || lost_text || '.'
        end as sentence_en,
        case
            when days_to_due > 0
                then '更新日' || due_text || 'まであと' || days_text || '日、サクセスレベルは' || level_text || 'です。'
            else due_text || 'に満了して' || days_text || '日、未更新です。' || lost_text || 'から解約扱いになります。'
        end as sentence_ja

    from worded

)

select * from final
