-- Grain: one row per publish, in order; the last one is this build.

with

published_runs as (

    select * from {{ ref('stg_published_runs') }}

),

runs as (

    select * from {{ ref('stg_runs') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

newest_run as (

    select max_by(config_hash, started_at) as config_hash from runs

),

last_publish as (

    select coalesce(max(publish_number), 0) as publish_number from published_runs

),

-- What is being built becomes the next publish.
numbered as (

    select
        publish_number,
        as_of_date,
        config_hash,
        false as is_this_build

    from published_runs
    union all
    select
        last_publish.publish_number + 1 as publish_number,
        spine.as_of_date,
        newest_run.config_hash,
        true as is_this_build

    from spine
    cross join last_publish
    cross join newest_run

    where spine.is_latest

),

final as (

    select
        publish_number,
        as_of_date,
        is_this_build,
        lag(as_of_date) over (order by publish_number) as previous_as_of_date,
        coalesce(config_hash <> lag(config_hash) over (order by publish_number), false) as is_configuration_changed

    from numbered

)

select * from final
