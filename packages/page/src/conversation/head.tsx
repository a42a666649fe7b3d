import type { Conversation } from '@afterword/client';
import { EllipsisVertical, Folder, Pencil, Star } from 'lucide-react';
import { useFolders } from '../data/folders.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { ChoiceMenuOnDemand, MenuOnDemand } from '../parts/menu-on-demand.tsx';
import { useWords } from '../words/words.ts';
import { ExportMenu } from './export-menu.tsx';

export interface HeadActionsProps {
  conversation: Conversation;
  hasSound: boolean;
  /** Whether a line is chosen that it can be split before. */
  canSplit: boolean;
  onStar: () => void;
  onEditTitle: () => void;
  /** @param name of the folder, or what stands for none */
  onFolder: (id: string | null, name: string) => void;
  onReprocess: () => void;
  onMerge: () => void;
  onSplit: () => void;
  onKeep: () => void;
  onDelete: () => void;
}

/** Stands beside the title: what can be done with the conversation as a whole. */
export function HeadActions(props: HeadActionsProps) {
  const { conversation, hasSound, canSplit } = props;
  const words = useWords().conversation.head;
  const { folders } = useFolders();
  const { starred, folder, discarded } = conversation;
  const folderName = folders.find(({ id }) => id === folder?.id)?.name ?? words.noFolder;
  return (
    <>
      <IconButton
        label={words.editTitle}
        icon={<Pencil size={16} aria-hidden />}
        onClick={props.onEditTitle}
      />
      <IconButton
        label={starred ? words.unstar : words.star}
        aria-pressed={starred}
        icon={<Star size={18} aria-hidden className={starred ? 'fill-current text-accent-text' : ''} />}
        onClick={props.onStar}
      />
      <ChoiceMenuOnDemand
        trigger={
          <Button kind="quiet" className="touch:min-w-11" aria-label={`${words.folder}: ${folderName}`}>
            <Folder size={16} aria-hidden />
            <span className="hidden max-w-32 truncate sm:inline">{folderName}</span>
          </Button>
        }
        label={words.folder}
        value={folder?.id ?? ''}
        options={() => [
          { value: '', label: words.noFolder },
          ...folders.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(id) =>
          props.onFolder(id === '' ? null : id, folders.find((one) => one.id === id)?.name ?? words.noFolder)
        }
      />
      <ExportMenu conversation={conversation} hasSound={hasSound} />
      <MenuOnDemand
        trigger={<IconButton label={words.more} icon={<EllipsisVertical size={18} aria-hidden />} />}
        entries={[
          { label: words.merge, onSelect: props.onMerge, keys: 'm' },
          {
            label: words.split,
            onSelect: props.onSplit,
            disabled: !canSplit,
            why: words.splitHow,
            keys: 'x',
          },
          {
            label: words.reprocess,
            onSelect: props.onReprocess,
            disabled: conversation.status === 'settling',
            why: words.waits,
          },
          ...(discarded ? [{ label: words.keep, onSelect: props.onKeep }] : []),
          null,
          { label: words.delete, onSelect: props.onDelete, danger: true, keys: '#' },
        ]}
      />
    </>
  );
}
