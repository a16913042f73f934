import {
  MetricsInput,
  MetricsIntents,
  MetricsLatency,
  MetricsSummary,
  MetricsTimeseries,
  MetricsTools,
  MetricsUsage,
  TimeseriesInput,
} from '../../shared-types/index.ts'
import { readIntents, readLatency, readSummary, readTimeseries, readTools, readUsage } from '../services/metrics.ts'
import { readProcedure, router } from './trpc.ts'

const ofRange = readProcedure.input(MetricsInput.prefault({}))

export const metricsRouter = router({
  summary: ofRange.output(MetricsSummary).query(({ ctx, input }) => readSummary(ctx, ctx.userId, input)),
  intents: ofRange.output(MetricsIntents).query(({ ctx, input }) => readIntents(ctx, ctx.userId, input)),
  latency: ofRange.output(MetricsLatency).query(({ ctx, input }) => readLatency(ctx, ctx.userId, input)),
  tools: ofRange.output(MetricsTools).query(({ ctx, input }) => readTools(ctx, ctx.userId, input)),
  usage: ofRange.output(MetricsUsage).query(({ ctx, input }) => readUsage(ctx, ctx.userId, input)),
  timeseries: readProcedure
    .input(TimeseriesInput.prefault({}))
    .output(MetricsTimeseries)
    .query(({ ctx, input }) => readTimeseries(ctx, ctx.userId, input)),
})
