import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { type Finding, inWords, ok, warning } from './findings.ts'

const staleMs = 7 * 86_400_000
const cure = 'make docker-backup, or pg_dump into backups/; better every day'

/** How old the newest backup is; nothing is said where none are made: inside the container, and before production. */
export function examineBackups({ env }: Pick<Config, 'env'>, root: string, now = Date.now()): Finding[] {
  if (!existsSync(join(root, 'docker/backup.sh'))) return []
  const folder = join(root, 'backups')
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.dump')) : []
  if (files.length === 0) return env === 'production' ? [warning('backups', 'there is none', cure)] : []
  const ageMs = now - Math.max(...files.map((file) => statSync(join(folder, file)).mtimeMs))
  const detail = `the newest is ${inWords(ageMs)} old`
  return [ageMs > staleMs ? warning('backups', detail, cure) : ok('backups', detail)]
}
