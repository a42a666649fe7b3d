/** Describes a bucket in one line, so that it fits into one environment variable. */
export interface S3Location {
  bucket: string;
  /** A prefix of every key, so that a bucket can be shared. */
  prefix?: string;
  /** The address of an S3-compatible server; without it, AWS (or AWS_ENDPOINT_URL_S3). */
  endpoint?: string;
  /** The region; without it, AWS_REGION or that of the AWS profile. Other servers ignore it. */
  region?: string;
  /** Uses `server/bucket/key` instead of `bucket.server/key`, as servers without a wildcard in the DNS need. */
  forcePathStyle?: boolean;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Allows only characters that are never escaped, so that a prefix is the same in URLs, headers and signatures. */
const PREFIX = /^[\w.-]+(\/[\w.-]+)*$/;
const EXAMPLE = 's3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=us-east-1';

/**
 * Reads `s3://bucket/prefix?endpoint=…&region=…&pathStyle=…`.
 * @throws Error that says what is wrong with it: it is read at the start, by the person who wrote it
 */
export function parseBlobLocation(location: string): S3Location {
  const url = URL.parse(location);
  if (url?.protocol !== 's3:') throw new Error(`expected ${EXAMPLE}`);
  // A location is printed and logged, so it must not contain a secret.
  if (url.username || url.password)
    throw new Error('credentials do not belong here: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  if (!BUCKET.test(url.host)) throw new Error(`"${url.host}" is not the name of a bucket`);
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  if (prefix && !PREFIX.test(prefix))
    throw new Error(`the prefix "${prefix}" may have letters, digits, ".", "_", "-" and "/"`);

  const { endpoint, region, pathStyle, ...unknown } = Object.fromEntries(url.searchParams);
  const [stray] = Object.keys(unknown);
  if (stray !== undefined) throw new Error(`"${stray}" is not an option: endpoint, region and pathStyle are`);
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new Error(`the endpoint "${endpoint}" is not an http(s) address`);
  if (pathStyle !== undefined && !/^(true|false)$/.test(pathStyle))
    throw new Error('pathStyle is true or false');
  return {
    bucket: url.host,
    ...(prefix && { prefix }),
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(pathStyle && { forcePathStyle: pathStyle === 'true' }),
  };
}
