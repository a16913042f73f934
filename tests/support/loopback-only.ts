import { isIPv4, Socket } from 'node:net'

const connect = Socket.prototype.connect

/** No test speaks to anything but this machine: what tries fails, and its test with it. */
Socket.prototype.connect = function (this: Socket, ...args: Parameters<typeof connect>) {
  const host = hostOf(args)
  if (!isLoopback(host)) throw new Error(`a test tried to connect to ${host}`)
  return connect.apply(this, args)
} as typeof connect

/** Node calls with an argument array of its own, people with a port, a path or an object. */
function hostOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
  if (typeof first === 'object' && first !== null) {
    const { host, path } = first as { host?: string; path?: string }
    return path ? 'localhost' : (host ?? 'localhost')
  }
  return typeof second === 'string' ? second : 'localhost'
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
