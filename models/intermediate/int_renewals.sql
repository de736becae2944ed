-- Grain: one row per account, product and day on which paid coverage ends and asks for a renewal, as known on the
-- newest as-of date: what was due, what followed, and what came of it (R6).

with

known_lines as (

    select * from {{ ref('int_known_lines') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

groups as (

    select
        account_id,
        group_account_id

    from {{ ref('int_account_hierarchy') }}

),

-- The phases of one agreement have one term, a free one at its start among them.
agreed as (

    select
        *,
        coalesce(contract_group_id, contract_id) as agreement_id,
        {{ agreed_term_months(
            'min(contract_id) over agreement < max(contract_id) over agreement', 'min(start_date) over agreement',
            'max(end_date_exclusive) over agreement', 'term_months'
        ) }} as agreed_term_months

    from known_lines

    window agreement as (partition by account_id, product_id, coalesce(contract_group_id, contract_id))

),

-- They were agreed together: a later one renews nothing, and the end before it asks for nothing.
paid_lines as (

    select
        agreed.*,
        groups.group_account_id,
        coalesce(agreed.start_date >= min(agreed.end_date_exclusive) over agreement, false) as is_later_phase,
        coalesce(agreed.end_date_exclusive <= max(agreed.start_date) over agreement, false) as has_later_phase

    from agreed
    inner join groups on agreed.account_id = groups.account_id

    where agreed.mrr > 0

    window agreement as (partition by agreed.account_id, agreed.product_id, agreed.agreement_id)

),

-- Lines of a product that end on one day are due together, whenever they were bought.
due as (

    select
        paid_lines.account_id,
        paid_lines.product_id,
        paid_lines.end_date_exclusive as due_date,
        paid_lines.as_of_date,
        cast(max(paid_lines.agreed_term_months) as int) as term_months,
        max(paid_lines.grace_days) as grace_days,
        cast(sum({{ converted_mrr('paid_lines', 'exchange_rates') }}) as bigint) as due_mrr,
        case when count(paid_lines.auto_renew) > 0 then count(case when paid_lines.auto_renew then 1 end) = count(*) end as auto_renew,
        count(case when paid_lines.is_cancelled then 1 end) = count(*) as is_cancelled

    from paid_lines
    left join exchange_rates
        on
            paid_lines.currency = exchange_rates.currency
            and least(paid_lines.end_date_exclusive, paid_lines.as_of_date) = exchange_rates.rate_date

    where paid_lines.end_date_exclusive is not null and not paid_lines.has_later_phase

    group by 1, 2, 3, 4

),

-- Both sides of a renewal are at the exchange rates of the due date.
-- A line that names what it renews does so under any product and any account of the group, also when it began before
-- the end ...
following as (

    select
        due.account_id,
        due.product_id,
        due.due_date,
        paid_lines.contract_id,
        paid_lines.start_date,
        {{ converted_mrr('paid_lines', 'exchange_rates') }} as mrr,
        true as is_named

    from due
    inner join paid_lines as ended
        on
            due.account_id = ended.account_id
            and due.product_id = ended.product_id
            and due.due_date = ended.end_date_exclusive
    inner join paid_lines
        on
            ended.contract_id = paid_lines.renewal_of
            and ended.group_account_id = paid_lines.group_account_id
            and not paid_lines.is_later_phase
            and coalesce(due.due_date < paid_lines.end_date_exclusive, true)
    left join exchange_rates
        on
            paid_lines.currency = exchange_rates.currency
            and least(due.due_date, due.as_of_date) = exchange_rates.rate_date

    where {{ days_between('due.due_date', 'paid_lines.start_date') }} <= due.grace_days

    union all

    -- ... any other follows when it is of the same product and starts at the end or within the grace.
    select
        due.account_id,
        due.product_id,
        due.due_date,
        paid_lines.contract_id,
        paid_lines.start_date,
        {{ converted_mrr('paid_lines', 'exchange_rates') }} as mrr,
        false as is_named

    from due
    inner join paid_lines
        on
            due.account_id = paid_lines.account_id
            and due.product_id = paid_lines.product_id
            and due.due_date <= paid_lines.start_date
            and not paid_lines.is_later_phase
    left join exchange_rates
        on
            paid_lines.currency = exchange_rates.currency
            and least(due.due_date, due.as_of_date) = exchange_rates.rate_date

    where {{ days_between('due.due_date', 'paid_lines.start_date') }} <= due.grace_days

),

-- Every line counts for one renewal: the one it names, else the one it follows without a gap, else the newest that
-- nothing else has taken up.
assigned as (

    select
        *,
        count(case when start_date <= due_date then 1 end) over (partition by account_id, product_id, due_date) > 0 as is_on_time

    from following

),

counted_once as (

    select * from assigned

    qualify row_number() over (
        partition by contract_id
        order by is_named desc, start_date <= due_date desc, is_on_time, due_date desc
    ) = 1

),

renewed as (

    select
        account_id,
        product_id,
        due_date,
        min(start_date) as renewal_date,
        cast(sum(mrr) as bigint) as renewed_mrr

    from counted_once

    group by 1, 2, 3

),

-- Before it is due nothing is decided; after it, silence is a loss once the grace has passed or the customer has quit.
final as (

    select
        due.account_id,
        due.product_id,
        due.due_date,
        cast(date_trunc('month', due.due_date) as date) as due_month,
        due.term_months,
        due.due_mrr,
        coalesce(renewed.renewed_mrr, 0) as renewed_mrr,
        renewed.renewal_date,
        case
            when due.due_date > due.as_of_date then 'open'
            when renewed.renewal_date <= due.due_date then 'renewed'
            when renewed.renewal_date is not null then 'late'
            when
                not due.is_cancelled
                and {{ days_between('due.due_date', 'due.as_of_date') }} < due.grace_days
                then 'open'
            else 'lost'
        end as status,
        case
            when due.due_date < renewed.renewal_date
                then cast({{ days_between('due.due_date', 'renewed.renewal_date') }} as int)
            when renewed.renewal_date is not null then 0
        end as days_late,
        due.auto_renew,
        due.is_cancelled,
        due.as_of_date

    from due
    left join renewed
        on
            due.account_id = renewed.account_id
            and due.product_id = renewed.product_id
            and due.due_date = renewed.due_date

)

select * from final
