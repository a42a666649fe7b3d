import { Page } from '../app/page.tsx';
import { Empty } from '../parts/empty.tsx';
import { useWords } from '../words/words.ts';

export function SettingsPage() {
  const words = useWords();
  return (
    <Page title={words.settings.title}>
      <Empty title={words.settings.title} text={words.common.loading} />
    </Page>
  );
}
