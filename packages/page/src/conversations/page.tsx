import { AudioLines } from 'lucide-react';
import { Page } from '../app/page.tsx';
import { Empty } from '../parts/empty.tsx';
import { useWords } from '../words/words.ts';

export function ConversationsPage() {
  const words = useWords();
  return (
    <Page title={words.conversations.title}>
      <Empty
        icon={<AudioLines size={40} aria-hidden />}
        title={words.welcome.title}
        text={words.welcome.explains}
      />
    </Page>
  );
}
