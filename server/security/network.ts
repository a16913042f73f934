import { isIP } from 'node:net'

/** The network an address is counted by: an IPv4 /24 or an IPv6 /64, the least a stranger controls as a whole. */
export function networkOf(address: string): string {
  const plain = (address.split('%')[0] ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
  switch (isIP(plain)) {
    case 4:
      return `${plain.split('.').slice(0, 3).join('.')}.0/24`
    case 6:
      return `${groupsOf(plain).slice(0, 4).join(':')}::/64`
    default:
      return 'unknown'
  }
}

/** Whether the address is this machine's own. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address)
}

/** Whether a host name, as a browser writes it in an address, is this machine's own. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|.+\.localhost)$/i.test(host) || isLoopback(host.replace(/^\[|\]$/g, ''))
}

function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::')
  const left = head ? head.split(':') : []
  if (tail === undefined) return left.map(shortest)
  const right = tail ? tail.split(':') : []
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right].map(shortest)
}

function shortest(group: string): string {
  return group.replace(/^0+(?=.)/, '')
}
