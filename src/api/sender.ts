import type { FastifyRequest } from 'fastify';
import type { Sender } from '../intake/accept.ts';

/**
 * Who is asking. There is no sign-in yet: Afterword listens on loopback, or behind a gateway that has checked who
 * it is and says so in `X-Afterword-User`. Without it, everything belongs to the one person of a self-hoster.
 * `X-Device-Id-Hash` is what Omi's app sends: all that one phone sends lies on one timeline.
 */
export function senderOf(request: FastifyRequest): Sender {
  return {
    userId: clean(request.headers['x-afterword-user']) ?? 'local',
    deviceId: clean(request.headers['x-device-id-hash']) ?? 'default',
  };
}

/** A header is somebody's word: what is not a short plain name is not taken for one. */
function clean(value: string | string[] | undefined): string | null {
  return typeof value === 'string' && /^[\w.@:-]{1,128}$/.test(value) ? value : null;
}
