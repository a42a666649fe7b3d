import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { isLoopback } from '../sign-in/modes.ts';

/** Says at the start what an operator must not overlook about who is let in. */
export function tellWhoComesIn({ signIn, host, publicUrl }: Config, log: Logger): void {
  const { modes, singleUser, people, oidc } = signIn;
  log.info({ modes }, `People are let in by: ${modes.join(', ')}.`);
  if (singleUser && isLoopback(host))
    log.warn(
      'NOBODY HAS TO SIGN IN: every program and person on this machine is the one person "local". Set AFTERWORD_SIGN_IN to ask for keys or a sign-in.',
    );
  else if (singleUser)
    log.warn(
      `NOBODY HAS TO SIGN IN, and the server listens on ${host}: whoever reaches it is the one person "local" (AFTERWORD_SINGLE_USER=true).`,
    );
  if (modes.includes('header') && !isLoopback(host))
    log.warn(
      `X-Afterword-User is believed, and the server listens on ${host}: only your gateway may reach it, and must overwrite that header.`,
    );
  if (
    (oidc !== null && modes.includes('oidc') && people.length === 0) ||
    (modes.includes('firebase') && people.length === 0)
  )
    log.warn(
      'Everybody whom the provider signs in may use this server. AFTERWORD_SIGN_IN_PEOPLE names who may.',
    );
  if (publicUrl?.startsWith('http:') && !isLoopback(new URL(publicUrl).hostname))
    log.warn(
      `AFTERWORD_PUBLIC_URL is ${publicUrl}: who reads the network can take over sessions. Use https.`,
    );
}
