import { keptText } from '../words/store.ts';

/** Which of the server's devices this browser is, as far as it has been noted here; else it is listed as any other. */
export const thisDevice = keptText('afterword.push-device');
