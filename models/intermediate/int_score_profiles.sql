-- Grain: one row per score, version, product profile and phase that customers are in, and component that fits it (H2):
-- a product profile without rows of its own has the default ones, a phase without rows of its own those of `all`.

with

account_phases as (

    select * from {{ ref('int_account_phases') }}

),

profiles as (

    select * from {{ ref('health_profiles') }}

),

found as (

    select distinct
        product_profile,
        phase

    from account_phases

),

final as (

    select
        found.product_profile,
        found.phase,
        profiles.score_kind,
        profiles.profile_version,
        profiles.profile_version || ' ' || profiles.product_profile || '/' || profiles.phase as scored_by,
        profiles.component_key,
        profiles.metric_key,
        cast(profiles.weight as double) as weight,
        profiles.time_to_live_days,
        profiles.valid_from,
        profiles.valid_to_exclusive

    from found
    inner join profiles
        on
            profiles.product_profile in (found.product_profile, 'default')
            and profiles.phase in (found.phase, 'all')

    -- The rows of one profile and phase stand or fall together.
    qualify rank() over (
        partition by found.product_profile, found.phase, profiles.score_kind, profiles.profile_version
        order by
            case when profiles.product_profile = found.product_profile then 0 else 1 end,
            case when profiles.phase = found.phase then 0 else 1 end
    ) = 1

)

select * from final
