import { isIP } from 'node:net'

/**
 * One spelling an address, whatever a proxy wrote: no port, brackets or zone, all groups of IPv6 in full, and IPv4
 * inside IPv6 (`::ffff:7f00:1`) as IPv4. `unknown` for anything else.
 */
export function plainAddress(address: string): string {
  const bare = (/^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? address).split('%')[0] ?? ''
  const [, host = bare] = /^([\d.]+):\d+$/.exec(bare) ?? []
  if (isIP(host) === 4) return host
  if (isIP(host) !== 6) return 'unknown'
  const groups = groupsOf(host)
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return groups.join(':')
  return groups
    .slice(6)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((number) => [number >> 8, number & 255])
    .join('.')
}

/** The network an address is counted by: an IPv4 /24 or an IPv6 /64, the least a stranger controls as a whole. */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  switch (isIP(plain)) {
    case 4:
      return `${plain.split('.').slice(0, 3).join('.')}.0/24`
    case 6:
      return `${plain.split(':').slice(0, 4).join(':')}::/64`
    default:
      return 'unknown'
  }
}

/** Whether the address is this machine's own. */
export function isLoopback(address: string): boolean {
  return /^(127\.[\d.]+|0:0:0:0:0:0:0:1)$/.test(plainAddress(address))
}

/** Whether a host name, as a browser writes it in an address, is this machine's own. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|.+\.localhost)$/i.test(host) || isLoopback(host.replace(/^\[|\]$/g, ''))
}

function groupsOf(address: string): string[] {
  const [head = '', tail] = withoutDots(address.toLowerCase()).split('::')
  const left = head ? head.split(':') : []
  if (tail === undefined) return left.map(shortest)
  const right = tail ? tail.split(':') : []
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right].map(shortest)
}

/** The last four bytes may be written as IPv4. */
function withoutDots(address: string): string {
  const at = address.lastIndexOf(':') + 1
  const [a, b, c, d] = address.slice(at).split('.').map(Number)
  if (a === undefined || b === undefined || c === undefined || d === undefined) return address
  return `${address.slice(0, at)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

function shortest(group: string): string {
  return group.replace(/^0+(?=.)/, '')
}
