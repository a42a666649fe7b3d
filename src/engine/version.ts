/**
 * The version of the workflows: which executors may continue which work. It is a whole number that stands beside every
 * piece of work in progress. The engine's default, a hash of the source, would start all work over at every deployment.
 *
 * Raise it by one when a workflow's recorded steps no longer fit: a step comes, goes, moves or gets another name, or
 * what a step returns is read differently; and when a worker of the version before could not do what an api of this one
 * accepts, for new work is taken by the newest version that lives. Work of a version that no process runs any more starts over as a new attempt
 * (`start-over.ts`), so raising it costs what running work has done since its last checkpoint, and nothing else.
 * `tests/pipeline/recorded-steps.unit.test.ts` fails when the steps change and this number does not.
 *
 * 1: the first. 2: work of other versions starts over.
 */
export const APPLICATION_VERSION = '2';
