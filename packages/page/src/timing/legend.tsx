import { memo } from 'react';
import { useWords } from '../words/words.ts';
import type { MarkKind, Tone } from './layout.ts';

/** Each differs by more than its colour: a wait is an outline, what failed is dark at its ends. */
export const PART_LOOKS: Record<Tone, string> = {
  wait: 'border border-line-strong bg-sunken',
  run: 'bg-accent',
  failed: 'bg-danger border-x-2 border-ink',
  spared: 'border border-dashed border-danger bg-transparent',
};

export const MARK_LOOKS: Record<MarkKind, string> = {
  try: 'rounded-full bg-ink',
  fallback: 'rotate-45 bg-ink',
  failed: 'bg-danger-text',
  spared: 'border border-danger-text bg-raised',
};

export const Legend = memo(function Legend() {
  const { timing: words } = useWords();
  const tones: Tone[] = ['wait', 'run', 'failed', 'spared'];
  const marks = ['try', 'fallback'] as const;
  return (
    <ul aria-label={words.legend} className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-soft">
      {tones.map((tone) => (
        <li key={tone} className="flex items-center gap-1.5">
          <span className={`h-3 w-5 forced-color-adjust-none rounded-xs ${PART_LOOKS[tone]}`} aria-hidden />
          {words.tones[tone]}
        </li>
      ))}
      {marks.map((kind) => (
        <li key={kind} className="flex items-center gap-1.5">
          <span className={`size-1.5 forced-color-adjust-none ${MARK_LOOKS[kind]}`} aria-hidden />
          {words.marks[kind]}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <span
          className="h-3 w-5 forced-color-adjust-none rounded-xs bg-accent shadow-[0_3px_0_-1px_var(--ink)]"
          aria-hidden
        />
        {words.critical}
      </li>
    </ul>
  );
});
