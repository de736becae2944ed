-- Grain: one row per survey answer, and one per invitation to answer, up to the as-of date, of a known account. The
-- touchpoint is the moment in the customer's life that the survey belongs to (S6).

with

surveys as (

    select * from {{ ref('stg_surveys') }}

),

invitations as (

    select * from {{ ref('stg_survey_invitations') }}

),

hierarchy as (

    select * from {{ ref('int_account_hierarchy') }}

),

contract_lines as (

    select * from {{ ref('int_contract_lines') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

bands as (

    select * from {{ ref('bands') }}

),

events as (

    select
        'answer' as event_kind,
        response_id as event_id,
        account_id,
        user_id,
        product_id,
        survey_type,
        touchpoint as stated_touchpoint,
        score,
        responded_at as event_at,
        responded_date as event_date

    from surveys

    union all

    select
        'invitation' as event_kind,
        invitation_id as event_id,
        account_id,
        user_id,
        product_id,
        survey_type,
        touchpoint as stated_touchpoint,
        cast(null as int) as score,
        sent_at as event_at,
        sent_date as event_date

    from invitations

),

of_known_accounts as (

    select
        events.event_kind,
        events.event_id,
        hierarchy.surviving_account_id as account_id,
        events.user_id,
        events.product_id,
        events.survey_type,
        events.stated_touchpoint,
        events.score,
        events.event_at,
        events.event_date

    from events
    inner join hierarchy on events.account_id = hierarchy.account_id
    inner join spine on spine.is_latest and events.event_date <= spine.as_of_date

),

first_paid as (

    select
        contract_lines.account_id,
        contract_lines.product_id,
        min(contract_lines.start_date) as first_paid_date

    from contract_lines
    inner join spine on spine.is_latest and contract_lines.known_from_date <= spine.as_of_date

    where
        contract_lines.mrr > 0
        and (contract_lines.end_date_exclusive is null or contract_lines.end_date_exclusive > contract_lines.start_date)

    group by 1, 2

),

-- Who is not asked about a product is asked about the one the customer began to pay for last.
asked_about as (

    select
        account_id,
        product_id as asked_product_id,
        product_id,
        first_paid_date

    from first_paid

    union all

    select
        account_id,
        'all' as asked_product_id,
        product_id,
        first_paid_date

    from first_paid

),

placed as (

    select
        of_known_accounts.*,
        {{ days_between('asked_about.first_paid_date', 'of_known_accounts.event_date') }} as days_since_first_paid

    from of_known_accounts
    left join asked_about
        on
            of_known_accounts.account_id = asked_about.account_id
            and of_known_accounts.event_date >= asked_about.first_paid_date
            and coalesce(of_known_accounts.product_id, 'all') = asked_about.asked_product_id

    qualify row_number() over (
        partition by of_known_accounts.event_kind, of_known_accounts.event_id
        order by asked_about.first_paid_date desc, asked_about.product_id asc
    ) = 1

),

final as (

    select
        placed.event_kind,
        placed.event_id,
        placed.account_id,
        placed.user_id,
        placed.product_id,
        placed.survey_type,
        placed.stated_touchpoint,
        cast(placed.days_since_first_paid as int) as days_since_first_paid,
        coalesce(placed.stated_touchpoint, bands.band, 'other') as touchpoint,
        placed.score,
        placed.event_at,
        placed.event_date

    from placed
    left join bands on {{ in_band('bands', 'touchpoint', 'placed.days_since_first_paid') }}

)

select * from final
