import { useWords } from '../words/words.ts';
import { TextEditor } from './line-editor.tsx';
import type { Field, WholeState } from './use-whole.ts';

/** The title or the overview while somebody changes it. */
export function FieldEditor({ field, whole }: { field: Field; whole: WholeState }) {
  const words = useWords().conversation;
  const { edited } = whole;
  if (edited?.field !== field) return null;
  return (
    <TextEditor
      label={field === 'title' ? words.head.titleLabel : words.overview.label}
      hint={field === 'title' ? words.head.titleHint : words.overview.hint}
      draft={edited.draft}
      isOfManyLines={field === 'overview'}
      onType={whole.typeField}
      onSave={whole.saveField}
      onCancel={whole.cancelField}
    />
  );
}
