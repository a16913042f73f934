import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Figures of this process; process-wide, as memory and event loop are. */
export const registry = new Registry()

collectDefaultMetrics({ register: registry, prefix: 'reasonflow_' })

/** `route` is a procedure or a mounted path, never what a client made up. */
export const httpDuration = new Histogram({
  name: 'reasonflow_http_request_duration_seconds',
  help: 'Time to answer an HTTP request',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers: [registry],
})

/** `outcome`: done, failed (it is retried), postponed (at a vendor's wish, it costs no try) or dead (it does not). */
export const jobsTotal = new Counter({
  name: 'reasonflow_jobs_total',
  help: 'Jobs run, by name and how they ended',
  labelNames: ['job', 'outcome'] as const,
  registers: [registry],
})

/** Those that were acknowledged. `outcome`: accepted, unknown (no such mailbox) or unreadable. */
export const gmailPushesTotal = new Counter({
  name: 'reasonflow_gmail_pushes_total',
  help: 'Gmail push notifications acknowledged, by what became of them',
  labelNames: ['outcome'] as const,
  registers: [registry],
})

/** Counted by each sweep and each /health, over the whole database. */
export const gmailWatchesLapsing = new Gauge({
  name: 'reasonflow_gmail_watches_lapsing',
  help: 'Mailboxes whose Gmail watch has ended, failed, or ends within 48 hours',
  registers: [registry],
})

export const unexpectedErrors = new Counter({
  name: 'reasonflow_unexpected_errors_total',
  help: 'Errors answered as INTERNAL: each is a bug',
  registers: [registry],
})

export const circuitOpen = new Gauge({
  name: 'reasonflow_circuit_open',
  help: '1 while this process leaves an outside service alone because its calls failed',
  labelNames: ['vendor'] as const,
  registers: [registry],
})

export const circuitOpened = new Counter({
  name: 'reasonflow_circuit_opened_total',
  help: 'How often this process began to leave an outside service alone',
  labelNames: ['vendor'] as const,
  registers: [registry],
})

/** A step of the agent, whatever came of the run. */
export const runStepDuration = new Histogram({
  name: 'reasonflow_run_step_duration_seconds',
  help: 'Time a step of a run took, by its name and how it ended',
  labelNames: ['step', 'outcome'] as const,
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60],
  registers: [registry],
})

/** `model`: as configured, or none where there was no answer. `outcome`: ok, bad_answer, over_budget, failed or what the vendor said. */
export const modelCallDuration = new Histogram({
  name: 'reasonflow_model_call_duration_seconds',
  help: 'Time a question to a model took, by task, model and outcome',
  labelNames: ['task', 'model', 'outcome'] as const,
  buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40],
  registers: [registry],
})

export const modelTokens = new Counter({
  name: 'reasonflow_model_tokens_total',
  help: 'Tokens of answered questions, by task, model and direction',
  labelNames: ['task', 'model', 'direction'] as const,
  registers: [registry],
})

export const modelCost = new Counter({
  name: 'reasonflow_model_cost_dollars_total',
  help: 'What answered questions cost, in US dollars',
  labelNames: ['task', 'model'] as const,
  registers: [registry],
})

export const sendsSettled = new Counter({
  name: 'reasonflow_sends_total',
  help: 'Sends by the state they were settled in: sent, unknown, rejected or cancelled',
  labelNames: ['state'] as const,
  registers: [registry],
})

// Over the whole database, read when the metrics are: every process tells the same, so that they are compared by their
// maximum and never added up. Those that nobody could read are absent.

export const figuresRead = new Gauge({
  name: 'reasonflow_figures_read',
  help: '1 while the figures over the whole database can be read: 0 means that those below are absent, not well',
  registers: [registry],
})

export const syncLag = new Gauge({
  name: 'reasonflow_sync_lag_seconds',
  help: 'How long ago the active mailbox that waits longest was synced',
  registers: [registry],
})

/** What the lag alone does not tell: an owner may want a sync a day. */
export const syncOverdue = new Gauge({
  name: 'reasonflow_sync_overdue_seconds',
  help: 'How much longer ago that is than its owner wants, for the mailbox that is furthest behind',
  registers: [registry],
})

export const unknownSends = new Gauge({
  name: 'reasonflow_unknown_sends',
  help: 'Sends of which nobody knows whether they went out, and whose owner is asked',
  registers: [registry],
})

export const deadLetters = new Gauge({
  name: 'reasonflow_dead_letters',
  help: 'Jobs that failed for good and were given no new start; 1000 stands for more',
  labelNames: ['job'] as const,
  registers: [registry],
})

export const oldestDueJob = new Gauge({
  name: 'reasonflow_oldest_due_job_seconds',
  help: 'How long the oldest job whose time has come waits to be begun',
  labelNames: ['job'] as const,
  registers: [registry],
})

export const budgetSpent = new Gauge({
  name: 'reasonflow_model_budget_spent_ratio',
  help: 'Share of MODEL_BUDGET_PER_DAY that is spent or reserved today (UTC); absent where there is no such budget',
  registers: [registry],
})

export const ownersOutOfBudget = new Gauge({
  name: 'reasonflow_owners_out_of_budget',
  help: 'Owners who were told today (UTC) that a budget for the model is used up',
  registers: [registry],
})
