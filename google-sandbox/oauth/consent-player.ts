import { parseScopes } from './scopes.ts'

/** Opens the consent page, agrees or declines as this person, and returns where the browser is sent next. */
export async function playConsent(
  sandboxUrl: string,
  authorizeUrl: string,
  { email, scopes, deny = false }: { email: string; scopes?: string[]; deny?: boolean },
): Promise<URL> {
  const page = await fetch(authorizeUrl)
  const html = await page.text()
  if (!page.ok) throw new Error(`The consent page refused: ${html.replace(/<style.*<\/style>|<[^>]+>|\s+/gs, ' ')}`)

  const form = new URLSearchParams(new URL(authorizeUrl).searchParams)
  for (const scope of scopes ?? parseScopes(form.get('scope') ?? '')) form.append('granted', scope)
  form.set('email', email)
  if (deny) form.set('deny', '1')
  const answer = await fetch(new URL('/o/oauth2/v2/auth/callback', sandboxUrl), {
    method: 'POST',
    body: form,
    redirect: 'manual',
  })
  const location = answer.headers.get('location')
  if (!location) throw new Error(`The consent page sent ${email} nowhere (${answer.status})`)
  return new URL(location)
}
