'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { client, session } from './client'
import { Desk } from './desk'

/** Who is signed in is known to the refresh cookie, which outlives the page. */
export default function Page() {
  const [queries] = useState(() => new QueryClient())
  const [state, setState] = useState<'asking' | 'out' | 'in'>('asking')

  function enter({ accessToken }: { accessToken: string }) {
    session.accessToken = accessToken
    setState('in')
  }

  useEffect(() => {
    client.auth.refresh.mutate().then(enter, () => setState('out'))
  }, [])

  function signIn(form: FormData) {
    const [email, password] = ['email', 'password'].map((name) => String(form.get(name)))
    return client.auth.login.mutate({ email: email ?? '', password: password ?? '' }).then(enter)
  }

  if (state === 'asking') return <p>One moment.</p>
  if (state === 'in')
    return (
      <QueryClientProvider client={queries}>
        <Desk />
      </QueryClientProvider>
    )
  return (
    <form action={signIn}>
      <input name="email" type="email" />
      <input name="password" type="password" />
      <button>Sign in</button>
    </form>
  )
}
