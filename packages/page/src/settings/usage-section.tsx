import { useQuery } from '@tanstack/react-query';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import type { Me } from './me.ts';
import { usageQuery } from './queries.ts';
import { Read, Section } from './section.tsx';

const MICROS = 1_000_000;

export function UsageSection({ me }: { me: Me }) {
  const { usage: own } = useWords().settings;
  const format = useFormat();
  const query = useQuery(usageQuery);
  const { data } = query;
  const { storedBytes, queuedMs, languageCallsPerDay } = me.bounds;
  const of = ({ used, most }: { used: number; most: number | null }, write: (value: number) => string) =>
    own.of(write(used), most === null ? own.noBound : write(most));
  const bounds = [
    [own.stored, of(storedBytes, format.bytes)],
    [own.queued, of(queuedMs, format.duration)],
    [own.calls, of(languageCallsPerDay, format.count)],
  ] as const;
  return (
    <Section title={own.title} text={own.text}>
      <dl className="grid gap-2 text-sm sm:grid-cols-3">
        {bounds.map(([name, value]) => (
          <div key={name}>
            <dt className="text-ink-soft">{name}</dt>
            <dd className="font-medium tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <Read query={query}>
        {data?.rows.length === 0 && <p className="text-sm text-ink-soft">{own.nothing}</p>}
        {data && data.rows.length > 0 && <UsageTable rows={data.rows} />}
      </Read>
    </Section>
  );
}

type Rows = Awaited<ReturnType<NonNullable<typeof usageQuery.queryFn>>>['rows'];

function UsageTable({ rows }: { rows: Rows }) {
  const { usage: own } = useWords().settings;
  const format = useFormat();
  const money = new Intl.NumberFormat(format.locale, { style: 'currency', currency: 'USD' });
  const nameOf = (stage: string) => (own.stages as Record<string, string>)[stage] ?? stage;
  return (
    // On a phone the table scrolls and not the page; it takes the focus so that keys scroll it too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label={own.byStage}>
      <table className="w-full text-left text-sm">
        <thead className="text-ink-soft">
          <tr>
            {[own.stage, own.provider, own.results, own.failed, own.audio, own.cost].map((name) => (
              <th key={name} scope="col" className="py-1 pr-4 font-normal">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {rows.map((row) => (
            <tr key={`${row.stage} ${row.provider} ${row.model}`} className="border-t border-line">
              <th scope="row" className="py-1.5 pr-4 font-medium">
                {nameOf(row.stage)}
              </th>
              <td className="pr-4">{[row.provider, row.model].filter(Boolean).join(' ')}</td>
              <td className="pr-4">{format.count(row.results)}</td>
              <td className="pr-4">{format.count(row.failedCalls)}</td>
              <td className="pr-4">{row.audioMs > 0 ? format.duration(row.audioMs) : ''}</td>
              <td>{row.costMicros === null ? own.unknownCost : money.format(row.costMicros / MICROS)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
