import type { ServerProcess } from '../../../support/server-process.ts'

export interface ServerFigures {
  /** Over the time since they were read before: the server's histogram starts anew each time. */
  readonly loopDelayP99Ms: number
  readonly memoryMb: number
  /** Errors answered as INTERNAL since the start. */
  readonly unexpected: number
}

/** As the server itself tells them at /metrics. */
export async function readFigures({ url }: ServerProcess): Promise<ServerFigures> {
  const response = await fetch(`${url}/metrics`)
  const page = await response.text()
  const valueOf = (name: string) => Number(new RegExp(`^reasonflow_${name} (\\S+)$`, 'm').exec(page)?.[1])
  return {
    loopDelayP99Ms: Math.round(valueOf('nodejs_eventloop_lag_p99_seconds') * 10_000) / 10,
    memoryMb: Math.round(valueOf('process_resident_memory_bytes') / 1_000_000),
    unexpected: valueOf('unexpected_errors_total'),
  }
}
