import { Page } from '../app/page.tsx';
import { Empty } from '../parts/empty.tsx';
import { useWords } from '../words/words.ts';

export function OperationPage() {
  const words = useWords();
  return (
    <Page title={words.operation.title}>
      <Empty title={words.operation.title} text={words.common.loading} />
    </Page>
  );
}
