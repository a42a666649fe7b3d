/**
 * Given on the command line at every start instead of once in postgresql.conf, so that a newer Afterword starts
 * an older data folder with its own settings.
 */
export function serverSettings(port: number): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket file would need a folder both users may write to; TCP with a password does.
    unix_socket_directories: '',
    // Durable by decision, not by default: an accepted recording must survive a power cut.
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    // A home server's share of memory. 100 connections: ~10 processes with a pool of 5-10 each.
    shared_buffers: '64MB',
    max_connections: '100',
    max_wal_size: '512MB',
    jit: 'off',
    // A client that was frozen (SIGSTOP, a closed laptop) inside a transaction would keep its locks for ever.
    idle_in_transaction_session_timeout: '60s',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] ',
    log_checkpoints: 'off',
    // Messages of level ERROR quote what they were given, as statements and DETAIL lines do: what people said. This level
    // leaves them out, and keeps what the server says of itself.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
}

export function settingsArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
