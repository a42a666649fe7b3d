/**
 * The version of the workflows decides which executors may continue which work. It is a whole number stored with every
 * piece of work in progress. The engine's default, a hash of the source, would start all work over at every deployment.
 *
 * Raise it by one when a workflow's recorded steps no longer fit: a step is added, removed, moved or renamed, or its
 * result is read differently. Raise it too when an older worker could not do what an api of this version accepts,
 * because the newest living version takes new work. Work of a version that no process runs any more starts over as a
 * new attempt, so raising it costs what running work has done since its last checkpoint, and nothing else.
 *
 * `tests/pipeline/recorded-steps.unit.test.ts` fails when the steps change and this number does not.
 * 1: the first. 2: work of other versions starts over. 3: speakers are linked beside the understanding.
 * 4: the version before loses words of long recordings, and gets no new ones. 5: what a workflow does last is not recorded.
 */
export const APPLICATION_VERSION = '5';
