import { describe, expect, it } from 'vitest';
import { parseBlobLocation } from '../../src/store/blobs/s3/location.ts';

describe('parseBlobLocation', () => {
  it('reads a bucket with everything around it', () => {
    expect(
      parseBlobLocation('s3://audio/of/users/?endpoint=http://127.0.0.1:9000&region=eu-1&pathStyle=false'),
    ).toEqual({
      bucket: 'audio',
      prefix: 'of/users',
      endpoint: 'http://127.0.0.1:9000',
      region: 'eu-1',
      forcePathStyle: false,
    });
    expect(parseBlobLocation('s3://audio')).toEqual({ bucket: 'audio' });
  });

  it.each([
    ['/var/lib/afterword', 's3://bucket/prefix'],
    ['https://audio.s3.amazonaws.com', 's3://bucket/prefix'],
    ['s3://', 'name of a bucket'],
    ['s3://My_Audio', 'name of a bucket'],
    ['s3://key:secret@audio', 'AWS_ACCESS_KEY_ID'],
    ['s3://audio/a b', 'prefix'],
    ['s3://audio/a//b', 'prefix'],
    ['s3://audio?endpoint=127.0.0.1:9000', 'endpoint'],
    ['s3://audio?endpiont=http://127.0.0.1', 'endpiont'],
    ['s3://audio?pathStyle=yes', 'pathStyle'],
  ])('refuses %s and says why', (location, why) => {
    expect(() => parseBlobLocation(location)).toThrow(why);
  });

  it('never repeats a secret', () => {
    expect(() => parseBlobLocation('s3://key:hunter2@audio')).toThrow(/^(?!.*hunter2)/);
  });
});
