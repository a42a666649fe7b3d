/** The S3 of the tests as a process of its own, so that it takes nobody else's time: started by `bench/push.ts`. */
import { startS3Server } from '../tests/support/s3-server.ts';

const s3 = await startS3Server();
process.send?.({ endpoint: s3.endpoint, credentials: s3.credentials });
process.once('disconnect', () => void s3.close().then(() => process.exit(0)));
