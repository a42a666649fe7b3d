import type { components } from '@afterword/client';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { toast } from '../data/toast.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Select, TextField } from '../parts/field.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { Deliveries } from './deliveries.tsx';
import { useChange, webhooksQuery } from './queries.ts';
import { SecretShown } from './secret-shown.tsx';
import { Read, Row, Rows, Section } from './section.tsx';
import { useTyped } from './use-typed.ts';

type Webhook = components['schemas']['Webhook'];
type NewWebhook = { url: string; types?: ['conversation.ready'] | null; format?: 'standard' | 'omi' };

/** What is sent, as the three that people want. */
const KINDS = {
  all: {},
  ready: { types: ['conversation.ready'] },
  omi: { format: 'omi' },
} satisfies Record<string, Partial<NewWebhook>>;
type Kind = keyof typeof KINDS;

export function WebhooksSection() {
  const { webhooks: own } = useWords().settings;
  const query = useQuery(webhooksQuery);
  return (
    <Section title={own.title} text={own.text}>
      <Read query={query} none={own.none}>
        <Rows>
          {query.data?.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} />
          ))}
        </Rows>
      </Read>
      <NewWebhookForm />
    </Section>
  );
}

function NewWebhookForm() {
  const { webhooks: own } = useWords().settings;
  const [url, typeUrl, forgetUrl] = useTyped('webhook');
  const [kind, setKind] = useState<Kind>('ready');
  const make = useChange(
    async (body: NewWebhook) => orThrow(await api.POST('/api/v1/webhooks', { body: body as never })),
    [keys.webhooks],
  );
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (url.trim() === '') return;
    await make.mutateAsync({ url: url.trim(), ...(KINDS[kind] as Partial<NewWebhook>) });
    forgetUrl();
  }
  return (
    <>
      <form
        onSubmit={(event) => void submit(event).catch(() => {})}
        className="grid items-start gap-4 sm:grid-cols-[2fr_1fr]"
      >
        <TextField
          label={own.url}
          value={url}
          onChange={typeUrl}
          type="url"
          inputMode="url"
          hint={own.urlHint}
        />
        <Select
          label={own.types}
          value={kind}
          options={(Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: own[value] }))}
          onChange={setKind}
        />
        <div>
          <Button type="submit" busy={make.isPending}>
            {own.add}
          </Button>
        </div>
      </form>
      {make.data && <SecretShown text={own.secret} secret={make.data.secret} />}
    </>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const words = useWords();
  const { webhooks: own } = words.settings;
  const format = useFormat();
  const { id, url, enabled, disabledCode, failingSinceMs, lastDeliveredAtMs } = webhook;
  const [isOpen, setOpen] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const params = { path: { id } };
  const test = useChange(async () => {
    orThrow(await api.POST('/api/v1/webhooks/{id}/test', { params }));
    toast.success(own.testSent);
    setOpen(true);
  }, [keys.deliveries(id)]);
  const change = useChange(
    async (wanted: boolean) =>
      orThrow(await api.PATCH('/api/v1/webhooks/{id}', { params, body: { enabled: wanted } })),
    [keys.webhooks],
  );
  const remove = useChange(
    async () => orThrow(await api.DELETE('/api/v1/webhooks/{id}', { params })),
    [keys.webhooks],
  );
  const off = disabledCode as keyof typeof own.disabled | null;
  const kind = webhook.format === 'omi' ? own.omi : webhook.types === null ? own.all : own.ready;
  const about = [
    `${kind}.`,
    ...(enabled ? [] : [own.disabled[off ?? 'other'] ?? own.disabled.other]),
    ...(enabled && failingSinceMs !== null ? [own.failingSince(format.dateTime(failingSinceMs))] : []),
    ...(lastDeliveredAtMs === null ? [] : [own.delivered(format.dateTime(lastDeliveredAtMs))]),
  ];
  return (
    <>
      <Row
        title={url}
        about={about.join(' ')}
        actions={
          <>
            <Button kind="quiet" onClick={() => test.mutate(undefined)} busy={test.isPending}>
              {own.test}
            </Button>
            <Button kind="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {own.deliveries}
            </Button>
            <Button kind="quiet" onClick={() => change.mutate(!enabled)} busy={change.isPending}>
              {enabled ? own.disable : own.enable}
            </Button>
            <Button kind="quiet" onClick={() => setRemoving(true)}>
              {own.remove}
            </Button>
          </>
        }
      />
      {isOpen && (
        <li>
          <Deliveries webhookId={id} />
        </li>
      )}
      <Confirm
        open={isRemoving}
        onOpenChange={setRemoving}
        title={url}
        text={own.removeText}
        action={own.remove}
        cancel={words.common.cancel}
        onConfirm={() => {
          setRemoving(false);
          remove.mutate(undefined);
        }}
      />
    </>
  );
}
