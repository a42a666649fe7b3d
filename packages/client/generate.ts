/** Makes the client's types from the server's OpenAPI document. */
import openapiTS, { astToString } from 'openapi-typescript';

const HEADER = `/**
 * The types of every route, body and event. They are generated from docs/openapi.json:
 * AFTERWORD_UPDATE_DOCS=1 npx vitest run tests/api/docs.test.ts
 */
`;

/** @param document an OpenAPI 3.1 document, parsed; @returns the text of `src/schema.ts` */
export async function schemaSource(document: object): Promise<string> {
  // The parser writes into what it is given.
  const nodes = await openapiTS(structuredClone(document) as Parameters<typeof openapiTS>[0]);
  return HEADER + astToString(nodes);
}
