import type { Conversation } from '@afterword/client';
import { useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useProblemText } from '../app/problems.tsx';
import { send } from '../data/api.ts';
import { toast } from '../data/toast.ts';
import { IconButton } from '../parts/button.tsx';
import { MenuOnDemand } from '../parts/menu-on-demand.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { addressOf, soundMapQuery } from './reading.ts';
import { type ExportFormat, fileNameOf } from './rules/export-name.ts';

const TEXTS = ['md', 'text', 'srt', 'vtt', 'json'] as const;
const SOUNDS = ['ogg', 'wav'] as const;

/** Saves the conversation as a file of one's own. */
export function ExportMenu({ conversation, hasSound }: { conversation: Conversation; hasSound: boolean }) {
  const words = useWords().conversation.export;
  const { timeZone } = useFormat();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const save = async (format: ExportFormat) => {
    setBusy(true);
    try {
      const name = fileNameOf(conversation, format, timeZone);
      if (format === 'ogg' || format === 'wav')
        saveAddress(`${await addressOf(conversation.id, format)}&saveAs=${encodeURIComponent(name)}`, name);
      else {
        // What is saved before the page knows of the sound must count as what is saved after.
        const map = queries.fetchQuery(soundMapQuery(conversation.id));
        await saveText(conversation.id, format, await map.then(Boolean, () => false), name);
      }
    } catch (error) {
      toast.error(words.failed, { description: problemText(error) });
    } finally {
      setBusy(false);
    }
  };
  const entry = (format: ExportFormat) => ({ label: words[format], onSelect: () => void save(format) });
  return (
    <MenuOnDemand
      trigger={<IconButton label={words.label} busy={isBusy} icon={<Download size={18} aria-hidden />} />}
      entries={[
        ...TEXTS.map(entry),
        null,
        ...SOUNDS.map((format) => ({ ...entry(format), disabled: !hasSound })),
      ]}
    />
  );
}

/** Subtitles count as the sound does that is saved here, if there is one. */
async function saveText(id: string, format: string, hasSound: boolean, name: string): Promise<void> {
  const times = hasSound ? '&times=audio&gaps=skip' : '';
  const path = `/api/v1/conversations/${encodeURIComponent(id)}/transcript?format=${format}${times}`;
  const response = await send(new Request(`${location.origin}${path}`));
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  const url = URL.createObjectURL(await response.blob());
  saveAddress(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function saveAddress(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
