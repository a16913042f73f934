import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

/** What befalls a native server from outside, by a superuser's own connections. */
export interface Strikes extends AsyncDisposable {
  /** Where a user without privileges of their own logs in, who can be kept out. */
  readonly url: string
  /** Ends every connection of that user; answers how many. */
  endConnections(): Promise<number>
  /** From now on at most so many connections of that user; null: any number. */
  limitConnections(most: number | null): Promise<void>
  /** A transaction that reads, and then stays open: no row that dies after it can be cleaned away. */
  holdTransaction(): Promise<AsyncDisposable>
  /** The server ends all its processes, recovers and takes connections again, as after a crash of one of them. */
  restartServer(): Promise<void>
}

export async function openStrikes(database: string): Promise<Strikes> {
  const connect = async () => {
    const client = new Client(database)
    // It goes with the server.
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  let client = await connect()
  const role = `chaos_${randomBytes(6).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  await client.query(`create role ${role} login password '${password}'`)
  await client.query(`grant ${client.user ?? 'postgres'} to ${role}`)
  const url = new URL(database)
  url.username = role
  url.password = password
  return {
    url: url.href,
    async endConnections() {
      const { rowCount } = await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1',
        [role],
      )
      return rowCount ?? 0
    },
    async limitConnections(most) {
      await client.query(`alter role ${role} connection limit ${most ?? -1}`)
    },
    async holdTransaction() {
      const holder = await connect()
      await holder.query('begin isolation level repeatable read')
      await holder.query('select count(*) from emails')
      return { [Symbol.asyncDispose]: () => holder.end() }
    },
    async restartServer() {
      // The postmaster takes a process of its own that was killed for a crash.
      await client.query(`copy (select 1) to program 'kill -9 $PPID'`).catch(() => undefined)
      await client.end().catch(() => undefined)
      client = await untilConnected(connect)
    },
    async [Symbol.asyncDispose]() {
      await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`)
      await client.query(`drop role ${role}`)
      await client.end()
    },
  }
}

async function untilConnected(connect: () => Promise<Client>): Promise<Client> {
  for (const until = Date.now() + 60_000; ;) {
    try {
      return await connect()
    } catch (error) {
      if (Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
