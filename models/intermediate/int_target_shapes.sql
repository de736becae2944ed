-- Grain: one row per target of NRR and month 0 to 12 since a renewal: expected NRR then, weighted by MRR, of the
-- contracts that made at least the target of their year, as known when the target's period began (E5).

with

nrr_targets as (

    select * from {{ ref('int_nrr_targets') }}

),

renewal_years as (

    select * from {{ ref('int_renewal_years') }}

),

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- A plan is made once: what was learned since bends no curve that people already work by. The whole company teaches
-- the shape, also for one owner: a book of ten has no shape of its own.
attained as (

    select
        nrr_targets.target_key,
        renewal_years.account_id,
        renewal_years.product_id,
        renewal_years.window_start_date

    from nrr_targets
    cross join policies
    inner join renewal_years
        on
            nrr_targets.start_date >= renewal_years.matured_date
            and renewal_years.window_start_date
            >= {{ months_before('nrr_targets.start_date', 'policies.outcome_history_months') }}
            and cast(renewal_years.mrr_end as decimal(20, 0))
            >= cast(nrr_targets.target_nrr as decimal(12, 9)) * cast(renewal_years.mrr_start as decimal(20, 0))

),

months as (

    {% for month in range(13) -%}
        select {{ month }} as month_number
        {%- if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

final as (

    select
        attained.target_key,
        months.month_number,
        cast(count(distinct attained.account_id) as bigint) as accounts,
        {{ rate('sum(expectations.expected_mrr)', 'sum(expectations.mrr)') }} as expected_nrr

    from attained
    cross join months
    inner join expectations
        on
            {{ months_before('attained.window_start_date', '-1 * months.month_number') }} = expectations.as_of_date
            and attained.account_id = expectations.account_id
            and attained.product_id = expectations.product_id

    group by 1, 2

)

select * from final
