import { type FormEvent, useMemo, useState } from 'react';
import { keys } from '../data/keys.ts';
import { toast } from '../data/toast.ts';
import { Button } from '../parts/button.tsx';
import { Checkbox, Select, TextArea, TextField } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { ZONE_HERE } from '../words/here.ts';
import { useLanguage, useWords } from '../words/words.ts';
import { languagesOf, notTranscribed } from './languages.ts';
import { changeMe, type Me } from './me.ts';
import { useChange } from './queries.ts';
import { Section } from './section.tsx';
import { useTyped } from './use-typed.ts';

/** @returns what stands between commas or on lines, without what is empty */
function listOf(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

export function SpeechSection({ me }: { me: Me }) {
  const words = useWords();
  const { speech } = words.settings;
  const [timeZone, setTimeZone] = useState(me.timeZone);
  const [languages, typeLanguages, forgetLanguages] = useTyped('languages', me.languages.join(', '));
  const [otherLanguages, setOtherLanguages] = useState(me.otherLanguages);
  const [vocabulary, typeVocabulary, forgetVocabulary] = useTyped('vocabulary', me.vocabulary.join('\n'));
  const [unknown, setUnknown] = useState<string[]>([]);
  const language = useLanguage();
  const change = useChange(changeMe, [keys.me]);
  const zones = useMemo(
    () =>
      [...new Set([ZONE_HERE, 'UTC', me.timeZone, ...Intl.supportedValuesOf('timeZone')])].map((value) => ({
        value,
        label: value,
      })),
    [me.timeZone],
  );

  const lost = useMemo(
    () => notTranscribed(languagesOf(languages, ['en', language]).codes, me.knownLanguages),
    [languages, language, me.knownLanguages],
  );
  const nameOf = (code: string) => new Intl.DisplayNames(language, { type: 'language' }).of(code) ?? code;

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    const { codes: named, unknown } = languagesOf(languages, ['en', language]);
    setUnknown(unknown);
    if (unknown.length > 0) return;
    await change.mutateAsync({
      timeZone,
      otherLanguages,
      languages: named.length > 0 ? named : null,
      vocabulary: listOf(vocabulary, /\n/),
    });
    forgetLanguages();
    forgetVocabulary();
    toast.success(words.settings.saved);
  }

  return (
    <Section title={speech.title} text={speech.text}>
      <form onSubmit={(event) => void save(event).catch(() => {})} className="flex flex-col gap-4">
        <Select
          label={speech.timeZone}
          value={timeZone}
          options={zones}
          onChange={setTimeZone}
          hint={speech.timeZoneHint}
        />
        <TextField
          label={speech.languages}
          value={languages}
          onChange={typeLanguages}
          hint={speech.languagesHint}
          error={unknown.length > 0 ? speech.languagesUnknown(unknown.join(', ')) : null}
        />
        {lost.length > 0 && (
          <Notice tone="warning">
            {speech.languagesLost(lost.map(nameOf), (me.knownLanguages ?? []).map(nameOf))}
          </Notice>
        )}
        <Checkbox label={speech.otherLanguages} checked={otherLanguages} onChange={setOtherLanguages} />
        <TextArea
          label={speech.vocabulary}
          value={vocabulary}
          onChange={typeVocabulary}
          hint={speech.vocabularyHint}
        />
        <div>
          <Button type="submit" kind="main" busy={change.isPending}>
            {words.common.save}
          </Button>
        </div>
      </form>
    </Section>
  );
}
