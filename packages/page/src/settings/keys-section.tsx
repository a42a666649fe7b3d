import type { components } from '@afterword/client';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, orThrow } from '../data/api.ts';
import { serverNow } from '../data/clock.ts';
import { keyOfTab } from '../data/key-of-tab.ts';
import { keys } from '../data/keys.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Select, TextField } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import type { Me } from './me.ts';
import { apiKeysQuery, useChange } from './queries.ts';
import { SecretShown } from './secret-shown.tsx';
import { Read, Row, Rows, Section } from './section.tsx';
import { useTyped } from './use-typed.ts';

type ApiKey = components['schemas']['ApiKey'];
type Scope = ApiKey['scopes'][number];

const DAY_MS = 86_400_000;
const NEVER = 'never';

export function KeysSection({ me }: { me: Me }) {
  const words = useWords();
  const { keys: own } = words.settings;
  const query = useQuery(apiKeysQuery);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const revoke = useChange(
    async (id: string) => orThrow(await api.DELETE('/api/v1/me/keys/{id}', { params: { path: { id } } })),
    [keys.account('keys')],
  );
  return (
    <Section title={own.title} text={own.text}>
      <Read query={query} none={own.none}>
        <Rows>
          {query.data?.map((key) => (
            <KeyRow key={key.id} apiKey={key} onRevoke={() => setRevoking(key)} />
          ))}
        </Rows>
      </Read>
      {keyOfTab() === null ? <NewKey scopes={me.scopes} /> : <Notice>{own.notByKey}</Notice>}
      <Confirm
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title={own.revokeTitle(revoking?.name ?? '')}
        text={own.revokeText}
        action={own.revoke}
        cancel={words.common.cancel}
        onConfirm={() => {
          if (revoking) revoke.mutate(revoking.id);
          setRevoking(null);
        }}
      />
    </Section>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const { keys: own } = useWords().settings;
  const format = useFormat();
  const { name, scopes, lastUsedAtMs, expiresAtMs, revokedAtMs } = apiKey;
  const hasEnded = revokedAtMs !== null || (expiresAtMs !== null && expiresAtMs < serverNow());
  const about = [
    scopes.map((scope) => own.scopes[scope]).join(', '),
    lastUsedAtMs === null ? own.neverUsed : own.lastUsed(format.dateTime(lastUsedAtMs)),
    ...(revokedAtMs === null && expiresAtMs !== null && !hasEnded
      ? [own.until(format.date(expiresAtMs))]
      : []),
    ...(hasEnded ? [revokedAtMs === null ? own.ended : own.revoked] : []),
  ];
  return (
    <Row
      title={name}
      about={about.join(' · ')}
      actions={
        !hasEnded && (
          <Button kind="quiet" onClick={onRevoke}>
            {own.revoke}
          </Button>
        )
      }
    />
  );
}

function NewKey({ scopes }: { scopes: readonly Scope[] }) {
  const { keys: own, retention } = useWords().settings;
  const [name, typeName, forgetName] = useTyped('key');
  const [scope, setScope] = useState<Scope>('read');
  const [days, setDays] = useState('90');
  const make = useChange(
    async (body: { name: string; scopes: Scope[]; expiresAtMs?: number }) =>
      orThrow(await api.POST('/api/v1/me/keys', { body })),
    [keys.account('keys')],
  );

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (name.trim() === '') return;
    await make.mutateAsync({
      name: name.trim(),
      scopes: [scope],
      ...(days === NEVER ? {} : { expiresAtMs: serverNow() + Number(days) * DAY_MS }),
    });
    forgetName();
  }

  return (
    <>
      <form
        onSubmit={(event) => void submit(event).catch(() => {})}
        className="grid items-end gap-4 sm:grid-cols-[2fr_2fr_1fr_auto]"
      >
        <TextField label={own.name} value={name} onChange={typeName} maxLength={100} />
        <Select
          label={own.scope}
          value={scope}
          options={scopes.map((value) => ({ value, label: own.scopes[value] }))}
          onChange={setScope}
        />
        <Select
          label={own.expires}
          value={days}
          options={[
            ...[30, 90, 365].map((value) => ({ value: String(value), label: retention.days(value) })),
            { value: NEVER, label: own.never },
          ]}
          onChange={setDays}
        />
        <Button type="submit" busy={make.isPending}>
          {own.add}
        </Button>
      </form>
      {make.data && <SecretShown text={own.made} secret={make.data.token} />}
    </>
  );
}
