/** Google ignores conferenceData unless the version is 1; a createRequest then becomes a meeting link. */
export function withConference(resource: Record<string, unknown>, query: URLSearchParams): Record<string, unknown> {
  const { conferenceData, ...rest } = resource
  if (query.get('conferenceDataVersion') !== '1' || !conferenceData) return rest
  const { createRequest } = conferenceData as { createRequest?: { requestId?: string } }
  if (!createRequest) return resource
  const uri = `https://meet.google.com/${(createRequest.requestId ?? 'sandbox').replace(/\W/g, '').slice(0, 10)}`
  return {
    ...rest,
    hangoutLink: uri,
    conferenceData: {
      createRequest: { ...createRequest, status: { statusCode: 'success' } },
      entryPoints: [{ entryPointType: 'video', uri }],
    },
  }
}
