/** A conversation as text, Markdown and subtitles. */
import { describe, expect, it } from 'vitest';
import { transcriptOf } from '../../src/views/transcript/formats.ts';

const START = Date.UTC(2026, 2, 14, 22, 59, 30);
const told = {
  id: 'cnv_1',
  status: 'ready',
  title: 'The *new* kitchen',
  overview: 'Ada wants it blue.',
  startedAtMs: START,
  endedAtMs: START + 3_725_250,
  keyPoints: [{ text: 'blue' }],
  actionItems: [{ description: 'Call the shop', dueText: 'tomorrow', dueAtMs: null }],
  segments: [
    { text: 'Blue, please & <thanks>', startedAtMs: START, endedAtMs: START + 1_500, speaker: 'Ada' },
    { text: 'Two\nlines', startedAtMs: START + 3_725_000, endedAtMs: START + 3_725_000, speaker: null },
  ],
};

describe('a conversation in a format', () => {
  it('is plain text in the local time of the person', () => {
    expect(transcriptOf(told, 'text', 'Europe/Stockholm')).toBe(
      [
        'The *new* kitchen',
        '2026-03-14 23:59 to 2026-03-15 01:01 (Europe/Stockholm)',
        '',
        'Ada wants it blue.',
        '',
        'Key points:',
        '- blue',
        '',
        'To do:',
        '- Call the shop (tomorrow)',
        '',
        '[23:59:30] Ada: Blue, please & <thanks>',
        '[01:01:35] Two lines',
        '',
      ].join('\n'),
    );
  });

  it('is Markdown in which words are no marks', () => {
    const text = transcriptOf(told, 'md', 'UTC');
    expect(text).toContain('# The \\*new\\* kitchen\n\n2026-03-14 22:59 to 2026-03-15 00:01');
    expect(text).toContain('- [ ] Call the shop (tomorrow)');
    expect(text).toContain('22:59:30 **Ada:** Blue, please & \\<thanks\\>');
  });

  it('is subtitles that count from its start, and whose cues end after they begin', () => {
    expect(transcriptOf(told, 'srt', 'UTC')).toBe(
      '1\n00:00:00,000 --> 00:00:01,500\nAda: Blue, please & ‹thanks›\n\n2\n01:02:05,000 --> 01:02:05,001\nTwo lines\n',
    );
    expect(transcriptOf(told, 'vtt', 'UTC')).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v Ada>Blue, please &amp; &lt;thanks&gt;\n\n01:02:05.000 --> 01:02:05.001\nTwo lines\n',
    );
  });

  it('is JSON as the server gives it', () => {
    expect(JSON.parse(transcriptOf(told, 'json', 'UTC'))).toEqual(told);
  });
});
