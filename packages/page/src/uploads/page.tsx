import { Page } from '../app/page.tsx';
import { Empty } from '../parts/empty.tsx';
import { useWords } from '../words/words.ts';

export function UploadsPage() {
  const words = useWords();
  return (
    <Page title={words.uploads.title}>
      <Empty title={words.uploads.title} text={words.common.loading} />
    </Page>
  );
}
