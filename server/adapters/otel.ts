import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Link,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import packageJson from '../../package.json' with { type: 'json' }
import { errorType, type Span, type Tracer } from '../tracing.ts'

/** So that a collector that is away holds no process up that wants to stop. */
const exportTimeoutMs = 3_000

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER } as const

/** Traces over OTLP (HTTP, JSON). Nothing is registered globally, so that no library adds spans or texts of its own. */
export function startTracing({ endpoint }: { endpoint: string }, logger: Logger): Tracer & AsyncDisposable {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: exportTimeoutMs })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'reasonflow', 'service.version': packageJson.version }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: tellingOfFailure(exporter, logger),
        exportTimeoutMillis: exportTimeoutMs,
      }),
    ],
  })
  const tracer = provider.getTracer('reasonflow', packageJson.version)
  const active = new AsyncLocalStorage<OtelSpan>()

  return {
    async span(name, { isRoot = false, kind, facts = {}, cause }, effect) {
      const parent = isRoot ? undefined : active.getStore()
      if (!isRoot && !parent) return effect(spanOf(undefined))
      const options = {
        attributes: { ...facts },
        kind: kind ? kinds[kind] : SpanKind.INTERNAL,
        links: linksTo(cause),
        root: isRoot,
      }
      const otel = tracer.startSpan(name, options, parent ? trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT)
      try {
        return await active.run(otel, () => effect(spanOf(otel)))
      } catch (error) {
        otel.setAttribute('error.type', errorType(error))
        otel.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        otel.end()
      }
    },
    current() {
      const otel = active.getStore()
      return otel && { span: spanOf(otel), traceparent: writeTraceparent(otel.spanContext()) }
    },
    async [Symbol.asyncDispose]() {
      // That the last ones found nobody is told already, and no reason to end in failure.
      await provider.shutdown().catch(() => undefined)
    },
  }
}

function spanOf(otel: OtelSpan | undefined): Span {
  return {
    note: (facts) => void otel?.setAttributes({ ...facts }),
    linkTo: (traceparent) => void otel?.addLinks(linksTo(traceparent)),
  }
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

/** Links, not a parent: an approval comes days after its run, a job is tried again, and a sync begins many runs. */
function linksTo(traceparent: string | undefined): Link[] {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return []
  return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } }]
}

/** Tells once that nobody takes the traces, and once that somebody does again. */
function tellingOfFailure(exporter: SpanExporter, logger: Logger): SpanExporter {
  let isFailing = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const hasFailed = result.error !== undefined
        if (hasFailed && !isFailing) logger.warn({ err: result.error }, 'traces could not be handed over')
        if (!hasFailed && isFailing) logger.info('traces are handed over again')
        isFailing = hasFailed
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  }
}
