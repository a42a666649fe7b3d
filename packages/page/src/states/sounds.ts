/** Every state of a conversation's sound as the player at its foot has it, and every mark that stands among the words. */
import type { MarkReason, MarkRow } from '../conversation/rules/rows.ts';
import { NOT_PLAYED } from '../conversation/use-sound.ts';
import { AfterwordProblem } from '../data/api.ts';
import { NOW_MS } from './uploads.ts';

interface SoundOf {
  isPreparing: boolean;
  problem: unknown;
}

const problem = (code: string, status: number, title: string) =>
  new AfterwordProblem({ code, title }, status, null);

export const SOUNDS: Record<string, SoundOf> = {
  'asked for': { isPreparing: false, problem: null },
  'a copy to play is being made': { isPreparing: true, problem: null },
  'the copy could not be made in time': {
    isPreparing: false,
    problem: problem('audio_not_ready', 503, 'The audio is being prepared for playing'),
  },
  'its address has ended': {
    isPreparing: false,
    problem: problem('audio_address', 401, 'The address of this audio is not valid any more'),
  },
  'the browser cannot play it': { isPreparing: false, problem: NOT_PLAYED },
  'removed, as its person chose': {
    isPreparing: false,
    problem: problem('audio_gone', 410, 'Its audio was removed as its person chose; its words stay'),
  },
  'there is none': { isPreparing: false, problem: problem('no_sound', 404, 'There is no sound to play') },
};

const mark = (reason: MarkReason): MarkRow => ({
  kind: 'mark',
  key: reason,
  fromMs: NOW_MS,
  toMs: NOW_MS + 12_000,
  reason,
  recordingId: 'rec_ready',
  shownIn: reason === 'said_twice' ? 'rec_other' : null,
});

export const MARKS: Record<MarkReason, MarkRow> = {
  unintelligible: mark('unintelligible'),
  unknown_language: mark('unknown_language'),
  said_twice: mark('said_twice'),
};
