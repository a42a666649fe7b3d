import type { Draft, Field } from '../data/drafts.ts';
import { useWords } from '../words/words.ts';
import { TextEditor } from './line-editor.tsx';
import type { WholeState } from './use-whole.ts';

/** The title or the overview while somebody changes it. */
export function FieldEditor({ field, draft, whole }: { field: Field; draft: Draft; whole: WholeState }) {
  const words = useWords().conversation;
  return (
    <TextEditor
      label={field === 'title' ? words.head.titleLabel : words.overview.label}
      hint={field === 'title' ? words.head.titleHint : words.overview.hint}
      draft={draft}
      isOfManyLines={field === 'overview'}
      onType={(text) => whole.typeField(field, text)}
      onSave={(overwrite) => whole.saveField(field, overwrite)}
      onCancel={() => whole.cancelField(field)}
    />
  );
}
