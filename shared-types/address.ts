import { z } from 'zod'

/** A person or machine as a header names them; a display name is whatever the sender wrote. */
export const Address = z.strictObject({ name: z.string(), address: z.string() })
export type Address = z.infer<typeof Address>
