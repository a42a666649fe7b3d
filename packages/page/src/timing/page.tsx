import { Page } from '../app/page.tsx';
import { Empty } from '../parts/empty.tsx';
import { useWords } from '../words/words.ts';

export function UploadPage() {
  const words = useWords();
  return (
    <Page title={words.timing.title}>
      <Empty title={words.timing.title} text={words.common.loading} />
    </Page>
  );
}
