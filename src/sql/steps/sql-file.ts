import { createHash } from 'node:crypto';

export interface SqlFile {
  file: string;
  sql: string;
}

export const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

export const checksumOf = (sql: string): string =>
  createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
