import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

const shown = 10
/** What Linux counts the time of processes in, whatever the machine. */
const ticksPerSecond = 100

/** Ends a run with its slowest files and the CPU time of all its processes, which a busy machine bends least. */
export function costsReporter(): Reporter {
  return {
    onTestRunEnd(modules) {
      if (modules.length < 2) return
      const seconds = (module: TestModule) => {
        const { duration, collectDuration } = module.diagnostic()
        return (duration + collectDuration) / 1_000
      }
      const slowest = [...modules].sort((a, b) => seconds(b) - seconds(a)).slice(0, shown)
      const lines = slowest.map((module) => `${seconds(module).toFixed(1).padStart(7)} s  ${nameOf(module)}`)
      // Workers, and what they started, are counted once they have ended.
      process.once('exit', () => console.log(['', 'The slowest files', ...lines, ...cpuTime()].join('\n')))
    },
  }
}

function nameOf({ moduleId, project }: TestModule): string {
  return relative(project.config.root, moduleId)
}

/** User and system time of this process and of those it has waited for (proc(5), fields 14 to 17); none elsewhere. */
function cpuTime(): string[] {
  try {
    const afterName = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1) ?? ''
    const [user = 0, system = 0, usersOfChildren = 0, systemOfChildren = 0] = afterName
      .split(' ')
      .slice(11, 15)
      .map((ticks) => Number(ticks) / ticksPerSecond)
    const [inUser, inSystem] = [user + usersOfChildren, system + systemOfChildren].map(Math.round)
    return [`${inUser} s of user and ${inSystem} s of system time (a native PostgreSQL's own is not in it)`]
  } catch {
    return []
  }
}
