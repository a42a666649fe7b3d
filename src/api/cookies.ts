/** The two cookies of signing in: that of a session, and that of a sign-in under way. No script of a page can read them. */
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LONGEST_MS } from '../sign-in/sessions.ts';

/** A sign-in at a provider takes a minute or two, with a forgotten password some more. */
export const FLOW_MS = 10 * 60_000;

/**
 * Where people reach the server. Without a setting it is the name that the browser has used: only names that are this
 * server's get this far.
 */
export function publicUrlOf(request: FastifyRequest, publicUrl: string | undefined): URL {
  // Where every name is allowed, one may come that is none.
  return URL.parse(publicUrl ?? `http://${request.headers.host ?? ''}`) ?? new URL('http://localhost');
}

/** With https only the cookie with the prefix counts: no page that is not encrypted, and none of another name, can write it. */
export function sessionCookieOf({ cookies }: FastifyRequest, url: URL): string | undefined {
  return cookies[nameFor(url)];
}

export function setSession(reply: FastifyReply, url: URL, token: string): void {
  const options = { ...common(url), path: '/', maxAge: LONGEST_MS / 1000 };
  reply.setCookie(nameFor(url), token, options);
}

export function clearSession(reply: FastifyReply, url: URL): void {
  reply.clearCookie(nameFor(url), { ...common(url), path: '/' });
}

/** A page of a neighbouring name that could write it would have a browser finish a sign-in that somebody else began. */
export function flowCookieOf({ cookies }: FastifyRequest, url: URL): string | undefined {
  return cookies[flowNameFor(url)];
}

export function setFlow(reply: FastifyReply, url: URL, sealed: string): void {
  const options = { ...common(url), path: flowPathFor(url), maxAge: FLOW_MS / 1000 };
  reply.setCookie(flowNameFor(url), sealed, options);
}

export function clearFlow(reply: FastifyReply, url: URL): void {
  reply.clearCookie(flowNameFor(url), { ...common(url), path: flowPathFor(url) });
}

/** Lax: the provider's page leads back to ours, and nothing that another page sends brings a cookie with it. */
function common(url: URL): CookieSerializeOptions {
  return { httpOnly: true, sameSite: 'lax', secure: isSecure(url) };
}

function nameFor(url: URL): string {
  return isSecure(url) ? '__Host-afterword' : 'afterword';
}

function flowNameFor(url: URL): string {
  return isSecure(url) ? '__Host-afterword_flow' : 'afterword_flow';
}

/** A cookie with the prefix is one of the whole server. */
function flowPathFor(url: URL): string {
  return isSecure(url) ? '/' : '/auth';
}

function isSecure({ protocol }: URL): boolean {
  return protocol === 'https:';
}
