import { Socket } from 'node:net'

/**
 * A socket that ends itself when nothing has come or gone for `silenceMs`. A connection whose other end vanished
 * without a word (half-open: a lost machine, a forgetful firewall) would else hold its query for a quarter of an hour.
 * By default above our `statement_timeout`, after which a living server speaks up by itself.
 */
export function silentSocket(silenceMs = 40_000): Socket {
  const socket = new Socket()
  return socket.setTimeout(silenceMs, () => {
    socket.destroy(
      Object.assign(new Error(`The database has said nothing for ${silenceMs} ms.`), { code: 'ETIMEDOUT' }),
    )
  })
}
