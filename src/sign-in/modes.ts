/**
 * The ways in which a server lets people in. `keys`: API keys. `oidc`: sessions of the page. `firebase`: ID tokens of Omi's
 * app. `header`: a gateway has signed people in and says who in X-Afterword-User. `dev`: nobody has to show anything.
 */
export const MODES = ['keys', 'oidc', 'firebase', 'header', 'dev'] as const;

export type Mode = (typeof MODES)[number];

/** Without the setting, what servers did before there was one: a gateway's header, and on loopback one person without it. */
export function usualModes(isOnLoopback: boolean): readonly Mode[] {
  return isOnLoopback ? ['header', 'dev'] : ['header'];
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}
