import { Copy, Ear, Languages, Volume2 } from 'lucide-react';
import { IconButton } from '../parts/button.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import type { GapRow, MarkReason, MarkRow } from './rules/rows.ts';

const ICONS: Record<MarkReason, typeof Ear> = {
  unintelligible: Ear,
  unknown_language: Languages,
  said_twice: Copy,
};

/** Says at its place why sound has no words here, and what can be done. */
export function Mark({ row, onHear }: { row: MarkRow; onHear: () => void }) {
  const words = useWords().conversation.transcript;
  const format = useFormat();
  const Icon = ICONS[row.reason];
  return (
    <div className="my-1 flex items-start gap-2 rounded-md border border-dashed border-line-strong px-2 py-1.5 text-sm">
      <Icon size={16} className="mt-1 shrink-0 text-ink-soft" aria-hidden />
      <div className="min-w-0 flex-1">
        <p>
          {words.marks[row.reason]}
          <span className="ml-2 text-xs tabular-nums text-ink-soft">
            {`${format.timeWithSeconds(row.fromMs)} · ${format.duration(row.toMs - row.fromMs)}`}
          </span>
        </p>
        <p className="text-ink-soft">{words.markHelp[row.reason]}</p>
      </div>
      {row.reason !== 'said_twice' && (
        <IconButton label={words.hear} icon={<Volume2 size={16} aria-hidden />} onClick={onHear} />
      )}
    </div>
  );
}

export function GapLine({ row }: { row: GapRow }) {
  const words = useWords().conversation.transcript;
  const format = useFormat();
  return (
    <p className="my-2 flex items-center gap-3 text-xs text-ink-soft">
      <span aria-hidden className="h-px flex-1 bg-line" />
      {words.gap(format.duration(row.toMs - row.fromMs))}
      <span aria-hidden className="h-px flex-1 bg-line" />
    </p>
  );
}
