-- Grain: one row per customer and product it holds on the newest as-of date: what to do with it, and who (L6).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

health_scores as (

    select * from {{ ref('fct_health_score') }}

),

approach_scores as (

    select * from {{ ref('fct_approach_score') }}

),

success_levels as (

    select * from {{ ref('fct_success_level') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

treatments as (

    select * from {{ ref('level_treatments') }}

),

assignments as (

    select * from {{ ref('assignments') }}

),

care_segments as (

    select * from {{ ref('care_segments') }}

),

bands as (

    select * from {{ ref('bands') }}

),

own_profiles as (

    select distinct product_profile from treatments

),

customers as (

    select
        account_products.as_of_date,
        account_products.account_id,
        cast(sum(account_products.mrr) as bigint) as mrr

    from account_products
    inner join spine on account_products.as_of_date = spine.as_of_date and spine.is_latest

    group by 1, 2

),

held as (

    select
        account_products.as_of_date,
        account_products.account_id,
        account_products.product_id,
        account_products.mrr,
        customers.mrr as account_mrr,
        coalesce(term_bands.band, 'open-ended') as term_band,
        -- The first term runs as long as the product has been paid for less than its length.
        coalesce(
            account_products.as_of_date
            < {{ plus_months('account_products.first_paid_date', 'account_products.term_months') }},
            false
        ) as is_before_first_renewal

    from account_products
    inner join customers
        on
            account_products.as_of_date = customers.as_of_date
            and account_products.account_id = customers.account_id
    left join bands as term_bands on {{ in_band('term_bands', 'term', 'account_products.term_months') }}

),

segmented as (

    select
        held.*,
        care_segments.care_segment

    from held
    left join care_segments
        on
            coalesce(care_segments.is_before_first_renewal, held.is_before_first_renewal)
            = held.is_before_first_renewal
            and held.account_mrr >= coalesce(care_segments.minimum_mrr, held.account_mrr)
            and (care_segments.below_maximum_mrr is null or held.account_mrr < care_segments.below_maximum_mrr)

    qualify row_number() over (
        partition by held.account_id, held.product_id order by care_segments.precedence
    ) = 1

),

-- What has no level, or no place in the matrix, stays without an answer and says why.
final as (

    select
        segmented.as_of_date,
        segmented.account_id,
        segmented.product_id,
        segmented.mrr,
        accounts.owner_id,
        health_scores.phase,
        success_levels.success_level,
        treatments.treatment,
        treatments.label_en as treatment_en,
        treatments.label_ja as treatment_ja,
        coalesce(treatments.is_mqc, false) as is_mqc,
        health_scores.band as health_band,
        approach_scores.band as approach_band,
        segmented.term_band,
        assignments.assigned_to,
        segmented.is_before_first_renewal,
        segmented.care_segment,
        case
            when success_levels.success_level is null then success_levels.null_reason
            when treatments.treatment is null then 'no_treatment_for_the_level'
            when assignments.assigned_to is null then 'not_in_the_assignment_matrix'
            when segmented.care_segment is null then 'in_no_segment'
        end as null_reason

    from segmented
    inner join accounts on segmented.account_id = accounts.account_id
    inner join health_scores
        on
            segmented.as_of_date = health_scores.as_of_date
            and segmented.account_id = health_scores.account_id
            and segmented.product_id = health_scores.product_id
    inner join approach_scores
        on
            segmented.as_of_date = approach_scores.as_of_date
            and segmented.account_id = approach_scores.account_id
            and segmented.product_id = approach_scores.product_id
    inner join success_levels
        on
            segmented.as_of_date = success_levels.as_of_date
            and segmented.account_id = success_levels.account_id
            and segmented.product_id = success_levels.product_id
    left join own_profiles on success_levels.product_profile = own_profiles.product_profile
    left join treatments
        on
            coalesce(own_profiles.product_profile, 'default') = treatments.product_profile
            and success_levels.success_level = treatments.success_level
    left join assignments
        on health_scores.band = assignments.band and segmented.term_band = assignments.term_band

)

select * from final
