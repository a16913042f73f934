import packageJson from '../../../package.json' with { type: 'json' }
import type { ApiDoc, JsonSchema, ProcedureDoc } from './procedures.ts'

/** OpenAPI 3.1 of the plain wire: tRPC's own envelope, one call a request. */
export function openApiOf({ procedures, types }: ApiDoc): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'ReasonFlow',
      version: packageJson.version,
      description:
        'Queries are GET with their input as JSON in `input`, mutations are POST with their input as JSON body. Instants are ISO 8601 in UTC with milliseconds. Made from the router and its schemas: see docs/api.md.',
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    servers: [{ url: 'http://localhost:8000' }],
    tags: [...new Set(procedures.map(({ name }) => groupOf(name)))].map((name) => ({ name })),
    paths: Object.fromEntries(procedures.map((procedure) => [`/trpc/${procedure.name}`, pathOf(procedure)])),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or a personal token.' },
      },
      responses: { Refusal: { description: 'Refused: `error.data.reason` says why.', ...json(refusal) } },
      schemas: types,
    },
  }
}

function groupOf(name: string): string {
  return name.slice(0, name.indexOf('.'))
}

function pathOf({ name, type, input, output }: ProcedureDoc): object {
  const operation = {
    operationId: name.replace('.', '_'),
    tags: [groupOf(name)],
    // What needs nobody to be signed in may be called with a token as well.
    security: [{ bearer: [] }, {}],
    responses: { '200': answerOf(type, output), default: { $ref: '#/components/responses/Refusal' } },
  }
  if (type === 'mutation')
    return { post: { ...operation, ...(input && { requestBody: { required: true, ...json(input) } }) } }
  const parameters = input && [
    { name: 'input', in: 'query', required: false, content: { 'application/json': { schema: input } } },
  ]
  return { get: { ...operation, ...(parameters && { parameters }) } }
}

function answerOf(type: ProcedureDoc['type'], output: JsonSchema): object {
  if (type === 'subscription')
    return { description: 'Server-sent events.', content: { 'text/event-stream': { schema: { type: 'string' } } } }
  const result = { type: 'object', properties: { data: output }, required: ['data'] }
  return { description: 'Done.', ...json({ type: 'object', properties: { result }, required: ['result'] }) }
}

function json(schema: object): { content: object } {
  return { content: { 'application/json': { schema } } }
}

const refusal = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        message: { type: 'string', description: 'For people.' },
        code: { type: 'integer', description: 'JSON-RPC.' },
        data: {
          type: 'object',
          properties: {
            code: { type: 'string' },
            httpStatus: { type: 'integer' },
            reason: { $ref: '#/components/schemas/ErrorReason' },
            requestId: { type: ['string', 'null'] },
            fieldErrors: {
              type: ['object', 'null'],
              additionalProperties: { type: 'array', items: { type: 'string' } },
            },
          },
          required: ['code', 'httpStatus', 'reason', 'requestId', 'fieldErrors'],
        },
      },
      required: ['message', 'code', 'data'],
    },
  },
  required: ['error'],
}
