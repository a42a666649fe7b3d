/** Says why a webhook did not take what was sent to it, and what its owner can do. Pure. */
import type { Words } from '../words/en.ts';

interface Why {
  what: string;
  remedy: string | null;
}

type Statuses = keyof Words['deliveries']['statuses'];

const OF_STATUS: Record<number, Statuses> = {
  401: 'unauthorized',
  403: 'unauthorized',
  404: 'missing',
  405: 'missing',
  410: 'gone',
  413: 'large',
  429: 'often',
};

/** @param status what the server of the webhook has answered last; null: it has not answered */
export function whyNotDelivered(
  { deliveries: words }: Pick<Words, 'deliveries'>,
  code: string,
  status: number | null,
): Why {
  const { failures, statuses } = words;
  const named = (failures as Record<string, Why>)[code];
  if (code !== 'status' || status === null) return named ?? { what: words.unknown, remedy: null };
  const kind = OF_STATUS[status] ?? (status >= 500 ? 'broken' : undefined);
  const { what, remedy } = kind === undefined ? failures.status : statuses[kind];
  return { what: `${what} (${words.answered(status)})`, remedy };
}
