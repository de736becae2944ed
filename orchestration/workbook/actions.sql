select
    queue.priority, queue.account_id, accounts.account_name, queue.owner_id, queue.label_{lang} as reason,
    queue.sentence_{lang} as sentence, queue.mrr_at_stake, queue.expected_mrr_gain, queue.expected_nrr_gain,
    queue.opened_date, queue.due_date, queue.is_overdue, queue.last_touch_date, queue.action_id
from marts.mart_action_queue as queue
left join marts.dim_account as accounts using (account_id)
order by queue.priority
