import type { CookieOptions, Request, Response } from 'express'
import type { AppContext, BrowserCookie, DeviceCookie, RefreshCookie } from '../context.ts'
import { isLoopbackHost } from '../security/network.ts'
import { newSecret } from '../security/secret.ts'

const refreshName = 'reasonflow_refresh'
const browserName = 'reasonflow_browser'
const deviceName = 'reasonflow_device'
const refreshLifeMs = 30 * 86_400_000
const deviceLifeMs = 180 * 86_400_000
const browserLifeMs = 10 * 60_000

/** The refresh token in the browser. Script cannot read it, and no other site's request carries it. */
export function refreshCookieOf(ctx: AppContext, req: Request, res: Response): RefreshCookie {
  const { name, options } = cookieOf(ctx, req, refreshName, 'strict')
  return {
    read: () => readCookie(req, name),
    write: (token) => void res.cookie(name, token, { ...options, maxAge: refreshLifeMs }),
    clear: () => void res.clearCookie(name, options),
  }
}

/** The mark of a browser that has signed in before. */
export function deviceCookieOf(ctx: AppContext, req: Request, res: Response): DeviceCookie {
  const { name, options } = cookieOf(ctx, req, deviceName, 'strict')
  return {
    read: () => readCookie(req, name),
    write: (token) => void res.cookie(name, token, { ...options, maxAge: deviceLifeMs }),
  }
}

/** The secret that ties a consent to the browser it began in. */
export function browserCookieOf(ctx: AppContext, req: Request, res: Response): BrowserCookie {
  const { name, options } = cookieOf(ctx, req, browserName, 'lax')
  const read = () => readCookie(req, name)
  return {
    read,
    ensure() {
      const known = read()
      const secret = known && /^[\w-]{43}$/.test(known) ? known : newSecret()
      res.cookie(name, secret, { ...options, maxAge: browserLifeMs })
      return secret
    },
  }
}

/** `__Host-` and Secure, except on http to this machine itself, where browsers would refuse both. */
function cookieOf({ config }: AppContext, req: Request, name: string, sameSite: 'strict' | 'lax') {
  const isPlain = !req.secure && !config.frontendUrl.startsWith('https:') && isLoopbackHost(hostOf(req))
  const options: CookieOptions = { httpOnly: true, secure: !isPlain, sameSite, path: '/' }
  return { name: isPlain ? name : `__Host-${name}`, options }
}

/** HTTP/1.0 need not name one, though the types of Express say so. */
function hostOf({ hostname }: { readonly hostname: string | undefined }): string {
  return hostname ?? ''
}

function readCookie(req: Request, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}
