-- Grain: one row per customer, product and kind of fall: its success level or the band of its health is lower on the
-- newest as-of date than at a month end shortly before (A1). Month ends, because they never thin out: a fall keeps the
-- date it is told by.

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

account_levels as (

    select * from {{ ref('int_account_levels') }}

),

unit_scores as (

    select * from {{ ref('int_unit_scores') }}

),

bands as (

    select * from {{ ref('health_bands') }}

),

rules as (

    select * from {{ ref('action_rules') }}

),

-- A grade is what people see change: the level, or the band. Scores count as they were worked out, not as somebody set
-- them, and compare only within one scorecard.
graded as (

    select
        as_of_date,
        account_id,
        product_id,
        'level_fall' as reason_key,
        cast(success_level as double) as grade,
        cast(success_level as double) as measured,
        'levels' as graded_by

    from account_levels

    where product_id <> 'all' and success_level is not null

    union all

    select
        unit_scores.as_of_date,
        unit_scores.account_id,
        unit_scores.product_id,
        'score_fall' as reason_key,
        cast(bands.minimum as double) as grade,
        unit_scores.raw_score as measured,
        unit_scores.scored_by as graded_by

    from unit_scores
    inner join bands
        on
            unit_scores.score_kind = bands.score_kind
            and unit_scores.raw_score >= bands.minimum
            and unit_scores.raw_score < bands.below_maximum

    where unit_scores.score_kind = 'health' and unit_scores.product_id <> 'all'

),

compared as (

    select
        graded.account_id,
        graded.product_id,
        graded.reason_key,
        graded.graded_by,
        graded.grade,
        graded.measured,
        rules.threshold,
        earlier.as_of_date as compared_date,
        earlier.grade as earlier_grade,
        earlier.measured as earlier_measured

    from graded
    inner join spine on graded.as_of_date = spine.as_of_date and spine.is_latest
    inner join rules
        on
            graded.reason_key = rules.reason_key
            and coalesce(graded.measured <= rules.maximum_level, true)
    inner join graded as earlier
        on
            graded.account_id = earlier.account_id
            and graded.product_id = earlier.product_id
            and graded.reason_key = earlier.reason_key
            and graded.graded_by = earlier.graded_by
            and graded.grade < earlier.grade
            and graded.as_of_date > earlier.as_of_date
            and {{ days_between('earlier.as_of_date', 'graded.as_of_date') }} <= rules.looks_back_days
    inner join spine as month_ends on earlier.as_of_date = month_ends.as_of_date and month_ends.is_month_end

    qualify row_number() over (
        partition by graded.account_id, graded.product_id, graded.reason_key order by earlier.as_of_date desc
    ) = 1

),

-- The first day on which it had fallen as far as counts.
final as (

    select
        compared.account_id,
        compared.product_id,
        compared.reason_key,
        compared.threshold,
        compared.compared_date,
        compared.grade,
        compared.earlier_grade,
        compared.measured,
        compared.earlier_measured,
        min(later.as_of_date) as opened_date

    from compared
    inner join graded as later
        on
            compared.account_id = later.account_id
            and compared.product_id = later.product_id
            and compared.reason_key = later.reason_key
            and compared.graded_by = later.graded_by
            and compared.compared_date < later.as_of_date
            and compared.earlier_grade > later.grade
            and later.measured <= compared.earlier_measured - compared.threshold

    where compared.measured <= compared.earlier_measured - compared.threshold

    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

)

select * from final
