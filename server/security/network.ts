import { isIP } from 'node:net'

// Not ipaddr.js: its 2.5.0 takes `::127.0.0.1`, which is not loopback, for 127.0.0.1.

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

/** A URL has an address in its shortest spelling. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const left = head ? head.split(':') : []
  if (tail === undefined) return left
  const right = tail ? tail.split(':') : []
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
}
