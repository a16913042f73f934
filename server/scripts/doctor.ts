import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { ConfigError } from '../errors.ts'
import { examineBackups } from './doctor/backups.ts'
import { examineConfig, examineNode, refuseConfig } from './doctor/configuration.ts'
import { examineDatabase } from './doctor/database.ts'
import { type Finding, toTable } from './doctor/findings.ts'
import { examineGoogle } from './doctor/google.ts'
import { examineMailServer } from './doctor/mail-server.ts'
import { examineModel } from './doctor/model.ts'
import { askServer, examinePort } from './doctor/server.ts'
import { readArguments, runScript } from './run-script.ts'

// What is wrong here, and what to do about it. Beside a server that runs as well as before its first start.
await runScript(async () => {
  const { values } = readArguments('node server/scripts/doctor.ts [--json]', {
    options: { json: { type: 'boolean', default: false } },
  })
  const findings = [examineNode(), ...(await examineRest())]
  console.log(values.json ? JSON.stringify({ findings }) : toTable(findings))
  if (findings.some(({ level }) => level === 'problem')) process.exitCode = 1
})

async function examineRest(): Promise<Finding[]> {
  try {
    const config = readConfig()
    const running = await askServer(config.port)
    return [
      ...examineConfig(config),
      ...examineGoogle(config),
      ...(await examineModel(config)),
      await examineMailServer(config),
      ...(await examineDatabase(config, running)),
      await examinePort(config.port, running),
      ...examineBackups(config, join(import.meta.dirname, '../..')),
    ]
  } catch (error) {
    if (error instanceof ConfigError) return refuseConfig(error)
    throw error
  }
}
