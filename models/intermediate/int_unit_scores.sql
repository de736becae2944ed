{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, score (health, approach), customer and product it holds: the score of the version in
-- force, overridden where somebody said so (H7), and one row per customer as a whole (product `all`): the mean of its
-- products weighted by MRR, and the lowest (H6).

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

health_scores as (

    select * from {{ ref('int_health_scores') }}

),

account_units as (

    select * from {{ ref('int_account_units') }}

),

account_phases as (

    select * from {{ ref('int_account_phases') }}

),

overrides as (

    select * from {{ ref('stg_health_overrides') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

-- The newest override of those that stand; one for the product goes before one for all products.
standing_overrides as (

    select
        account_units.as_of_date,
        account_units.account_id,
        account_units.product_id,
        'health' as score_kind,
        cast(overrides.score as double) as score,
        overrides.author_id,
        overrides.reason,
        overrides.expires_date

    from overrides
    inner join hierarchy on overrides.account_id = hierarchy.account_id
    inner join to_build
        on overrides.valid_from_date <= to_build.as_of_date and overrides.expires_date > to_build.as_of_date
    inner join account_units
        on
            to_build.as_of_date = account_units.as_of_date
            and hierarchy.surviving_account_id = account_units.account_id
            and coalesce(overrides.product_id, account_units.product_id) = account_units.product_id

    qualify row_number() over (
        partition by account_units.as_of_date, account_units.account_id, account_units.product_id
        order by
            case when overrides.product_id is not null then 0 else 1 end,
            overrides.valid_from_date desc,
            overrides.override_id desc
    ) = 1

),

products as (

    select
        health_scores.as_of_date,
        health_scores.account_id,
        health_scores.product_id,
        health_scores.product_profile,
        health_scores.phase,
        health_scores.score_kind,
        health_scores.profile_version,
        health_scores.scored_by,
        account_units.mrr,
        account_units.measured_as,
        health_scores.coverage,
        health_scores.known_weight,
        health_scores.uncapped_score,
        health_scores.cap_key,
        health_scores.score as raw_score,
        coalesce(standing_overrides.score, health_scores.score) as score,
        standing_overrides.author_id as override_author_id,
        standing_overrides.reason as override_reason,
        standing_overrides.expires_date as override_expires_date,
        case when standing_overrides.score is null then health_scores.null_reason end as null_reason

    from health_scores
    inner join to_build on health_scores.as_of_date = to_build.as_of_date
    inner join account_units
        on
            health_scores.as_of_date = account_units.as_of_date
            and health_scores.account_id = account_units.account_id
            and health_scores.product_id = account_units.product_id
    left join standing_overrides
        on
            health_scores.score_kind = standing_overrides.score_kind
            and health_scores.as_of_date = standing_overrides.as_of_date
            and health_scores.account_id = standing_overrides.account_id
            and health_scores.product_id = standing_overrides.product_id

    where health_scores.is_in_force

),

-- Free products count as much as each other, and for nothing beside one that is paid for.
weighed as (

    select
        *,
        case
            when sum(mrr) over (partition by as_of_date, account_id, score_kind) > 0 then mrr else 1
        end as weight

    from products

),

customers as (

    select
        as_of_date,
        account_id,
        score_kind,
        case when min(profile_version) = max(profile_version) then min(profile_version) end as profile_version,
        min(product_id || ' ' || scored_by) as scored_by,
        cast(sum(mrr) as bigint) as mrr,
        {{ rate('sum(case when score is not null then weight else 0 end)', 'sum(weight)') }} as coverage,
        {{ rate(
            'sum(cast(weight * raw_score as decimal(38, 9)))', 'sum(case when raw_score is not null then weight end)'
        ) }} as raw_score,
        {{ rate('sum(cast(weight * score as decimal(38, 9)))', 'sum(case when score is not null then weight end)') }}
            as score,
        min(score) as lowest_score,
        min(null_reason) as null_reason

    from weighed

    group by 1, 2, 3

),

-- Words in order cost far more than one word, which is all that most customers have.
customers_of_several as (

    select
        as_of_date,
        account_id,
        score_kind,
        {{ words_in_order("product_id || ' ' || scored_by") }} as scored_by

    from products

    where measured_as <> 'all'

    group by 1, 2, 3

),

final as (

    select
        as_of_date,
        account_id,
        product_id,
        product_profile,
        phase,
        score_kind,
        profile_version,
        scored_by,
        mrr,
        coverage,
        known_weight,
        uncapped_score,
        cap_key,
        raw_score,
        score,
        score as lowest_score,
        override_author_id,
        override_reason,
        override_expires_date,
        null_reason

    from weighed

    union all

    select
        customers.as_of_date,
        customers.account_id,
        'all' as product_id,
        account_phases.product_profile,
        account_phases.phase,
        customers.score_kind,
        customers.profile_version,
        coalesce(customers_of_several.scored_by, customers.scored_by) as scored_by,
        customers.mrr,
        customers.coverage,
        cast(null as double) as known_weight,
        cast(null as double) as uncapped_score,
        cast(null as {{ dbt.type_string() }}) as cap_key,
        case when customers.coverage >= policies.min_coverage then customers.raw_score end as raw_score,
        case when customers.coverage >= policies.min_coverage then customers.score end as score,
        case when customers.coverage >= policies.min_coverage then customers.lowest_score end as lowest_score,
        cast(null as {{ dbt.type_string() }}) as override_author_id,
        cast(null as {{ dbt.type_string() }}) as override_reason,
        cast(null as date) as override_expires_date,
        case when customers.coverage < policies.min_coverage then customers.null_reason end as null_reason

    from customers
    cross join policies
    inner join account_phases
        on
            customers.as_of_date = account_phases.as_of_date
            and customers.account_id = account_phases.account_id
            and account_phases.product_id = 'all'
    left join customers_of_several
        on
            customers.as_of_date = customers_of_several.as_of_date
            and customers.account_id = customers_of_several.account_id
            and customers.score_kind = customers_of_several.score_kind

)

select * from final
