/** Serves this process's metrics to Prometheus. */
import type { FastifyInstance } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { CONTENT_TYPE, type Metrics, mayReadMetrics } from '../metrics/metrics.ts';
import type { ApiParts } from './parts.ts';

/** Must come before the first route. */
export function installRefusalCount(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async ({ refusedWith }) => {
    if (refusedWith !== null) metrics.refused(refusedWith);
  });
}

export function metricsRoutes({ config, metrics }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/metrics',
      {
        schema: {
          tags: ['operation'],
          summary: 'What this process counts, for Prometheus',
          description:
            'Needs AFTERWORD_METRICS_TOKEN as a bearer token, if it is set. Without it, it is open where the server listens on loopback, and closed elsewhere.',
          produces: ['text/plain'],
          response: { 200: z.string() },
        },
      },
      async (request, reply) => {
        if (!mayReadMetrics(config, request.headers.authorization)) {
          reply.header('www-authenticate', 'Bearer realm="metrics"');
          throw new AfterwordError('not_signed_in', 'Metrics are read with AFTERWORD_METRICS_TOKEN.');
        }
        return await reply.type(CONTENT_TYPE).send(await metrics.text());
      },
    );
  };
}
