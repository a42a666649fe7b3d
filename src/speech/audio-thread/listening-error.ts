export type ListeningErrorKind =
  | 'crashed' // the thread ended or a bug showed in it; another attempt may succeed
  | 'stalled' // the thread stopped answering; another attempt gets another one
  | 'closed' // this process is ending
  | 'configuration' // the voice model is missing or damaged
  | 'given_up'; // the pieces were not taken to their end

export class ListeningError extends Error {
  readonly kind: ListeningErrorKind;

  constructor(kind: ListeningErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ListeningError';
    this.kind = kind;
  }
}
