import { DateTime } from 'luxon'
import type {
  MetricsInput,
  MetricsIntents,
  MetricsInterval,
  MetricsLatency,
  MetricsSummary,
  MetricsTimeseries,
  MetricsTools,
  MetricsUsage,
  TimeseriesInput,
} from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { getSettings } from '../db/accounts/settings.ts'
import type { Range } from '../db/metrics/figures.ts'
import { getIntents } from '../db/metrics/intents.ts'
import { getLatency, getTools } from '../db/metrics/latency.ts'
import { getSummary } from '../db/metrics/summary.ts'
import { type Counts, countByTime } from '../db/metrics/timeseries.ts'
import { countQuestions, getCharges } from '../db/metrics/usage.ts'
import { AppError } from '../errors.ts'

// An owner's own figures, from their rows. The operator's, of the process and of all owners, are in server/metrics.ts.

const dayMs = 86_400_000
const usualDays = 30
const mostDays = 400

const nothing: Counts = { mails: 0, drafts: 0, sent: 0, sentAutomatically: 0, cost: 0 }

export function readSummary(ctx: AppContext, userId: string, input: MetricsInput): Promise<MetricsSummary> {
  return getSummary(ctx.db, userId, rangeOf(input, ctx.clock.now()))
}

export function readIntents(ctx: AppContext, userId: string, input: MetricsInput): Promise<MetricsIntents> {
  return getIntents(ctx.db, userId, rangeOf(input, ctx.clock.now()))
}

export function readLatency(ctx: AppContext, userId: string, input: MetricsInput): Promise<MetricsLatency> {
  return getLatency(ctx.db, userId, rangeOf(input, ctx.clock.now()))
}

export function readTools(ctx: AppContext, userId: string, input: MetricsInput): Promise<MetricsTools> {
  return getTools(ctx.db, userId, rangeOf(input, ctx.clock.now()))
}

export async function readUsage(ctx: AppContext, userId: string, input: MetricsInput): Promise<MetricsUsage> {
  const now = ctx.clock.now()
  const range = rangeOf(input, now)
  const questions = await countQuestions(ctx.db, userId, range)
  const charges = await getCharges(ctx.db, userId, range, now.toISOString().slice(0, 10))
  return { ...range, ...questions, ...charges }
}

export async function readTimeseries(
  ctx: AppContext,
  userId: string,
  { interval, ...input }: TimeseriesInput,
): Promise<MetricsTimeseries> {
  const range = rangeOf(input, ctx.clock.now())
  const { timeZone } = await getSettings(ctx.db, userId)
  const times = timesOf(range, interval, timeZone)
  const counts = await countByTime(
    ctx.db,
    userId,
    range,
    times.map(({ start }) => start),
  )
  const items = times.map((time, n) => ({ ...time, ...(counts.get(n) ?? nothing) }))
  return { ...range, interval, timeZone, items }
}

function rangeOf({ from, to }: MetricsInput, now: Date): Range {
  if (from !== undefined && Date.parse(from) > now.getTime())
    throw new AppError('VALIDATION_FAILED', 'from lies in the future.')
  const end = to ?? now.toISOString()
  const start = from ?? new Date(Date.parse(end) - usualDays * dayMs).toISOString()
  const lengthMs = Date.parse(end) - Date.parse(start)
  if (lengthMs <= 0) throw new AppError('VALIDATION_FAILED', 'to must be after from.')
  if (lengthMs > mostDays * dayMs)
    throw new AppError('VALIDATION_FAILED', `to may be ${mostDays} days after from at most.`)
  // Long before, no instant of the calendar and of the database is the same.
  if (Date.parse(start) < 0) throw new AppError('VALIDATION_FAILED', 'There was no mail before 1970.')
  return { from: start, to: end }
}

interface Time {
  readonly date: string
  readonly start: string
}

/** The days or weeks of the owner's calendar that the range touches. */
function timesOf({ from, to }: Range, interval: MetricsInterval, zone: string): Time[] {
  // Days of the calendar alone: in the zone itself one may lack its midnight, or have two.
  const dayOf = (ms: number) => DateTime.fromMillis(ms, { zone }).setZone('utc', { keepLocalTime: true }).startOf('day')
  const last = dayOf(Date.parse(to) - 1)
  const times: Time[] = []
  for (let day = dayOf(Date.parse(from)).startOf(interval); day <= last; day = day.plus({ [interval]: 1 })) {
    times.push({ date: day.toFormat('yyyy-MM-dd'), start: startOf(day, zone) })
  }
  return times
}

/** The first moment of that day: its midnight, the first of two, or what comes next where the clock jumps over it. */
function startOf({ year, month, day }: DateTime, zone: string): string {
  const midnight = DateTime.fromObject({ year, month, day }, { zone })
  const anHourBefore = midnight.minus({ hours: 1 })
  return (anHourBefore.day === day ? anHourBefore : midnight).toJSDate().toISOString()
}
