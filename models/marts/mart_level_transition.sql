-- Grain: one row per month, product profile (`all`: every product) and pair of states between which account-products
-- went from the last day of the month before to its own last day (L3).

with

book_cells as (

    select * from {{ ref('int_book_cells') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

month_ends as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date) as start_date

    from spine

    where is_month_end

),

-- What is held on a month end starts the month after it and ends its own.
at_start as (

    select
        month_ends.as_of_date,
        book_cells.account_id,
        book_cells.product_id,
        book_cells.as_of_date as held_date,
        book_cells.success_level,
        book_cells.mrr,
        true as is_start

    from month_ends
    inner join book_cells on month_ends.start_date = book_cells.as_of_date

),

at_end as (

    select
        month_ends.as_of_date,
        book_cells.account_id,
        book_cells.product_id,
        book_cells.as_of_date as held_date,
        book_cells.success_level,
        book_cells.mrr,
        false as is_start

    from month_ends
    inner join book_cells on month_ends.as_of_date = book_cells.as_of_date

    where month_ends.start_date is not null

),

both_ends as (

    select * from at_start
    union all
    select * from at_end

),

-- A product that changed its profile within the month belongs to the profile it started with.
moves as (

    select
        both_ends.as_of_date,
        both_ends.account_id,
        both_ends.product_id,
        coalesce(
            max(case when both_ends.is_start then units.product_profile end), max(units.product_profile)
        ) as product_profile,
        count(case when both_ends.is_start then 1 end) > 0 as was_customer,
        count(case when not both_ends.is_start then 1 end) > 0 as is_customer,
        max(case when both_ends.is_start then both_ends.success_level end) as level_before,
        max(case when not both_ends.is_start then both_ends.success_level end) as level_after,
        cast(coalesce(sum(case when both_ends.is_start then both_ends.mrr end), 0) as bigint) as mrr_start,
        cast(coalesce(sum(case when not both_ends.is_start then both_ends.mrr end), 0) as bigint) as mrr_end

    from both_ends
    left join units
        on
            both_ends.held_date = units.as_of_date
            and both_ends.account_id = units.account_id
            and both_ends.product_id = units.product_id

    group by 1, 2, 3

),

named as (

    select
        *,
        case when was_customer then coalesce(cast(level_before as {{ dbt.type_string() }}), 'unknown') else 'new' end
            as from_level,
        case when is_customer then coalesce(cast(level_after as {{ dbt.type_string() }}), 'unknown') else 'churned' end
            as to_level,
        case
            when not was_customer then 'new'
            when not is_customer then 'churned'
            when level_before is null or level_after is null then 'unknown'
            when level_after > level_before then 'up'
            when level_after < level_before then 'down'
            else 'same'
        end as direction

    from moves

),

scopes as (

    select true as is_whole
    union all
    select false as is_whole

),

final as (

    select
        cast({{ dbt.date_trunc('month', 'named.as_of_date') }} as date) as month,
        case when scopes.is_whole then 'all' else coalesce(named.product_profile, 'default') end as product_profile,
        named.from_level,
        named.to_level,
        named.direction,
        cast(count(*) as bigint) as account_products,
        cast(sum(named.mrr_start) as bigint) as mrr_start,
        cast(sum(named.mrr_end) as bigint) as mrr_end

    from named
    cross join scopes

    group by 1, 2, 3, 4, 5

)

select * from final
