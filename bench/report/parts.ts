/** The parts of `npm run bench`: each is a command of its own and ends within twelve minutes on two cores. */

export interface Part {
  name: string;
  title: string;
  /** The file in bench/, and what it is given. */
  command: readonly string[];
  /** Only by `--only`: it repeats what another part shows, or the machine lacks what it needs. */
  onlyIfNamed?: true;
}

export const PARTS: readonly Part[] = [
  {
    name: 'omi-case-openai',
    title: "Omi's own case with an OpenAI-compatible transcriber",
    command: ['omi-case.ts', '--only', 'openai'],
  },
  {
    name: 'omi-case-deepgram',
    title: "Omi's own case with Deepgram",
    command: ['omi-case.ts', '--only', 'deepgram'],
  },
  {
    name: 'omi-case-assemblyai',
    title: "Omi's own case with AssemblyAI",
    command: ['omi-case.ts', '--only', 'assemblyai'],
  },
  {
    name: 'omi-case-costs',
    title: "Omi's own case with other costs of a call",
    command: ['omi-case.ts', '--costs', '--runs', '2'],
    onlyIfNamed: true,
  },
  {
    name: 'slow-providers',
    title: 'The 21 minutes in which providers slowed down together',
    command: ['slow-providers.ts'],
  },
  {
    name: 'all-41',
    title: 'All 41 uploads of the 48 hours',
    command: ['slow-providers.ts', '--all-41'],
    onlyIfNamed: true,
  },
  { name: 'critical-path', title: 'The time that the pipeline adds', command: ['critical-path.ts'] },
  {
    name: 'estimates',
    title: 'How good the expected times are',
    command: ['estimates.ts'],
  },
  { name: 'timing', title: 'Where the time went, by the log', command: ['timing.ts'] },
  { name: 'accept', title: 'Accepting', command: ['accept.ts'] },
  {
    name: 'idle',
    title: 'Nothing to do, and how soon work begins',
    command: ['idle.ts', '--uploads', '100'],
  },
  { name: 'growth', title: 'From a hundred recordings to a million', command: ['growth.ts'] },
  { name: 'memory', title: 'Memory of a worker', command: ['memory.ts'] },
  { name: 'events', title: 'Readers of events', command: ['events.ts'] },
  { name: 'search', title: 'Searching a year of words', command: ['search.ts'] },
  { name: 'capacity', title: 'Scale on paper', command: ['capacity.ts'] },
  { name: 'audio', title: 'Decoding, listening, transcribing', command: ['audio.ts'] },
  { name: 'words', title: 'Wrong, lost, invented and misplaced words', command: ['words.ts'] },
];
