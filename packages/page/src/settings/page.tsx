import { useGradually } from '../app/gradually.ts';
import { Page } from '../app/page.tsx';
import { Problem } from '../app/problems.tsx';
import { useMe } from '../data/queries.ts';
import { Loading } from '../parts/loading.tsx';
import { useWords } from '../words/words.ts';
import { DataSection } from './data-section.tsx';
import { FoldersSection } from './folders-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { LookSection } from './look-section.tsx';
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
      {me && isShown && (
        <>
          <SpeechSection me={me} />
          <RetentionSection me={me} />
          <FoldersSection />
          <PushSection />
          <KeysSection me={me} />
          <SignInsSection />
          <WebhooksSection />
          <UsageSection me={me} />
          <DataSection />
        </>
      )}
    </Page>
  );
}
