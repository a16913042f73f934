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

/** `outcome`: done, failed (it comes again), postponed (at a vendor's wish, no try spent) or dead (it does not). */
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
