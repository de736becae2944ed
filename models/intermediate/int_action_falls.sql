-- Grain: one row per customer, product and kind of fall (int_grade_falls), in words (A1).

with

grade_falls as (

    select * from {{ ref('int_grade_falls') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

account_units as (

    select * from {{ ref('int_account_units') }}

),

bands as (

    select * from {{ ref('health_bands') }}

    where score_kind = 'health'

),

rules as (

    select * from {{ ref('action_rules') }}

),

worded as (

    select
        grade_falls.*,
        account_units.mrr,
        rules.due_days,
        cast(grade_falls.compared_date as {{ dbt.type_string() }}) as compared_text,
        cast(cast(grade_falls.grade as int) as {{ dbt.type_string() }}) as level_text,
        cast(cast(grade_falls.earlier_grade as int) as {{ dbt.type_string() }}) as earlier_level_text,
        {{ spoken('grade_falls.measured', '1', "''", '') }} as score_text,
        {{ spoken('grade_falls.earlier_measured', '1', "''", '') }} as earlier_score_text,
        bands.label_en as band_en,
        bands.label_ja as band_ja,
        earlier_bands.label_en as earlier_band_en,
        earlier_bands.label_ja as earlier_band_ja

    from grade_falls
    inner join spine on spine.is_latest
    inner join account_units
        on
            spine.as_of_date = account_units.as_of_date
            and grade_falls.account_id = account_units.account_id
            and grade_falls.product_id = account_units.product_id
    inner join rules on grade_falls.reason_key = rules.reason_key
    left join bands on grade_falls.grade = bands.minimum
    left join bands as earlier_bands on grade_falls.earlier_grade = earlier_bands.minimum

),

final as (

    select
        account_id,
        product_id,
        reason_key,
        threshold,
        compared_text as started_by,
        opened_date,
        {{ plus_days('opened_date', 'due_days') }} as due_date,
        mrr,
        case reason_key
            when 'level_fall'
                then 'Success level ' || level_text || ', down from ' || earlier_level_text || ' on ' || compared_text || '.'
            else
                'Health ' || score_text || ' (' || band_en || '), down from ' || earlier_score_text || ' ('
                || earlier_band_en || ') on ' || compared_text || '.'
        end as sentence_en,
        case reason_key
            when 'level_fall'
                then compared_text || 'のサクセスレベル' || earlier_level_text || 'から' || level_text || 'に下がりました。'
            else
                compared_text || 'のヘルススコア' || earlier_score_text || '点(' || earlier_band_ja || ')から' || score_text
                || '点(' || band_ja || ')に下がりました。'
        end as sentence_ja

    from worded

)

select * from final
