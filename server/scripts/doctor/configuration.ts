import packageJson from '../../../package.json' with { type: 'json' }
import { type Config, originOf } from '../../config.ts'
import type { ConfigError } from '../../errors.ts'
import { type Finding, isBefore, ok, problem, warning } from './findings.ts'

/** The Node this runs on. */
export function examineNode(): Finding {
  const needed = packageJson.engines.node.replace('>=', '')
  const { node } = process.versions
  return isBefore(node, needed)
    ? problem('Node', `${node}; ReasonFlow needs ${needed}`, 'Its npm scripts bring their own: npm run doctor')
    : ok('Node', node)
}

/** A configuration with which the server does not start. */
export function refuseConfig({ problems }: ConfigError): Finding[] {
  return problems.map((detail) =>
    problem('configuration', detail, 'Change it in .env or the environment; .env.example says what each is for'),
  )
}

/** One that starts, and where its secrets come from. */
export function examineConfig({ env, roles, warnings, secretsPlace }: Config): Finding[] {
  const origins = secretNames.flatMap((name) => {
    const origin = originOf(name) ?? (isKept(name) ? secretsPlace : undefined)
    return origin ? [`${name} from ${origin}`] : []
  })
  return [
    ok('configuration', `${env}, ${roles.join(' and ')}`),
    ...warnings.map((detail) => warning('configuration', detail, 'Set it in .env if that is not what you want')),
    ok('secrets', origins.join(', ')),
  ]
}

const secretNames = [
  'JWT_SECRET_KEY',
  'ENCRYPTION_KEY',
  'DATABASE_PASSWORD',
  'GMAIL_CLIENT_SECRET',
  'GEMINI_API_KEY',
  'OPENAI_API_KEY',
]

function isKept(name: string): boolean {
  return ['JWT_SECRET_KEY', 'ENCRYPTION_KEY'].includes(name)
}
