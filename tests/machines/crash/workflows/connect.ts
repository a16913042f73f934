import type { Person, Workflow } from '../workflow.ts'

/** Consent at Google, from the button to the connected mailbox and its first sync. */
export const connect: Workflow = {
  name: 'connect',
  async arrange(app) {
    const owner = await app.newOwner()
    await app.google.addAccount({ email: owner.email, name: 'Mara Lindqvist' })
    await app.as(owner).settings.update({ processOnSync: false, classifyOnSync: false })
    await app.deliver(owner, { subject: 'Before you came' })
    return {
      owner,
      act: connectOnce,
      problems({ mailboxes }) {
        return mailboxes.length === 1 && mailboxes[0]?.status === 'active'
          ? []
          : [`there are ${mailboxes.length} mailboxes, the first of them ${mailboxes[0]?.status}`]
      },
    }
  },
}

/** What a browser does; anything but the page that says "connected" makes the person begin anew. */
async function connectOnce({ url, accessToken, google, email }: Person): Promise<void> {
  const begun = await fetch(`${url}/trpc/mailboxes.authorizeUrl`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ purpose: 'connect' }),
  })
  if (!begun.ok) throw new Error(`no consent page: ${begun.status}`)
  const { result } = (await begun.json()) as { result: { data: { url: string } } }
  const cookie = begun.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const back = await google.consent(result.data.url, { email })
  const ended = await fetch(`${url}${back.pathname}${back.search}`, { headers: { cookie }, redirect: 'manual' })
  const page = ended.headers.get('location') ?? ''
  if (!page.includes('connected=')) throw new Error(`not connected: ${page}`)
}
