import { once } from 'node:events'
import { createServer } from 'node:net'
import packageJson from '../../package.json' with { type: 'json' }
import { type Config, ConfigError, readConfig } from '../config.ts'
import { messageOf } from '../errors.ts'
import { examineDatabase } from './doctor-database.ts'
import { type Finding, isBefore, ok, problem, warning } from './findings.ts'
import { readArguments, runScript } from './run-script.ts'

await runScript(async () => {
  readArguments('npm run doctor', {})
  const findings = [examineNode()]
  try {
    const config = readConfig()
    findings.push(...examineConfig(config), ...(await examineDatabase(config)), await examinePort(config.port))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    findings.push(...error.problems.map((detail) => problem('configuration', detail)))
  }
  for (const { level, matter, detail } of findings) console.log(`${level.padEnd(8)} ${matter.padEnd(14)} ${detail}`)
  if (findings.some(({ level }) => level === 'problem')) process.exitCode = 1
})

function examineNode(): Finding {
  const needed = packageJson.engines.node.replace('>=', '')
  const { node } = process.versions
  return isBefore(node, needed)
    ? problem('Node', `${node}; ReasonFlow needs ${needed}. Its npm scripts bring their own: npm run doctor`)
    : ok('Node', node)
}

function examineConfig(config: Config): Finding[] {
  const { env, google, model, warnings } = config
  return [
    ok('configuration', `${env}, ${config.roles.join(' and ')}`),
    ...warnings.map((detail) => warning('configuration', detail)),
    google
      ? ok('Gmail', `Google returns to ${google.redirectUri}`)
      : warning('Gmail', 'no client, so no mailbox can be connected: set GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET'),
    model.provider === 'gemini'
      ? ok('Gemini', model.model)
      : warning('Gemini', 'the offline model answers, by rules and templates: set GEMINI_API_KEY'),
  ]
}

async function examinePort(port: number): Promise<Finding> {
  const server = createServer()
  try {
    await once(server.listen(port), 'listening')
    return ok('port', `${port} is free`)
  } catch (error) {
    if (await isReasonFlow(port)) return ok('port', `${port} is where ReasonFlow runs`)
    return problem('port', `${messageOf(error)}. Stop what listens there, or set PORT to a free one`)
  } finally {
    server.close()
  }
}

async function isReasonFlow(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(3_000) })
    const health: unknown = await answer.json()
    return typeof health === 'object' && health !== null && 'checks' in health
  } catch {
    return false
  }
}
