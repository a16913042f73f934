import { createTransport } from 'nodemailer'
import { UpstreamError } from '../errors.ts'
import type { Logger } from 'pino'
import type { Mailer } from '../ports.ts'

const timeoutMs = 15_000

/** Mail through an SMTP server, one connection a mail. */
export function createSmtpMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = transportTo(url)
  return {
    async send({ to, subject, text }) {
      try {
        // An object, so that no sign of an address can name a second one.
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text })
      } catch (cause) {
        throw toUpstream(cause)
      }
    },
  }
}

/** Whether the server lets us in: greeting, TLS and log-in, and no mail. UpstreamError, as for a mail. */
export async function askSmtpServer({ url }: { url: string }): Promise<void> {
  try {
    await transportTo(url).verify()
  } catch (cause) {
    throw toUpstream(cause, 'our log-in')
  }
}

function transportTo(url: string) {
  return createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/** A 5xx answer stays what it is; all else may be better in a while (RFC 5321, 4.2.1). */
function toUpstream(cause: unknown, what = 'a mail'): UpstreamError {
  const code = cause instanceof Error && 'responseCode' in cause ? Number(cause.responseCode) : 0
  return code >= 500
    ? new UpstreamError('smtp', 'rejected', `The mail server refused ${what} (${code}).`, { cause })
    : new UpstreamError('smtp', 'unavailable', `The mail server could not take ${what}.`, { cause })
}

/** Without an SMTP server: in development the log is the letter box, elsewhere it only tells that a mail was not sent. */
export function createLogMailer(logger: Logger, { isShown }: { isShown: boolean }): Mailer {
  return {
    send({ to, subject, text }) {
      if (isShown) logger.info({ to, subject, text }, 'a mail, as there is no SMTP_URL')
      else logger.error({ subject }, 'a mail could not be sent: SMTP_URL names no mail server')
      return Promise.resolve()
    },
  }
}
