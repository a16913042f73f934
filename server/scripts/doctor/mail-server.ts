import { askSmtpServer } from '../../adapters/mailer.ts'
import type { Config } from '../../config.ts'
import { isUpstream } from '../../errors.ts'
import { type Finding, ok, problem, warning } from './findings.ts'

const matter = 'mail server'

/** Whether the server that carries resets of passwords takes our log-in; nothing is sent. */
export async function examineMailServer({ smtp, env }: Pick<Config, 'smtp' | 'env'>): Promise<Finding> {
  if (!smtp) {
    return env === 'production'
      ? warning(matter, 'none, so nobody can get back in who has forgotten a password', 'set SMTP_URL')
      : ok(matter, 'none: what it would carry stands in the log')
  }
  const { host } = new URL(smtp.url)
  try {
    await askSmtpServer(smtp)
    return ok(matter, `${host} takes our log-in; mail comes from ${smtp.from}`)
  } catch (error) {
    if (!isUpstream(error)) throw error
    return problem(
      matter,
      `${host}: ${error.message}`,
      error.kind === 'rejected'
        ? 'look at the user and the password in SMTP_URL, percent-encoded where they hold signs such as @ or /'
        : 'look at the host and the port in SMTP_URL: smtps: for TLS from the start (465), smtp: otherwise (587)',
    )
  }
}
