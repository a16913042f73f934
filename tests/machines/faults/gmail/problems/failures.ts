import { UpstreamError } from '../../../../../server/errors.ts'
import type { PortFailure } from '../../log.ts'
import type { Meaning } from '../meanings.ts'

/** Three tries of the deadline of a cell, each after a refresh of the token; the rest is for a busy machine. */
const longestMs = 3_000

/** Whether what the ports threw while the fault was in force is what `errors.ts` promises, in time and with its wait. */
export function failureProblems(failures: readonly PortFailure[], meaning: Meaning, isFelt: boolean): string[] {
  const expected = isFelt && meaning.kind !== null ? meaning : null
  const answered = failures.filter(({ error }) => !isLeftAlone(error))
  return [
    ...(expected && answered.length === 0 ? [`nothing failed, although it was ${expected.kind}`] : []),
    ...(expected ? answered : failures).flatMap((failure) => problemsOf(failure, expected)),
  ]
}

function problemsOf({ error, ms, waitMs }: PortFailure, expected: Meaning | null): string[] {
  if (!(error instanceof UpstreamError)) return [`a port threw what is no UpstreamError: ${String(error)}`]
  const [least, most] = expected?.waitMs ?? [0, 0]
  return [
    ...(expected?.kind === error.kind
      ? []
      : [`a port failed as ${error.kind} (${error.message}) instead of ${expected?.kind ?? 'not at all'}`]),
    ...(ms <= longestMs ? [] : [`a port took ${Math.round(ms)} ms to fail`]),
    ...(waitMs >= least && waitMs <= most
      ? []
      : [`Google asked to wait ${least} to ${most} ms, understood were ${waitMs}`]),
  ]
}

/** The circuit had opened by then. */
function isLeftAlone(error: unknown): boolean {
  return error instanceof UpstreamError && error.message.includes('is not asked for the moment')
}
