-- Grain: one row: the policies in force.

with

policy_sets as (

    select * from {{ ref('int_policy_sets') }}

),

final as (

    select * from policy_sets
    where policy_set = 'default'

)

select * from final
