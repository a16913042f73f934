import { AppError, isUpstream } from './errors.ts'

/** Ids, names, numbers: never a text of a mail, an address or a token. */
export type Facts = Readonly<Record<string, string | number | boolean>>

/** A piece of work that is being watched. */
export interface Span {
  note(facts: Facts): void
  /** It follows from what this W3C traceparent names. */
  linkTo(traceparent: string): void
}

export interface SpanOptions {
  /** Begins a trace of its own; any other span is seen only as part of one. */
  readonly isRoot?: boolean
  readonly kind?: 'server' | 'client' | 'consumer'
  readonly facts?: Facts
  /** The traceparent of what it follows from. */
  readonly cause?: string | undefined
}

export interface Tracer {
  span<T>(name: string, options: SpanOptions, effect: (span: Span) => Promise<T>): Promise<T>
  /** The span that is under way here, and its W3C traceparent. */
  current(): { readonly span: Span; readonly traceparent: string } | undefined
}

let tracer: Tracer | undefined

/** The composition root calls this, with a tracer where one is wanted. */
export function traceWith(newTracer: Tracer | undefined): void {
  tracer = newTracer
}

/** Does it as a span of that name; where nothing is traced it is just done. */
export function traced<T>(name: string, options: SpanOptions, effect: (span: Span) => Promise<T>): Promise<T> {
  return tracer ? tracer.span(name, options, effect) : effect(nobody)
}

/** What later work names as its cause; undefined where nothing is traced. */
export function traceparent(): string | undefined {
  return tracer?.current()?.traceparent
}

/** Links what is under way here to its cause, which is asked for only where somebody traces. */
export async function linkToCause(find: () => Promise<string | null | undefined>): Promise<void> {
  const current = tracer?.current()
  if (!current) return
  const cause = await find()
  if (cause) current.span.linkTo(cause)
}

/** Why it failed, in one word: a message may quote a mail. */
export function errorType(error: unknown): string {
  if (isUpstream(error)) return error.kind
  if (error instanceof AppError) return error.reason
  return error instanceof Error ? error.name : 'unknown'
}

const nobody: Span = { note: () => undefined, linkTo: () => undefined }
