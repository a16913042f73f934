import { execFile } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { StartError } from '../../../server/errors.ts'
import { packClient, readmeLines } from '../../client/frontend.ts'
import { createTestApp } from '../../support/app.ts'
import { newFolder, startNode } from '../../support/child.ts'
import { openInbox } from '../../support/connected-inbox.ts'
import { quickDatabase } from '../kit/databases.ts'

const browserPath = '/usr/bin/chromium'
const password = 'correct horse battery'
const quiet = { NEXT_TELEMETRY_DISABLED: '1' }

/** What a browser must never be sent: names out of the server's packages. */
const serverCode = /kysely|googleapis|pg-boss|nodemailer|jsonwebtoken|rate-limiter-flexible/i

/** Packs the client, builds the desk with it, and does in a browser what its owner would do. */
export async function openDesk(tell: (line: string) => void) {
  if (!existsSync(browserPath))
    throw new StartError(`There is no Chromium at ${browserPath} to open the page in: apt-get install -y chromium.`)
  using folder = newFolder()
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  await using database = await quickDatabase()
  await using app = await createTestApp({
    config: { database: database.config, corsOrigins: [origin], frontendUrl: origin },
  })
  const inbox = await openInbox(app)
  for (const subject of ['First question', 'Second question', 'Third question']) await inbox.newDraft({ subject })

  const desk = join(folder.path, 'desk')
  const packed = await installDesk(desk, folder.path)
  tell(`the client is packed (${packed.bytes} bytes) and installed`)
  const lines = readmeLines()
  writeFileSync(join(desk, 'app/client.ts'), lines.replace('http://localhost:8000', await app.url()))
  await command(desk, process.execPath, [next(desk), 'build'])
  tell('the page is built')

  await using page = startNode([next(desk), 'start', '--hostname', '127.0.0.1', '--port', String(port)], quiet, desk)
  await page.printed('Ready')
  const problems = lines.includes('http://localhost:8000') ? [] : ['README names another server: it was not asked']
  problems.push(...unwantedPackages(desk), ...(await useDesk(origin, inbox, tell)))
  const chunks = browserChunks(desk)
  problems.push(
    ...chunks.flatMap(({ name, text }) => {
      const found = serverCode.exec(text)
      return found ? [`the browser is sent ${found[0]} in ${name}`] : []
    }),
  )
  if (!chunks.some(({ text }) => text.includes('not a thread id'))) problems.push('the schemas are in no chunk')
  return {
    figures: {
      packedBytes: packed.bytes,
      chunks: chunks.length,
      browserBytes: chunks.reduce((sum, { text }) => sum + text.length, 0),
      problems: problems.length,
    },
    problems,
  }
}

async function installDesk(desk: string, folder: string) {
  cpSync(join(import.meta.dirname, 'desk'), desk, { recursive: true })
  const packed = await packClient(folder)
  await command(desk, 'npm', ['ci', '--prefer-offline'])
  // Its checksum is another with every change: it stands in no lockfile.
  await command(desk, 'npm', ['install', '--no-save', '--no-package-lock', '--prefer-offline', packed.file])
  return packed
}

/** In the browser: signs in, pages through the mail, edits a draft, is told of a new one, and stays signed in. */
async function useDesk(origin: string, inbox: Awaited<ReturnType<typeof openInbox>>, tell: (line: string) => void) {
  const problems: string[] = []
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update']
  const browser = await chromium.launch({ executablePath: browserPath, headless: true, args })
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => problems.push(`the page failed: ${error.message}`))
    page.on('request', (request) => {
      const { hostname } = new URL(request.url())
      if (hostname !== '127.0.0.1') problems.push(`the page asked ${hostname}`)
    })
    await page.goto(origin)
    await page.fill('[name=email]', inbox.owner.email)
    await page.fill('[name=password]', password)
    await page.click('text=Sign in')
    await page.click('text=More')
    await page.waitForSelector('#mails li:nth-child(3)')
    tell('signed in, and all the mail is shown')

    await page.fill('textarea', 'In my own words.')
    await page.click('text=Save')
    await page.waitForSelector('#draft:text("In my own words.")')
    tell('a draft is edited')

    // What came before the page was opened is told first.
    await page.waitForSelector('#news li:nth-child(3)')
    await inbox.newDraft({ subject: 'Fourth question' })
    await page.waitForSelector('#news li:nth-child(4):text("draft_ready")')
    tell('a new draft was announced')

    await page.reload()
    await page.waitForSelector('#mails li')
    tell('still signed in after a reload, by the cookie')
    const { items } = await inbox.api.drafts.list()
    if (!items.some(({ body }) => body === 'In my own words.')) problems.push('the edit is not on the server')
  } catch (error) {
    problems.push(String(error))
  } finally {
    await browser.close()
  }
  return problems
}

function unwantedPackages(desk: string): string[] {
  const unwanted = ['googleapis', 'kysely', 'express', 'pg'].filter((name) =>
    existsSync(join(desk, 'node_modules', name)),
  )
  return unwanted.map((name) => `the package brought ${name}`)
}

function browserChunks(desk: string) {
  const folder = join(desk, '.next/static')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

function next(desk: string): string {
  return join(desk, 'node_modules/next/dist/bin/next')
}

async function command(folder: string, program: string, args: readonly string[]): Promise<void> {
  const env = { ...process.env, ...quiet, NODE_ENV: 'production', npm_config_include: 'dev' }
  try {
    await promisify(execFile)(program, args, { cwd: folder, env, maxBuffer: 16_000_000 })
  } catch (cause) {
    const { stdout, stderr } = cause as { stdout?: string; stderr?: string }
    throw new StartError(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause })
  }
}

/** Known before anybody listens there: the server must be told which page may call, and the page which server. */
async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
