/** Sends Omi's case to a server of ours, and waits for its meaning. */
import { ConversationBody, UploadBody } from '../../src/api/schemas.ts';
import { omiCase } from './recording.ts';

const PATIENCE_MS = 120_000;

export interface OurRun {
  recordingId: string;
  /** By the machine's clock, as the server's rows have their times. */
  sentAtMs: number;
  /** From the first byte sent to the answer 202. */
  acceptedMs: number;
  /** From the first byte sent to the conversation with its meaning. */
  readyMs: number;
}

/**
 * @param run makes the bytes and the hour differ from those of every other run
 * @throws Error when the server refuses, when the meaning does not come within two minutes, or is not a language model's
 */
export async function sendToOurs(url: string, run: number, user = 'bench'): Promise<OurRun> {
  const body = new Blob([omiCase(run)]);
  const startedAtMs = Date.UTC(2026, 2, 3, 9) + run * 3_600_000;
  const headers = { 'x-afterword-user': user };
  const sentAtMs = Date.now();
  const sentAt = performance.now();
  const accepted = await fetch(`${url}/api/v1/recordings?name=case-${run}.wav&startedAtMs=${startedAtMs}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'audio/wav' },
    body,
  });
  if (accepted.status !== 202) throw new Error(`${accepted.status}: ${await accepted.text()}`);
  const acceptedMs = performance.now() - sentAt;
  const { id } = UploadBody.parse(await accepted.json());
  for (;;) {
    if (performance.now() - sentAt > PATIENCE_MS)
      throw new Error('the conversation is not ready after 120 s');
    const upload = UploadBody.parse(
      await (
        await fetch(`${url}/api/v1/uploads/${id}`, { headers: { ...headers, prefer: 'wait=25' } })
      ).json(),
    );
    const [conversationId] = upload.conversationIds;
    if (!conversationId || upload.status !== 'done') continue;
    const readyMs = performance.now() - sentAt;
    const conversation = ConversationBody.parse(
      await (await fetch(`${url}/api/v1/conversations/${conversationId}`, { headers })).json(),
    );
    if (conversation.status !== 'ready' || conversation.madeBy?.kind !== 'language-model')
      throw new Error(`the conversation is ${conversation.status}: ${conversation.failure}`);
    if (upload.conversationIds.length !== 1)
      throw new Error(`there are ${upload.conversationIds.length} conversations instead of one`);
    const [file] = upload.files;
    if (!file) throw new Error('the upload names no file');
    return { recordingId: file.recordingId, sentAtMs, acceptedMs, readyMs };
  }
}
