import { addAbortSignal, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createInterface } from 'node:readline/promises'
import { Tokens } from '../../shared-types/index.ts'
import { StartError } from '../errors.ts'
import { ApiRefusal, callServer } from './connect-api.ts'

export interface SignIn {
  readonly email: string | undefined
  /** An owner who is not known yet is registered without being asked. */
  readonly register: boolean
  readonly stop: AbortController
}

/** Signs in whom the terminal names, or registers them when they want it; answers the access token. */
export async function signIn(url: string, { email, register, stop }: SignIn): Promise<string> {
  const { signal } = stop
  using dialogue = process.stdin.isTTY ? atTerminal(stop) : await fromPipe(signal)
  const address = email ?? (await dialogue.ask('E-mail address: '))
  const password = await dialogue.askSecret('Password: ')
  const enter = async (procedure: 'auth.login' | 'auth.register') => {
    const input = { email: address, password, tokenTransport: 'body' }
    const { data } = await callServer(url, procedure, { answer: Tokens, input, signal })
    return data.accessToken
  }
  try {
    return await enter('auth.login')
  } catch (error) {
    if (!(error instanceof ApiRefusal && error.reason === 'INVALID_CREDENTIALS')) throw error
    const question = `${error.message} Register ${address} with this password? (y/n) `
    const isWanted = register || /^y(es)?$/i.test(await dialogue.ask(question, 'n'))
    if (!isWanted) throw new StartError(`${error.message} --register makes a new account.`, { cause: error })
    return await enter('auth.register')
  }
}

function atTerminal(stop: AbortController) {
  let isSilent = false
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isSilent) process.stdout.write(chunk)
      done()
    },
  })
  const terminal = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 })
  // In raw mode Ctrl-C is a key like any other, and Ctrl-D closes without an answer.
  terminal.once('SIGINT', () => stop.abort()).once('close', () => isOpen && stop.abort())
  let isOpen = true
  const { signal } = stop
  return {
    ask: (question: string, _otherwise?: string) => terminal.question(question, { signal }),
    async askSecret(question: string) {
      process.stdout.write(question)
      isSilent = true
      const secret = await terminal.question('', { signal }).finally(() => (isSilent = false))
      process.stdout.write('\n')
      return secret
    },
    [Symbol.dispose]() {
      isOpen = false
      terminal.close()
    },
  }
}

/** The answers line by line; a question past the last one gets `otherwise`. */
async function fromPipe(signal: AbortSignal) {
  const lines = (await text(addAbortSignal(signal, process.stdin))).split(/\r?\n/)
  const ask = async (_question: string, otherwise = '') => lines.shift() || otherwise
  return { ask, askSecret: ask, [Symbol.dispose]: () => {} }
}
