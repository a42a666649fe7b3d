/** Uppy refers to the types of browsers, which must not become known to the whole server: so this is JavaScript. */
import { Uppy } from '@uppy/core';
import UppyTus from '@uppy/tus';

export async function sendByUppy(endpoint, headers, name, content) {
  const uppy = new Uppy().use(UppyTus, { endpoint, headers, allowedMetaFields: ['name'] });
  // Uppy reads the size of a browser's Blob; the tus client below it takes a Buffer in Node.
  const data = Object.assign(content, { size: content.byteLength });
  uppy.addFile({ name, type: 'application/octet-stream', data });
  const result = await uppy.upload();
  uppy.destroy();
  return result.failed.map(({ error }) => error);
}
