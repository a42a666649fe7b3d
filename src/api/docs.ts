import swagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { VERSION } from '../version.ts';

/** OpenAPI 3.1 at `/openapi.json`, made from the schemas that validate, and readable at `/docs`. */
export async function installDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Afterword',
        version: VERSION,
        description: 'Recordings in, conversations out.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'recordings', description: 'One file, once' },
        { name: 'uploads', description: 'One request of files' },
        { name: 'conversations', description: 'What was said, and what it was about' },
        { name: 'omi', description: "The routes of Omi's app" },
        { name: 'operation', description: 'For whoever runs it' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(scalar, { routePrefix: '/docs' });
}
