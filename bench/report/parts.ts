/**
 * The parts of `npm run bench`: each is a command of its own and ends within twelve minutes on two cores, and those that
 * run unasked take 45 together.
 */

export interface Part {
  name: string;
  title: string;
  /** The file in bench/, and what it is given. */
  command: readonly string[];
  /** What is added to the command by `--quick`: the smallest size that goes the whole way. */
  quick?: readonly string[];
  /** Only by `--only`: it repeats what another part shows, or the machine lacks what it needs. */
  onlyIfNamed?: true;
}

const OMI_CASES = ['openai', 'deepgram', 'assemblyai'] as const;
const WITH = {
  openai: 'with an OpenAI-compatible transcriber',
  deepgram: 'with Deepgram',
  assemblyai: 'with AssemblyAI',
};

function omiCase(kind: keyof typeof WITH, isRealTime = false): Part {
  const title = `Omi's own case ${WITH[kind]}`;
  const command = ['omi-case.ts', '--only', kind];
  const quick = ['--runs', '1'];
  return isRealTime
    ? {
        name: `omi-case-${kind}-real-time`,
        title: `${title}, at its real time`,
        command: [...command, '--time', '1'],
        quick,
        onlyIfNamed: true,
      }
    : { name: `omi-case-${kind}`, title, command, quick };
}

export const PARTS: readonly Part[] = [
  ...OMI_CASES.map((kind) => omiCase(kind)),
  {
    name: 'omi-case-costs',
    title: "Omi's own case with other costs of a call",
    command: ['omi-case.ts', '--costs', '--runs', '2'],
    quick: ['--runs', '1'],
  },
  ...OMI_CASES.map((kind) => omiCase(kind, true)),
  {
    name: 'slow-providers',
    title: 'The 21 minutes in which providers slowed down together',
    command: ['slow-providers.ts'],
    quick: ['--minutes', '2', '--uploads', '2'],
  },
  {
    name: 'all-41',
    title: 'All 41 uploads of the 48 hours',
    command: ['slow-providers.ts', '--all-41'],
    quick: ['--minutes', '2', '--uploads', '2'],
    onlyIfNamed: true,
  },
  {
    name: 'critical-path',
    title: 'The time that the pipeline adds',
    command: ['critical-path.ts'],
    onlyIfNamed: true,
  },
  {
    name: 'estimates',
    title: 'How good the expected times are',
    command: ['estimates.ts'],
    quick: ['--simulated'],
    onlyIfNamed: true,
  },
  { name: 'timing', title: 'Where the time went, by the log', command: ['timing.ts'], onlyIfNamed: true },
  { name: 'accept', title: 'Accepting', command: ['accept.ts'] },
  {
    name: 'idle',
    title: 'Nothing to do, and how soon work begins',
    command: ['idle.ts', '--uploads', '100'],
    quick: ['--seconds', '5', '--uploads', '10'],
  },
  {
    name: 'growth',
    title: 'From a hundred recordings to a million',
    command: ['growth.ts'],
    quick: ['--sizes', '100', '1000'],
  },
  {
    name: 'long-conversation',
    title: 'The next file of a long conversation',
    command: ['long-conversation.ts'],
    quick: ['--files', '30', '300', '--rounds', '5'],
  },
  { name: 'memory', title: 'Memory of a worker', command: ['memory.ts'] },
  { name: 'events', title: 'Readers of events', command: ['events.ts'] },
  {
    name: 'search',
    title: 'Searching a year of words',
    command: ['search.ts'],
    quick: ['--segments', '1000', '--others', '10000', '--rounds', '2'],
    onlyIfNamed: true,
  },
  { name: 'capacity', title: 'Scale on paper', command: ['capacity.ts'], quick: ['--users', '1e4'] },
  { name: 'audio', title: 'Decoding, listening, transcribing', command: ['audio.ts'] },
  { name: 'words', title: 'Wrong, lost, invented and misplaced words', command: ['words.ts'] },
];
