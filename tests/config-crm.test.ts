import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseConfig } from '../server/config.ts'

const secrets = {
  JWT_SECRET_KEY: randomBytes(32).toString('base64'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
}
const read = (environment: Record<string, string>) => parseConfig({ ...secrets, ...environment })
const baseUrl = 'https://api.hubapi.com'

test('people are looked up in the owner’s own table, unless the operator has given a key of HubSpot', () => {
  expect(read({}).crm).toEqual({ provider: 'own', apiKey: null, baseUrl })
  const chosen = { CRM_PROVIDER: 'hubspot', HUBSPOT_API_KEY: 'pat-eu1-key' }
  expect(read(chosen).crm).toEqual({ provider: 'hubspot', apiKey: 'pat-eu1-key', baseUrl })
  expect(read({ ...chosen, HUBSPOT_BASE_URL: 'http://127.0.0.1:9/' }).crm.baseUrl).toBe('http://127.0.0.1:9')
})

test('a key without the choice is not used, which is said', () => {
  const { crm, warnings } = read({ HUBSPOT_API_KEY: 'pat-eu1-key' })
  expect(crm).toMatchObject({ provider: 'own', apiKey: null })
  expect(warnings).toEqual(['HUBSPOT_API_KEY is not used: set CRM_PROVIDER=hubspot for it.'])
})

test.each<[string, Record<string, string>, RegExp]>([
  ['HubSpot without a key', { CRM_PROVIDER: 'hubspot' }, /CRM_PROVIDER=hubspot needs HUBSPOT_API_KEY/],
  ['another CRM', { CRM_PROVIDER: 'salesforce' }, /CRM_PROVIDER: /],
  ['a key over two lines', { CRM_PROVIDER: 'hubspot', HUBSPOT_API_KEY: 'pat\nkey' }, /HUBSPOT_API_KEY: holds what no/],
  ['an address that is none', { HUBSPOT_BASE_URL: 'api.hubapi.com' }, /HUBSPOT_BASE_URL: /],
])('%s is refused', (_what, environment, line) => {
  expect(() => read(environment)).toThrow(line)
})
