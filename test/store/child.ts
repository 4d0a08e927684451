/** A process that works on a store beside the test's own: `child.ts <location> <wish> [...]`, telling line by line. */
import { once } from 'node:events'
import Database from 'better-sqlite3'
import type { RevocationReason } from '../../src/domain/certificate/certificate.ts'
import { type Location, openStore } from './engine.ts'
import { act, issue } from './samples.ts'

const [location, wish, ...rest] = process.argv.slice(2)
const database = JSON.parse(location!) as Location

const WISHES: Readonly<Record<string, () => Promise<void>>> = {
  /** issues until it is killed; tells each fingerprint after its acknowledgement */
  issue: async () => {
    const store = await openStore(database)
    const worker = async () => {
      for (;;) console.log((await issue(store)).fingerprint)
    }
    await Promise.all(Array.from({ length: 8 }, worker))
  },
  /** revokes and ends */
  revoke: async () => {
    const store = await openStore(database)
    for (const fingerprint of rest) {
      console.log(await store.run('revoke', act(), fingerprint, 'superseded' satisfies RevocationReason))
    }
    await store.close()
  },
  /** holds the write lock of a SQLite file until its standard input ends */
  lock: async () => {
    const connection = new Database(database.at)
    connection.exec('BEGIN IMMEDIATE')
    console.log('locked')
    process.stdin.resume()
    await once(process.stdin, 'end')
    connection.exec('ROLLBACK')
    connection.close()
  },
}

await WISHES[wish!]!()
