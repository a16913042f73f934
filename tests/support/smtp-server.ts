import type { AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
}

/** A real SMTP server on this machine, which keeps what it is given; it may refuse every mail with an answer of its own. */
export async function startSmtpServer() {
  const mails: ReceivedMail[] = []
  let refusal: { responseCode: number } | null = null
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, callback) => {
      const isRight = username === 'desk' && password === 'p@ss/w%rd'
      callback(isRight ? null : new Error('no'), isRight ? { user: 'desk' } : undefined)
    },
    onRcptTo: (_address, _session, callback) => {
      callback(refusal ? Object.assign(new Error('refused'), refusal) : null)
    },
    onData(stream, session, callback) {
      void keep(stream, session, callback)
    },
  })

  async function keep(
    stream: SMTPServerDataStream,
    { envelope: { mailFrom, rcptTo } }: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    const { subject = '', text = '' } = await simpleParser(stream)
    mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), subject, text })
    done()
  }

  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.server.once('listening', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://desk:${encodeURIComponent('p@ss/w%rd')}@127.0.0.1:${port}?from=desk@studio.example`,
    mails,
    refuse: (responseCode: number | null) => void (refusal = responseCode === null ? null : { responseCode }),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
