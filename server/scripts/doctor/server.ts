import { once } from 'node:events'
import { createServer } from 'node:net'
import { z } from 'zod'
import { messageOf } from '../../errors.ts'
import { type Finding, ok, problem, warning } from './findings.ts'

const HealthAnswer = z.object({
  status: z.string(),
  version: z.string(),
  checks: z.record(z.string(), z.object({ status: z.string(), detail: z.string().optional() })),
})
export type RunningServer = z.infer<typeof HealthAnswer>

/** What the server on this machine says of itself; null when none of ours answers there. */
export async function askServer(port: number): Promise<RunningServer | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5_000) })
    return HealthAnswer.parse(await answer.json())
  } catch {
    return null
  }
}

/** Whether the server that runs can be reached, or one that is started could listen. */
export async function examinePort(port: number, running: RunningServer | null): Promise<Finding> {
  if (running) return ok('port', `${port} is where ReasonFlow ${running.version} runs; it says: ${running.status}`)
  const server = createServer()
  try {
    await once(server.listen(port), 'listening')
    return ok('port', `${port} is free`)
  } catch (error) {
    return problem('port', messageOf(error), 'Stop what listens there, or set PORT to a free one')
  } finally {
    server.close()
  }
}

/** In its own words, where nobody else may look into its database. */
export function examineChecks({ checks }: RunningServer): Finding[] {
  return Object.entries(checks).flatMap(([matter, { status, detail = status }]) => {
    // What is not set up is told of the configuration.
    if (status === 'off') return []
    if (status === 'down') return [problem(matter, detail, 'The log of the server says why')]
    if (status === 'degraded') return [warning(matter, detail, 'The log of the server says why')]
    return [ok(matter, detail)]
  })
}
