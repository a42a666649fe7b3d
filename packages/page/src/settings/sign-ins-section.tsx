import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { waysQuery } from '../data/queries.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { identitiesQuery, sessionsQuery, useChange } from './queries.ts';
import { Read, Row, Rows, Section } from './section.tsx';

export function SignInsSection() {
  const words = useWords();
  const { signIns: own } = words.settings;
  const format = useFormat();
  const query = useQuery(sessionsQuery);
  const sessions = query.data;
  const revoke = useChange(
    async (id: string) => orThrow(await api.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id } } })),
    [keys.account('sessions')],
  );
  const revokeOthers = useChange(
    async () => orThrow(await api.DELETE('/api/v1/me/sessions')),
    [keys.account('sessions')],
  );
  const hasOthers = sessions?.some(({ current }) => !current) ?? false;
  return (
    <Section title={own.title}>
      <Read query={query} none={own.none}>
        <Rows>
          {sessions?.map(({ id, agent, lastUsedAtMs, current }) => (
            <Row
              key={id}
              title={agent ?? own.unknownBrowser}
              about={[format.dateTime(lastUsedAtMs), ...(current ? [own.current] : [])].join(' · ')}
              actions={
                !current && (
                  <Button kind="quiet" onClick={() => revoke.mutate(id)}>
                    {own.signOut}
                  </Button>
                )
              }
            />
          ))}
        </Rows>
      </Read>
      {hasOthers && (
        <div>
          <Button onClick={() => revokeOthers.mutate(undefined)} busy={revokeOthers.isPending}>
            {own.signOutOthers}
          </Button>
        </div>
      )}
      <Accounts />
    </Section>
  );
}

function Accounts() {
  const words = useWords();
  const { signIns: own } = words.settings;
  const query = useQuery(identitiesQuery);
  const identities = query.data;
  const { data: ways } = useQuery(waysQuery);
  const [removed, setRemoved] = useState<string | null>(null);
  const unlink = useChange(
    async (id: string) =>
      orThrow(await api.DELETE('/api/v1/me/identities/{id}', { params: { path: { id } } })),
    [keys.account('identities'), keys.account('sessions')],
  );
  // The provider leads back to this page.
  const link = useChange(async () => {
    const query = { returnTo: '/settings' };
    location.assign(orThrow(await api.POST('/auth/link', { params: { query } })).location);
  }, []);
  const mayLink = ways?.ways.includes('oidc') && (identities?.length ?? 0) > 0;
  return (
    <div>
      <h3 className="font-medium">{own.accounts}</h3>
      <Read query={query} none={own.noAccounts}>
        <Rows>
          {identities?.map(({ id, label, issuer, subject }) => (
            <Row
              key={id}
              title={label ?? subject}
              about={issuer}
              actions={
                <Button kind="quiet" onClick={() => setRemoved(id)}>
                  {own.unlink}
                </Button>
              }
            />
          ))}
        </Rows>
      </Read>
      {mayLink && (
        <Button className="mt-2" onClick={() => link.mutate(undefined)} busy={link.isPending}>
          {own.link}
        </Button>
      )}
      <Confirm
        open={removed !== null}
        onOpenChange={(open) => !open && setRemoved(null)}
        title={own.unlink}
        text={own.unlinkText}
        action={own.unlink}
        cancel={words.common.cancel}
        onConfirm={() => {
          if (removed) unlink.mutate(removed);
          setRemoved(null);
        }}
      />
    </div>
  );
}
