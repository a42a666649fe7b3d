import { useGradually, useOneByOne } from '../app/gradually.ts';
import { Page } from '../app/page.tsx';
import { Problem } from '../app/problems.tsx';
import { useMe } from '../data/queries.ts';
import { Loading } from '../parts/loading.tsx';
import { useWords } from '../words/words.ts';
import { DataSection } from './data-section.tsx';
import { FoldersSection } from './folders-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { LookSection } from './look-section.tsx';
import type { Me } from './me.ts';
import { PushSection } from './push-section.tsx';
import { RetentionSection } from './retention-section.tsx';
import { SignInsSection } from './sign-ins-section.tsx';
import { SpeechSection } from './speech-section.tsx';
import { UsageSection } from './usage-section.tsx';
import { WebhooksSection } from './webhooks-section.tsx';

export function SettingsPage() {
  const words = useWords();
  const { data: me, error, refetch } = useMe();
  const isShown = useGradually(me !== undefined);
  return (
    <Page title={words.settings.title}>
      <LookSection />
      {error && !me && <Problem error={error} onRetry={() => void refetch()} />}
      {!isShown && !error && <Loading label={words.common.loading} rows={6} />}
      {me && isShown && <Sections me={me} />}
    </Page>
  );
}

const SECTIONS = [
  SpeechSection,
  RetentionSection,
  FoldersSection,
  PushSection,
  KeysSection,
  SignInsSection,
  WebhooksSection,
  UsageSection,
  DataSection,
];

function Sections({ me }: { me: Me }) {
  const there = useOneByOne(SECTIONS.length);
  // biome-ignore lint/suspicious/noArrayIndexKey: the sections keep their places
  return SECTIONS.slice(0, there).map((One, at) => <One key={at} me={me} />);
}
