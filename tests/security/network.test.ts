import { expect, test } from 'vitest'
import { isLoopback, isLoopbackHost, networkOf, plainAddress } from '../../server/security/network.ts'

test.each([
  ['203.0.113.7', '203.0.113.0/24'],
  ['::ffff:203.0.113.7', '203.0.113.0/24'],
  ['::FFFF:cb00:7107', '203.0.113.0/24'],
  ['0:0:0:0:0:ffff:cb00:7107', '203.0.113.0/24'],
  ['203.0.113.7:4711', '203.0.113.0/24'],
  ['[::ffff:203.0.113.7]:4711', '203.0.113.0/24'],
  ['[2001:db8:1:2::1]:4711', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::1%eth0]', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['not an address', 'unknown'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('one address is counted as one, however a proxy writes it', () => {
  const spellings = ['127.0.0.1', '127.0.0.1:80', '::ffff:127.0.0.1', '::ffff:7f00:1', '[::ffff:7f00:1]:80']
  expect(new Set(spellings.map(plainAddress))).toEqual(new Set(['127.0.0.1']))
  expect(plainAddress('[2001:DB8::1]:443')).toBe(plainAddress('2001:db8:0:0:0:0:0:1'))
  for (const text of ['', 'unknown', '1.2.3.4.5', '1.2.3', '::1::2', '[1.2.3.4', '_hidden']) {
    expect(plainAddress(text)).toBe('unknown')
  }
})

test('loopback is this machine and nothing that only looks like it', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])
    expect(isLoopback(address)).toBe(true)
  for (const address of ['128.0.0.1', '10.0.0.1', '', '::127.0.0.1', '127.0.0.1.evil.example'])
    expect(isLoopback(address)).toBe(false)
  for (const host of ['localhost', 'api.localhost', '[::1]', '127.0.0.1']) expect(isLoopbackHost(host)).toBe(true)
  for (const host of ['localhost.evil.example', 'evil-localhost', 'example.com'])
    expect(isLoopbackHost(host)).toBe(false)
})
