import pg from 'pg';
import { onTestFinished } from 'vitest';

export interface Statement {
  text: string;
  values: unknown[];
  /** Made between BEGIN and COMMIT of its connection. */
  isInTransaction: boolean;
  /** How many rows it returned or changed, once it has been answered. */
  rows: number;
}

/** Notes every statement that this process sends to PostgreSQL, until the test ends. They run as they would without. */
export function recordStatements(): Statement[] {
  const statements: Statement[] = [];
  const within = new WeakSet<pg.Client>();
  const query = pg.Client.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first, second] = args;
    const text = typeof first === 'string' ? first : (first as { text: string }).text;
    if (/^(commit|rollback)/i.test(text)) within.delete(this);
    const values = Array.isArray(second) ? second : ((first as { values?: unknown[] }).values ?? []);
    const statement: Statement = { text, values, isInTransaction: within.has(this), rows: 0 };
    statements.push(statement);
    if (/^(begin|start transaction)/i.test(text)) within.add(this);
    const answered: unknown = Reflect.apply(query, this, args);
    if (answered instanceof Promise) {
      answered.then(
        (result: pg.QueryResult) => {
          statement.rows = result.rowCount ?? 0;
        },
        () => {},
      );
    }
    return answered;
  } as typeof query;
  onTestFinished(() => {
    pg.Client.prototype.query = query;
  });
  return statements;
}
