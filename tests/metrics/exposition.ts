/** Reads Prometheus' text format 0.0.4 as strictly as its specification allows, and throws at anything else. */

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Family {
  name: string;
  type: string;
  samples: Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const SUFFIXES: Record<string, string[]> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
};

export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  let family: Family | undefined;
  const seen = new Set<string>();
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      const [, what, name = '', rest = ''] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line) ?? [];
      if (!what) throw new Error(`not a comment of the format: ${line}`);
      if (what === 'HELP') {
        if (families.has(name)) throw new Error(`${name} comes twice`);
        family = { name, type: '', samples: [] };
        families.set(name, family);
      } else {
        if (family?.name !== name || family.type !== '' || !(rest in SUFFIXES))
          throw new Error(`TYPE: ${line}`);
        family.type = rest;
      }
      continue;
    }
    const [, name = '', , labels = '', value = ''] =
      new RegExp(`^(${NAME})(\\{(.*)\\})? (-?[0-9.e+-]+|[+-]Inf|NaN)$`).exec(line) ?? [];
    const suffix = family ? name.slice(family.name.length) : '';
    if (!family || !name.startsWith(family.name) || !SUFFIXES[family.type]?.includes(suffix))
      throw new Error(`a sample of no family: ${line}`);
    if (seen.has(`${name}{${labels}}`)) throw new Error(`comes twice: ${line}`);
    seen.add(`${name}{${labels}}`);
    family.samples.push({ name, labels: labelsOf(labels), value: Number(value.replace('Inf', 'Infinity')) });
  }
  for (const one of families.values()) if (one.type === 'histogram') checkHistogram(one);
  return families;
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`labels: ${text}`);
    labels[name] = value;
  }
  return labels;
}

/** Buckets only grow, and the last one has all. */
function checkHistogram({ name, samples }: Family): void {
  const key = ({ le: _, ...labels }: Record<string, string>) => JSON.stringify(labels);
  for (const [of, series] of Map.groupBy(samples, ({ labels }) => key(labels))) {
    const buckets = series.filter((sample) => sample.name.endsWith('_bucket'));
    const bounds = buckets.map(({ labels }) => Number(labels.le?.replace('+Inf', 'Infinity')));
    const count = series.find((sample) => sample.name.endsWith('_count'))?.value;
    const grows = buckets.every(({ value }, at) => value >= (buckets[at - 1]?.value ?? 0));
    const inOrder = bounds.every((bound, at) => bound > (bounds[at - 1] ?? Number.NEGATIVE_INFINITY));
    if (!grows || !inOrder || bounds.at(-1) !== Number.POSITIVE_INFINITY || buckets.at(-1)?.value !== count)
      throw new Error(`the histogram ${name} ${of} is not one`);
  }
}
