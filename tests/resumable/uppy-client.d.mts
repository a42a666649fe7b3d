/** @returns the errors of what failed */
export function sendByUppy(
  endpoint: string,
  headers: Record<string, string>,
  name: string,
  content: Buffer,
): Promise<unknown[]>;
