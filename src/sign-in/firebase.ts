/** Checks Firebase ID tokens, as Omi's app sends them, without asking Firebase about each. */
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { AfterwordError } from '../errors.ts';
import { type Proof, sameCase } from './identities.ts';
import { keySetAt } from './key-set.ts';

/** Clocks of two servers may differ by this. */
const TOLERANCE_S = 10;
/** A token is good for an hour; one that says more was not made by Firebase. */
const LONGEST_LIFE_S = 3600;
/** Firebase's longest user id. */
const LONGEST_SUBJECT = 128;
/** About 1 kB is usual. */
const LONGEST_TOKEN = 8_000;

/** @throws AfterwordError `token_refused`, or `sign_in_unavailable` while the keys cannot be fetched */
export type VerifyToken = (token: string) => Promise<Proof>;

export function firebaseTokens({ project, keysUrl }: { project: string; keysUrl: string }): VerifyToken {
  const issuer = `https://securetoken.google.com/${project}`;
  const keys = keySetAt(keysUrl);
  return async (token) => {
    if (token.length > LONGEST_TOKEN) throw refused('it is too long');
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: project,
        // Only this one: a token that is signed with a public key as a password must not pass.
        algorithms: ['RS256'],
        requiredClaims: ['sub', 'exp', 'iat', 'auth_time'],
        clockTolerance: TOLERANCE_S,
      });
      checkTimes(payload);
      return { issuer, subject: subjectOf(payload), label: labelOf(payload), email: emailOf(payload) };
    } catch (error) {
      if (error instanceof errors.JOSEError) throw refused(error.message, error);
      throw error;
    }
  };
}

/** jose checks the end of a token; that it was made, and its person signed in, before now is checked here. */
function checkTimes({ iat, exp, auth_time: signedInAt, aud }: JWTPayload): void {
  const latest = Date.now() / 1000 + TOLERANCE_S;
  if (typeof aud !== 'string') throw refused('it is for several audiences');
  if (typeof iat !== 'number' || iat > latest) throw refused('it was made in the future');
  if (typeof signedInAt !== 'number' || signedInAt > latest)
    throw refused('its person signed in in the future');
  if (signedInAt < 0 || iat < 0) throw refused('its times are none');
  if ((exp ?? 0) - iat > LONGEST_LIFE_S) throw refused('it is good for too long');
}

function subjectOf({ sub }: JWTPayload): string {
  if (
    typeof sub !== 'string' ||
    sub.trim() === '' ||
    sub.length > LONGEST_SUBJECT ||
    /\p{Cc}|\p{Cs}/u.test(sub)
  )
    throw refused('its subject is no user id');
  return sub;
}

function labelOf({ email, name }: JWTPayload): string | null {
  const label = [email, name].find((one) => typeof one === 'string' && one !== '');
  return typeof label === 'string' ? label : null;
}

function emailOf({ email, email_verified: verified }: JWTPayload): string | null {
  return typeof email === 'string' && verified === true ? sameCase(email) : null;
}

/** The answer says no more than the code: what exactly is wrong would help to forge one. It is the cause, for the log. */
function refused(why: string, cause?: unknown): AfterwordError {
  return new AfterwordError('token_refused', undefined, { cause: cause ?? new Error(why) });
}
