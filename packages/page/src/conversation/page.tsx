import { Page } from '../app/page.tsx';
import { Empty } from '../parts/empty.tsx';
import { useWords } from '../words/words.ts';

export function ConversationPage() {
  const words = useWords();
  return (
    <Page title={words.conversation.title}>
      <Empty title={words.conversation.title} text={words.common.loading} />
    </Page>
  );
}
