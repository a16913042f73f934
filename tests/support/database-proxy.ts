import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire to the database that can be cut and mended again on the same port, or go dead without anybody being told. */
export async function startProxy(target: URL) {
  const sockets = new Set<Socket>()
  let isDead = false
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => sockets.delete(socket) && other.destroy())
      socket.on('data', (bytes) => isDead || other.write(bytes))
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const cut = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const url = new URL(target)
  url.host = `127.0.0.1:${port}`
  return {
    url: url.toString(),
    cut,
    mend: () => once(server.listen(port, '127.0.0.1'), 'listening'),
    /** Half-open: connections stand, and nothing passes any more. */
    goDead: () => void (isDead = true),
    comeAlive: () => void (isDead = false),
    [Symbol.asyncDispose]: () => (server.listening ? cut() : Promise.resolve()),
  }
}
