-- Grain: one row per pair of versions of the health score and horizon with windows that both scored: whose customers
-- change band, and which of the two knows better who leaves (H10). Over those that could churn in the horizon.

with

version_pairs as (

    select * from {{ ref('int_version_pairs') }}

),

version_auc as (

    select * from {{ ref('int_version_auc') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

accounts as (

    select
        version_a,
        version_b,
        horizon_months,
        account_id,
        count(*) as windows,
        count(case when is_churned then 1 end) as churned_windows,
        count(case when band_change > 0 then 1 end) as to_better,
        count(case when band_change < 0 then 1 end) as to_worse

    from version_pairs

    group by 1, 2, 3, 4

),

counted as (

    select
        version_a,
        version_b,
        horizon_months,
        cast(sum(windows) as bigint) as windows,
        cast(count(*) as bigint) as accounts,
        cast(sum(churned_windows) as bigint) as churned_windows,
        cast(count(case when churned_windows > 0 then 1 end) as bigint) as churned_accounts,
        cast(count(case when windows > churned_windows then 1 end) as bigint) as kept_accounts,
        cast(sum(to_better) as bigint) as to_better,
        cast(sum(to_worse) as bigint) as to_worse

    from accounts

    group by 1, 2, 3

),

judged as (

    select
        counted.*,
        version_auc.auc_a,
        version_auc.auc_b,
        version_auc.difference_low,
        version_auc.difference_high,
        case
            when counted.churned_accounts < policies.validity_min_churned then 'too_few_churned_accounts'
            when counted.kept_accounts < policies.validity_min_churned then 'too_few_kept_accounts'
        end as null_reason

    from counted
    inner join version_auc
        on
            counted.version_a = version_auc.version_a
            and counted.version_b = version_auc.version_b
            and counted.horizon_months = version_auc.horizon_months
    cross join policies

),

final as (

    select
        version_a,
        version_b,
        horizon_months,
        windows,
        accounts,
        churned_windows,
        churned_accounts,
        to_better,
        to_worse,
        windows - to_better - to_worse as unchanged,
        {{ rate('to_better + to_worse', 'windows') }} as changed_share,
        case when null_reason is null then auc_a end as auc_a,
        case when null_reason is null then auc_b end as auc_b,
        case when null_reason is null then {{ nine_decimals('auc_b - auc_a') }} end as auc_difference,
        case when null_reason is null then difference_low end as auc_difference_low,
        case when null_reason is null then difference_high end as auc_difference_high,
        case
            when null_reason is not null then 'not_reportable'
            when difference_low > 0 then 'b_better'
            when difference_high < 0 then 'a_better'
            else 'no_difference'
        end as verdict,
        null_reason

    from judged

)

select * from final
