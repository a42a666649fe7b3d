/** What everybody can see must be what the rows say, page by page. */
import { conversationsOf } from './expected.ts';
import { type Claims, fingerprint, note, type Verdict } from './verify.ts';

/** Small and odd, so that pages end in the middle of everything. */
const PAGE = 7;

interface Conversation {
  id: string;
  status: string;
  segments: { text: string; startedAtMs: number; endedAtMs: number; recordingId: string }[];
}

interface Upload {
  status: string;
  files: { recordingId: string; sha256: string; outcome: string }[];
}

export async function verifyApi({ apiUrl, expected, acknowledged }: Claims, verdict: Verdict): Promise<void> {
  const get = async <T>(userId: string, path: string): Promise<T> => {
    const response = await fetch(`${apiUrl}${path}`, { headers: { 'x-afterword-user': userId } });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const contentOf = new Map<string, string>();
  for (const { uploadId, userId, files } of acknowledged) {
    const upload = await get<Upload>(userId, `/api/v1/uploads/${uploadId}`);
    for (const { recordingId, sha256 } of upload.files) contentOf.set(recordingId, sha256);
    if (upload.status !== 'done') note(verdict, 'stuck', `the upload ${uploadId} is ${upload.status}`);
    const contents = new Set(upload.files.map(({ sha256 }) => sha256));
    for (const file of files)
      if (!contents.has(file.sha256)) note(verdict, 'lost', `${uploadId} has no receipt for ${file.name}`);
    if (upload.files.length !== files.length)
      note(verdict, 'wrong', `${uploadId} has ${upload.files.length} receipts for ${files.length} files`);
  }
  for (const [userId, runs] of conversationsOf(expected)) {
    const wanted = new Set(
      runs.map((run) =>
        fingerprint(run.map((segment) => ({ ...segment, sha256: segment.id.split(':')[0] ?? '' }))),
      ),
    );
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ limit: String(PAGE), ...(cursor ? { cursor } : {}) });
      const page: { conversations: { id: string }[]; nextCursor: string | null } = await get(
        userId,
        `/api/v1/conversations?${query}`,
      );
      ids.push(...page.conversations.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    if (new Set(ids).size < ids.length) note(verdict, 'duplicateConversations', `${userId} sees one twice`);
    if (ids.length !== wanted.size)
      note(verdict, 'wrong', `${userId} sees ${ids.length} conversations, not ${wanted.size}`);
    for (const id of ids) {
      const { status, segments } = await get<Conversation>(userId, `/api/v1/conversations/${id}`);
      if (status !== 'ready') note(verdict, 'stuck', `the api says that ${id} is ${status}`);
      const print = fingerprint(
        segments.map((segment) => ({ ...segment, sha256: contentOf.get(segment.recordingId) ?? '' })),
      );
      if (!wanted.has(print)) note(verdict, 'wrong', `the api shows other words in ${id} of ${userId}`);
    }
  }
}
