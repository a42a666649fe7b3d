/**
 * Names what was read, so that an event can say which of it is stale. The first part is the kind of thing; the second,
 * where there is one, its id.
 */
export const keys = {
  me: ['me'],
  account: (what: 'sessions' | 'identities' | 'keys') => ['account', what],
  /** Its pages are kept as they are now by whoever shows them: an event makes only those stale that nobody shows. */
  conversationList: (filter: Record<string, unknown>) => ['conversation-list', filter],
  search: (filter: Record<string, unknown>) => ['search', filter],
  conversation: (id: string) => ['conversation', id],
  /** What follows from the sound of a conversation: its peaks and the map of its audio. */
  sound: (id: string) => ['sound', id],
  uploads: (filter: Record<string, unknown> = {}) => ['uploads', filter],
  upload: (id: string) => ['upload', id],
  timing: (uploadId: string) => ['timing', uploadId],
  people: ['people'],
  folders: ['folders'],
  usage: (period: Record<string, unknown> = {}) => ['usage', period],
  webhooks: ['webhooks'],
  deliveries: (webhookId: string) => ['deliveries', webhookId],
  pushDevices: ['push-devices'],
  ways: ['ways'],
} as const;

/** The kind of thing that a key names. */
export type Kind =
  | 'conversation-list'
  | 'conversations'
  | 'search'
  | 'conversation'
  | 'sound'
  | 'recordings'
  | 'recording'
  | 'uploads'
  | 'upload'
  | 'timing'
  | 'action-items'
  | 'people'
  | 'folders'
  | 'webhooks'
  | 'deliveries'
  | 'usage';
