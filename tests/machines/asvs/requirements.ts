import { dataRequirements } from './requirements-data.ts'
import { identityRequirements } from './requirements-identity.ts'
import { logicRequirements } from './requirements-logic.ts'
import { webRequirements } from './requirements-web.ts'
import type { Requirement } from './requirement.ts'

/**
 * The requirements that apply: levels 1 and 2, and some of level 3. 6.3.8 is left out on purpose: a registration has to
 * say that an address is taken, and is limited instead.
 */
export const requirements: readonly Requirement[] = [
  ...logicRequirements,
  ...webRequirements,
  ...identityRequirements,
  ...dataRequirements,
]
