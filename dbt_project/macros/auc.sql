{#
    How well low scores tell who left: the share of pairs of a churned and a kept window in which the churned one had the
    lower score, a tie counting half (AUC). Pairs are made inside a stratum. `windows` is a CTE with the `keys`, stratum,
    account_id, score and is_churned; the steps end in `auc_accounts`, a row per keys and account with four whole numbers:
    the pairs its churned windows are in and twice those they win, and the same for its kept windows.
#}
{% macro auc_accounts(windows, keys) -%}
    {%- set columns = keys | join(', ') -%}
    auc_scores as (

        select
            {{ columns }},
            stratum,
            score,
            cast(count(case when is_churned then 1 end) as bigint) as churned,
            cast(count(case when not is_churned then 1 end) as bigint) as kept

        from {{ windows }}

        group by {{ columns }}, stratum, score

    ),

    auc_ranked as (

        select
            *,
            cast(sum(churned) over whole as bigint) as all_churned,
            cast(sum(kept) over whole as bigint) as all_kept,
            cast(sum(churned) over up_to_here as bigint) - churned as churned_below,
            cast(sum(kept) over whole - sum(kept) over up_to_here as bigint) as kept_above

        from auc_scores

        window
            whole as (partition by {{ columns }}, stratum),
            up_to_here as (
                partition by {{ columns }}, stratum order by score
                rows between unbounded preceding and current row
            )

    ),

    auc_accounts as (

        select
            {% for key in keys %}
                windows.{{ key }},
            {% endfor %}
            windows.account_id,
            cast(sum(case when windows.is_churned then ranked.all_kept else 0 end) as bigint) as churned_pairs,
            cast(sum(case when windows.is_churned then 2 * ranked.kept_above + ranked.kept else 0 end) as bigint)
                as churned_won,
            cast(sum(case when windows.is_churned then 0 else ranked.all_churned end) as bigint) as kept_pairs,
            cast(sum(case when windows.is_churned then 0 else 2 * ranked.churned_below + ranked.churned end) as bigint)
                as kept_won

        from {{ windows }} as windows
        inner join auc_ranked as ranked
            on
                windows.stratum = ranked.stratum
                and windows.score = ranked.score
                {% for key in keys %}
                    and windows.{{ key }} = ranked.{{ key }}
                {% endfor %}

        group by {% for key in keys %}windows.{{ key }}, {% endfor %}windows.account_id

    )
{%- endmacro %}

{#
    The AUC and its draws from `auc_accounts` (or a table like it): whole accounts are drawn, with all their windows, by the
    seeded weights of int_bootstrap_weights. A draw is the AUC's projection: by how much the drawn churned windows win more
    than all, plus by how much the drawn kept ones do; draws from n accounts vary too little by (n - 1) / n. Ends in `auc_whole` (keys, auc) and `auc_draws` (keys, draw, auc).
#}
{% macro auc_draws(accounts, weights, keys) -%}
    {%- set columns = keys | join(', ') -%}
    auc_whole as (

        select
            {{ columns }},
            cast(sum(churned_won) as double) / nullif(cast(2 * sum(churned_pairs) as double), 0) as auc,
            sqrt(
                cast(count(case when churned_pairs > 0 then 1 end) as double) / nullif(count(case when churned_pairs > 0 then 1 end) - 1, 0)
            ) as churned_widening,
            sqrt(cast(count(case when kept_pairs > 0 then 1 end) as double) / nullif(count(case when kept_pairs > 0 then 1 end) - 1, 0)) as kept_widening

        from {{ accounts }}

        group by {{ columns }}

    ),

    auc_sums as (

        select
            {% for key in keys %}
                accounts.{{ key }},
            {% endfor %}
            weights.draw,
            sum(weights.weight * accounts.churned_won) as churned_won,
            sum(weights.weight * accounts.churned_pairs) as churned_pairs,
            sum(weights.weight * accounts.kept_won) as kept_won,
            sum(weights.weight * accounts.kept_pairs) as kept_pairs

        from {{ accounts }} as accounts
        inner join {{ weights }} as weights on accounts.account_id = weights.account_id

        group by {% for key in keys %}accounts.{{ key }}, {% endfor %}weights.draw

    ),

    auc_draws as (

        select
            {% for key in keys %}
                sums.{{ key }},
            {% endfor %}
            sums.draw,
            whole.auc
            + whole.churned_widening
            * (cast(sums.churned_won as double) / nullif(cast(2 * sums.churned_pairs as double), 0) - whole.auc)
            + whole.kept_widening
            * (cast(sums.kept_won as double) / nullif(cast(2 * sums.kept_pairs as double), 0) - whole.auc)
            as auc

        from auc_sums as sums
        inner join auc_whole as whole
            on
                {% for key in keys %}
                    {{ 'and ' if not loop.first }}sums.{{ key }} = whole.{{ key }}
                {% endfor %}

    )
{%- endmacro %}
