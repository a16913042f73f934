import { expect, test } from 'vitest'
import { isLoopback, isLoopbackHost, networkOf } from '../../server/security/network.ts'

test.each([
  ['203.0.113.7', '203.0.113.0/24'],
  ['::ffff:203.0.113.7', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['not an address', 'unknown'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('loopback is this machine and nothing that only looks like it', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) expect(isLoopback(address)).toBe(true)
  for (const address of ['128.0.0.1', '10.0.0.1', '', '127.0.0.1.evil.example']) expect(isLoopback(address)).toBe(false)
  for (const host of ['localhost', 'api.localhost', '[::1]', '127.0.0.1']) expect(isLoopbackHost(host)).toBe(true)
  for (const host of ['localhost.evil.example', 'evil-localhost', 'example.com'])
    expect(isLoopbackHost(host)).toBe(false)
})
