"""The rates of the made-up company: every number its behaviour is drawn from, and nothing else.

What belongs here: plain numbers and tuples of numbers in upper case. docs/sample_company.md explains each of them in
one table; a test holds the two in step. Tuples "by level" run over the latent success levels 0 to 5.
"""

# Who the customers are.
INFRA_SHARE = 0.55
SECOND_PRODUCT_SHARE = 0.15
SECOND_PRODUCT_AFTER_MONTHS = (6, 18)
MEDIAN_MRR_INFRA = 110_000
MEDIAN_MRR_TOOL = 70_000
MRR_SIGMA = 1.0
SECOND_PRODUCT_MRR_FACTOR = 0.5
SEAT_PRICE_INFRA = 12_000
SEAT_PRICE_TOOL = 5_000
SEGMENT_BORDERS = (60_000, 200_000)
ACCOUNTS_PER_OWNER = 40

# How they sign.
START_WEIGHT_FIRST_YEAR = 2.0
START_WEIGHT_APRIL = 2.5
START_WEIGHT_OCTOBER = 1.4
TERM_MONTHS = (1, 12, 24, 36)
TERM_SHARES = (0.18, 0.70, 0.07, 0.05)
FIRST_OF_MONTH_SHARE = 0.75
SIGNED_BEFORE_DAYS = (14, 45)
STEP_DISCOUNT_SHARE = 0.08
STEP_FREE_MONTHS = 3
STEP_DISCOUNT_MONTHS = 3
STEP_DISCOUNT = 0.20
TOTAL_AMOUNT_SHARE = 0.10
AUTO_RENEW_SHARE = 0.60

# How their latent level moves, a month at a time; by phase: onboarding, adoption, expansion.
PHASE_FROM_MONTHS = (0, 3, 12)
START_AT_LEVEL_1_SHARE = 0.40
LEVEL_UP_MONTHLY = (0.40, 0.17, 0.10)
LEVEL_DOWN_MONTHLY = (0.03, 0.05, 0.07)

# What happens when a term ends, by level in the month before; a monthly term takes a twelfth of a year's risk.
CHURN_YEARLY = (0.36, 0.20, 0.12, 0.07, 0.04, 0.02)
CONTRACTION_YEARLY = (0.10, 0.08, 0.06, 0.05, 0.03, 0.02)
EXPANSION_YEARLY = (0.06, 0.12, 0.22, 0.33, 0.42, 0.50)
CONTRACTION_SIZE = (0.10, 0.35)
EXPANSION_SIZE = (0.10, 0.50)
LATE_RENEWAL_SHARE = 0.08
LATE_RENEWAL_DAYS = (5, 55)
CANCELLATION_SHARE = 0.65
CANCELLATION_NOTICE_DAYS = (30, 90)
CANCELLATION_NOTICE_DAYS_MONTHLY = (1, 20)
RETURN_SHARE = 0.12
RETURN_AFTER_MONTHS = (3, 9)

# What happens within a term of a year or more, by level, each month.
SEATS_ADDED_MONTHLY = (0.0, 0.005, 0.010, 0.018, 0.027, 0.036)
SEATS_ADDED_SIZE = (0.10, 0.30)
ADDON_MONTHLY = (0.0, 0.0, 0.003, 0.008, 0.014, 0.020)
ADDON_MRR_FACTOR = 0.20

# How they use it.
ACTIVE_SEAT_SHARE = (0.15, 0.32, 0.50, 0.65, 0.80, 0.92)
ACTIVE_DAYS_PER_WEEK_INFRA = (0.25, 0.6, 1.0, 1.5, 2.0, 2.5)
ACTIVE_DAYS_PER_WEEK_TOOL = (0.5, 1.1, 1.9, 2.7, 3.4, 4.1)
ACCOUNT_ACTIVITY_SIGMA = 0.25
WEEKEND_FACTOR = 0.06
QUIET_DAY_FACTOR = 0.08
EXTRA_EVENTS_PER_DAY = (0.3, 0.7, 1.3, 2.0, 3.0, 4.5)
HOUR_WEIGHTS = (2, 1, 1, 1, 1, 2, 6, 20, 60, 100, 95, 80, 55, 90, 95, 90, 85, 70, 45, 25, 15, 10, 6, 3)

# What they answer: all active users are asked twice a year, the silent ones leave no row.
NPS_WAVE_MONTHS = (5, 11)
NPS_SENT_ON_DAY = 10
NPS_RESPONSE_SHARE = (0.10, 0.15, 0.20, 0.25, 0.30, 0.35)
NPS_ANSWERED_WITHIN_DAYS = 14
NPS_SCORE_MEAN = (4.6, 5.9, 7.0, 7.9, 8.7, 9.4)
NPS_SCORE_SIGMA = 1.7

# How the files arrive.
PARQUET_LOGINS_ABOVE_ACCOUNTS = 2_000
DIRTY_ROWS_PER_KIND = 3
