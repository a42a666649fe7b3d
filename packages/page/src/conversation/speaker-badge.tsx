import { speakerClass } from '../parts/speaker-color.ts';

/** A circle in the colour of a speaker, with the letter or number that says the same without the colour. */
export function SpeakerBadge({ number, initial }: { number: number; initial: string }) {
  return (
    <span
      aria-hidden
      className={`${speakerClass(number - 1)} inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-speaker forced-color-adjust-none text-xs font-semibold text-ground`}
    >
      {initial}
    </span>
  );
}
