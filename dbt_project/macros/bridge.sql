{#
    The bridge of expected NRR between two dates (E3), said once for the marts and for `csw bridge`.

    `bridge_units` follows each account and product from one date to the other. `pairs` has from_date and to_date; `book`
    is int_book_expectations, `rates` is int_level_rates, or tables like them. The steps end in `bridge_units`, a row per
    pair of dates, account and product: what was expected of it at each step of the way. A step changes one thing and keeps
    the rest: the MRR, then the level, then the contract, then the rates.
#}
{% macro bridge_units(pairs, book, rates) -%}
    {% for end in ['from', 'to'] %}
        bridge_{{ end }} as (

            select
                pairs.from_date,
                pairs.to_date,
                book.account_id,
                book.product_id,
                book.mrr,
                book.base_mrr,
                coalesce(book.success_level, -1) as level_number,
                book.term_band,
                book.renewal_band,
                cast(book.expected_nrr as decimal(12, 9)) as expected_nrr

            from {{ pairs }} as pairs
            inner join {{ book }} as book on pairs.{{ end }}_date = book.as_of_date

        ),
    {% endfor %}

    -- What was agreed for the year ahead stays in its proportion while only the MRR changes, to the minor unit.
    bridge_both as (

        select
            before.from_date,
            before.to_date,
            before.account_id,
            before.product_id,
            before.mrr as mrr_from,
            after.mrr as mrr_to,
            before.base_mrr as base_from,
            after.base_mrr as base_to,
            case
                when before.base_mrr = before.mrr then after.mrr
                else {{ divide_half_away(
                    'cast(after.mrr as decimal(38, 0)) * before.base_mrr',
                    'cast(before.mrr as decimal(38, 0))'
                ) }}
            end as base_sized,
            before.level_number as level_from,
            after.level_number as level_to,
            before.term_band as term_from,
            after.term_band as term_to,
            before.renewal_band as renewal_from,
            after.renewal_band as renewal_to,
            before.expected_nrr as rate_from,
            after.expected_nrr as rate_to

        from bridge_from as before
        inner join bridge_to as after
            on
                before.from_date = after.from_date
                and before.to_date = after.to_date
                and before.account_id = after.account_id
                and before.product_id = after.product_id

    ),

    -- The cells whose rates of the first date the way leads over: the new level under the old contract, and under the new.
    bridge_cells as (

        select
            from_date,
            level_to as level_number,
            term_from as term_band,
            renewal_from as renewal_band

        from bridge_both

        union distinct

        select
            from_date,
            level_to as level_number,
            term_to as term_band,
            renewal_to as renewal_band

        from bridge_both

    ),

    -- A cell that the first date did not know takes the rate of the nearest one of its level that had seen least, and so
    -- leant most on the parents they share: due at the same time, else of the same term.
    bridge_rates as (

        select
            cells.from_date,
            cells.level_number,
            cells.term_band,
            cells.renewal_band,
            cast(rates.expected_nrr as decimal(12, 9)) as expected_nrr,
            cells.term_band = rates.term_band and cells.renewal_band = rates.renewal_band as is_own

        from bridge_cells as cells
        inner join {{ rates }} as rates
            on cells.from_date = rates.as_of_date and cells.level_number = coalesce(rates.success_level, -1)

        qualify row_number() over (
            partition by cells.from_date, cells.level_number, cells.term_band, cells.renewal_band
            order by
                case
                    when cells.term_band = rates.term_band and cells.renewal_band = rates.renewal_band then 0
                    when cells.renewal_band = rates.renewal_band then 1
                    when cells.term_band = rates.term_band then 2
                    else 3
                end,
                rates.effective_n,
                rates.term_band,
                rates.renewal_band
        ) = 1

    ),

    -- A level that the first date did not know at all leaves the rate as it was, and then as it is.
    bridge_units as (

        select
            units.from_date,
            units.to_date,
            units.account_id,
            units.product_id,
            'both' as membership,
            units.mrr_from,
            units.mrr_to,
            {{ bridge_amount('units.base_from', 'units.rate_from') }} as expected_from,
            {{ bridge_amount('units.base_sized', 'units.rate_from') }} as expected_sized,
            {{ bridge_amount('units.base_sized', 'coalesce(levelled.expected_nrr, units.rate_from)') }}
                as expected_levelled,
            {{ bridge_amount('units.base_to', 'coalesce(contracted.expected_nrr, units.rate_to)') }}
                as expected_contracted,
            {{ bridge_amount('units.base_to', 'units.rate_to') }} as expected_to,
            not coalesce(levelled.is_own and contracted.is_own, false) as has_stand_in

        from bridge_both as units
        left join bridge_rates as levelled
            on
                units.from_date = levelled.from_date
                and units.level_to = levelled.level_number
                and units.term_from = levelled.term_band
                and units.renewal_from = levelled.renewal_band
        left join bridge_rates as contracted
            on
                units.from_date = contracted.from_date
                and units.level_to = contracted.level_number
                and units.term_to = contracted.term_band
                and units.renewal_to = contracted.renewal_band

        {% for end, other, membership in [('from', 'to', 'left'), ('to', 'from', 'came')] %}
            union all

            select
                here.from_date,
                here.to_date,
                here.account_id,
                here.product_id,
                '{{ membership }}' as membership,
                {{ 'here.mrr' if end == 'from' else '0' }} as mrr_from,
                {{ 'here.mrr' if end == 'to' else '0' }} as mrr_to,
                {{ bridge_amount('here.base_mrr' if end == 'from' else '0', 'here.expected_nrr') }} as expected_from,
                cast(0 as decimal(28, 9)) as expected_sized,
                cast(0 as decimal(28, 9)) as expected_levelled,
                cast(0 as decimal(28, 9)) as expected_contracted,
                {{ bridge_amount('here.base_mrr' if end == 'to' else '0', 'here.expected_nrr') }} as expected_to,
                false as has_stand_in

            from bridge_{{ end }} as here
            left join bridge_{{ other }} as there
                on
                    here.from_date = there.from_date
                    and here.to_date = there.to_date
                    and here.account_id = there.account_id
                    and here.product_id = there.product_id

            where there.account_id is null
        {% endfor %}

    )
{%- endmacro %}

{# Decimals add up to the same digits in any order; DuckDB multiplies those of up to 18 digits in 18 digits. #}
{% macro bridge_amount(base, rate) -%}
    cast(cast({{ base }} as decimal(19, 0)) * {{ rate }} as decimal(28, 9))
{%- endmacro %}

{#
    From `units`, a table like `bridge_units`, and `scopes` (int_book_scopes) to `bridge_steps`: a row
    per pair of dates and scope. Each step is a book of its own, and its NRR is known to nine decimals; a part of the change
    is the difference of two neighbours, so nothing is left over:
    book of from_date - those who left -> who is in both - sizes, level, contract, rates -> who is in both + those who
    came -> book of to_date.
#}
{% macro bridge_steps(units, scopes) -%}
    bridge_scoped as (

        select
            scopes.scope_type,
            scopes.scope_value,
            units.*

        from {{ units }} as units
        inner join {{ scopes }} as scopes
            on units.account_id = scopes.account_id and units.product_id = scopes.product_id

    ),

    -- Cast at once: Spark gives up digits where decimals of full width are subtracted.
    bridge_sums as (

        select
            from_date,
            to_date,
            scope_type,
            scope_value,
            cast(count(distinct case when membership <> 'came' then account_id end) as bigint) as accounts_from,
            cast(count(distinct case when membership <> 'left' then account_id end) as bigint) as accounts_to,
            cast(count(distinct case when membership = 'both' then account_id end) as bigint) as accounts_both,
            cast(sum(mrr_from) as bigint) as mrr_from,
            cast(sum(mrr_to) as bigint) as mrr_to,
            cast(sum(case when membership = 'both' then mrr_from else 0 end) as bigint) as mrr_from_both,
            cast(sum(case when membership = 'both' then mrr_to else 0 end) as bigint) as mrr_to_both,
            cast(sum(case when has_stand_in then mrr_to else 0 end) as bigint) as stand_in_mrr,
            cast(sum(expected_from) as decimal(28, 9)) as expected_from,
            cast(sum(case when membership = 'both' then expected_from else 0 end) as decimal(28, 9)) as expected_from_both,
            cast(sum(expected_sized) as decimal(28, 9)) as expected_sized,
            cast(sum(expected_levelled) as decimal(28, 9)) as expected_levelled,
            cast(sum(expected_contracted) as decimal(28, 9)) as expected_contracted,
            cast(sum(case when membership = 'both' then expected_to else 0 end) as decimal(28, 9)) as expected_to_both,
            cast(sum(expected_to) as decimal(28, 9)) as expected_to,
            cast(sum(case when membership = 'left' then expected_from else 0 end) as decimal(28, 9)) as expected_of_left,
            cast(sum(case when membership = 'came' then expected_to else 0 end) as decimal(28, 9)) as expected_of_came

        from bridge_scoped

        group by 1, 2, 3, 4

    ),

    bridge_books as (

        select
            *,
            {% for book, mrr in [
                ('from', 'mrr_from'), ('from_both', 'mrr_from_both'), ('sized', 'mrr_to_both'),
                ('levelled', 'mrr_to_both'), ('contracted', 'mrr_to_both'), ('to_both', 'mrr_to_both'), ('to', 'mrr_to'),
            ] %}
                cast({{ rate('expected_' ~ book, mrr) }} as decimal(18, 9)) as nrr_{{ book }}{{ ',' if not loop.last }}
            {% endfor %}

        from bridge_sums

    ),

    bridge_parts as (

        select
            *,
            nrr_to - nrr_from as change_nrr,
            nrr_sized - nrr_from_both as size_nrr,
            nrr_levelled - nrr_sized as level_nrr,
            nrr_contracted - nrr_levelled as contract_nrr,
            nrr_to_both - nrr_contracted as rate_nrr,
            nrr_from_both - nrr_from as left_nrr,
            nrr_to - nrr_to_both as came_nrr,
            expected_to - expected_from as change_mrr,
            expected_sized - expected_from_both as size_mrr,
            expected_levelled - expected_sized as level_mrr,
            expected_contracted - expected_levelled as contract_mrr,
            expected_to_both - expected_contracted as rate_mrr,
            -expected_of_left as left_mrr,
            expected_of_came as came_mrr

        from bridge_books

    ),

    bridge_steps as (

        select
            from_date,
            to_date,
            scope_type,
            scope_value,
            accounts_from,
            accounts_to,
            accounts_both,
            mrr_from,
            mrr_to,
            mrr_from_both,
            mrr_to_both,
            nrr_from as expected_nrr_from,
            nrr_to as expected_nrr_to,
            nrr_from_both as expected_nrr_from_both,
            nrr_to_both as expected_nrr_to_both,
            cast(expected_from as decimal(28, 9)) as expected_mrr_from,
            cast(expected_to as decimal(28, 9)) as expected_mrr_to,
            {% for unit, digits in [('nrr', 18), ('mrr', 28)] %}
                cast(change_{{ unit }} as decimal({{ digits }}, 9)) as change_{{ unit }},
                cast(size_{{ unit }} + level_{{ unit }} + contract_{{ unit }} as decimal({{ digits }}, 9)) as mix_{{ unit }},
                {% for part in ['size', 'level', 'contract', 'rate'] %}
                    cast({{ part }}_{{ unit }} as decimal({{ digits }}, 9)) as {{ part }}_{{ unit }},
                {% endfor %}
                cast(left_{{ unit }} + came_{{ unit }} as decimal({{ digits }}, 9)) as book_{{ unit }},
                cast(left_{{ unit }} as decimal({{ digits }}, 9)) as left_{{ unit }},
                cast(came_{{ unit }} as decimal({{ digits }}, 9)) as came_{{ unit }},
                cast(
                    change_{{ unit }} - size_{{ unit }} - level_{{ unit }} - contract_{{ unit }} - rate_{{ unit }}
                    - left_{{ unit }} - came_{{ unit }} as decimal({{ digits }}, 9)
                ) as residual_{{ unit }},
            {% endfor %}
            stand_in_mrr,
            case
                when mrr_from = 0 then 'no_book_on_from_date'
                when mrr_to = 0 then 'no_book_on_to_date'
                when accounts_both = 0 then 'no_account_in_both_books'
            end as null_reason

        from bridge_parts

    )
{%- endmacro %}
