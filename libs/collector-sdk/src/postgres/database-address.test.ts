import { expect, test } from 'vitest';
import { readDatabaseAddress, type Tls } from './database-address.ts';

const read = (text: string, tls?: Tls) => readDatabaseAddress(new URL(text), tls);

test('an address is read, and what was encoded is itself again', () => {
  expect(read('postgres://reader:p%40ss%3Aw%2Frd@DB.example.com:6543/sales%20eu')).toEqual({
    host: 'db.example.com',
    port: 6543,
    user: 'reader',
    password: 'p@ss:w/rd',
    database: 'sales eu',
    tls: 'verify',
  });
});

test.each([
  ['postgres://u:p@db.example.com/d', undefined, 'verify'],
  ['postgres://u:p@127.0.0.1/d', undefined, 'off'],
  ['postgres://u:p@localhost/d', undefined, 'off'],
  ['postgresql://u:p@[::1]:5433/d', undefined, 'off'],
  ['postgres://u:p@127.0.0.1.example.com/d', undefined, 'verify'],
  ['postgres://u:p@127.0.0.1/d', 'verify', 'verify'],
  ['postgres://u:p@db.example.com/d', 'off', 'off'],
  ['postgres://u:p@db.example.com/d', 'require', 'require'],
  ['postgres://u:p@db.example.com/d?sslmode=disable', undefined, 'off'],
  ['postgres://u:p@db.example.com/d?sslmode=require', undefined, 'require'],
  ['postgres://u:p@db.example.com/d?sslmode=verify-full', 'off', 'verify'],
  ['postgres://u:p@db.example.com/d?sslmode=disable', 'verify', 'verify'],
] as const)('%s with tls %s is %s', (address, tls, expected) => {
  expect(read(address, tls).tls).toBe(expected);
});

test.each([
  ['mysql://u:hunter2@h/d'],
  ['postgres://u:hunter2@h/'],
  ['postgres:///d'],
  ['postgres://h/d'],
  ['postgres://u:hunter2@h/d?sslmode=prefer'],
  ['postgres://u:hunter2@h/d?options=-c%20role=x'],
  ['postgres://u:hunter2%zz@h/d'],
  ['postgres://u:hunter2@%2Fvar%2Frun%2Fpostgresql/d'],
  ['postgres://u:hunter2@h/d?host=/var/run/postgresql'],
  ['postgres://u:hunter2@169.254.169.254/d'],
  ['postgres://u:hunter2@[fd00:ec2::254]/d'],
  ['file:///etc/passwd'],
])('%s is refused without being repeated', (address) => {
  const attempt = (): unknown => read(address);

  expect(attempt).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(attempt).not.toThrow(/hunter2/);
});
