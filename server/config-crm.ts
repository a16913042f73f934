import type { z } from 'zod'
import type { Environment } from './environment.ts'

/** Where the people of an owner are looked up who has chosen nothing, and with which key. */
export function chooseCrm(env: z.infer<typeof Environment>, warnings: string[]) {
  const baseUrl = env.HUBSPOT_BASE_URL
  if (env.CRM_PROVIDER === 'hubspot' && env.HUBSPOT_API_KEY) {
    return { provider: 'hubspot', apiKey: env.HUBSPOT_API_KEY, baseUrl } as const
  }
  if (env.HUBSPOT_API_KEY) warnings.push('HUBSPOT_API_KEY is not used: set CRM_PROVIDER=hubspot for it.')
  return { provider: 'own', apiKey: null, baseUrl } as const
}

export function crmContradictions({ CRM_PROVIDER, HUBSPOT_API_KEY }: Readonly<Record<string, string>>): string[] {
  return CRM_PROVIDER === 'hubspot' && !HUBSPOT_API_KEY
    ? ['CRM_PROVIDER=hubspot needs HUBSPOT_API_KEY; it then serves one person alone.']
    : []
}
