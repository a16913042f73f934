import { createEmulator } from 'emulate'

/** What the gateway asks of emulate. */
export interface Upstream {
  json(method: string, path: string, body?: object): Promise<UpstreamAnswer>
  form(path: string, fields: Record<string, string> | URLSearchParams): Promise<UpstreamAnswer>
  close(): Promise<void>
}

export interface UpstreamAnswer {
  status: number
  location: string | null
  /** The JSON that came back, or an empty object. */
  body: Record<string, unknown>
}

/** The gateway's own token at emulate; clients never see it. */
const token = 'gateway'

/** Starts the emulate of one account: emulate takes its users at the start only, so every account gets its own. */
export async function startUpstream(
  account: { email: string; name: string; timeZone: string },
  client: { clientId: string; clientSecret: string },
): Promise<Upstream> {
  const { email, name, timeZone } = account
  const emulator = await createEmulator({
    service: 'google',
    port: 0,
    seed: {
      tokens: { [token]: { login: email } },
      google: {
        users: [{ email, name }],
        oauth_clients: [{ client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: [] }],
        calendars: [{ id: email, user_email: email, summary: email, time_zone: timeZone, primary: true }],
      },
    },
  })
  const base = `http://127.0.0.1:${new URL(emulator.url).port}`

  return {
    json: (method, path, body) => send(base + path, method, 'application/json', body && JSON.stringify(body)),
    form: (path, fields) =>
      send(base + path, 'POST', 'application/x-www-form-urlencoded', new URLSearchParams(fields).toString()),
    close: () => emulator.close(),
  }
}

async function send(url: string, method: string, type: string, body: string | undefined): Promise<UpstreamAnswer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    // Its server closes an idle connection after 5 s and takes no other time: none is used twice, so none just then.
    headers: { authorization: `Bearer ${token}`, 'content-type': type, connection: 'close' },
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') && text.length > 0
  return {
    status: response.status,
    location: response.headers.get('location'),
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}
