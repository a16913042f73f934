import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

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

/** `outcome`: done, failed (it comes again) or dead (it does not). */
export const jobsTotal = new Counter({
  name: 'reasonflow_jobs_total',
  help: 'Jobs run, by name and how they ended',
  labelNames: ['job', 'outcome'] as const,
  registers: [registry],
})

export const unexpectedErrors = new Counter({
  name: 'reasonflow_unexpected_errors_total',
  help: 'Errors answered as INTERNAL: each is a bug',
  registers: [registry],
})
