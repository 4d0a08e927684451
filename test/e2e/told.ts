import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import type { Test } from 'tap'
import { createEventIds, type EventIds } from '../../src/domain/site/event-id.ts'
import { eventually } from './eventually.ts'
import { agentOf, type Identity } from './exchange.ts'
import type { Inside } from './inside.ts'
import type { TestService } from './service.ts'

/** A message of the stream of events. */
export interface Told {
  readonly id: string
  readonly event: string
  readonly data: { readonly subject?: string; readonly position?: string; readonly at?: number | string }
}

/** A site's service that listens. */
export class Listening {
  readonly #answer: IncomingMessage
  readonly #told: Told[] = []
  #rest = ''

  constructor(answer: IncomingMessage) {
    this.#answer = answer
    answer.on('error', () => {})
    answer.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (this.#rest + chunk).split('\n\n')
      this.#rest = messages.pop() ?? ''
      this.#told.push(...messages.flatMap(read))
    })
  }

  /** all but heartbeats */
  get events(): readonly Told[] {
    return this.#told.filter(({ event }) => event !== 'heartbeat')
  }

  get heartbeats(): readonly Told[] {
    return this.#told.filter(({ event }) => event === 'heartbeat')
  }

  /** Waits until the stream proves something. */
  async begins(): Promise<void> {
    await eventually(
      () => this.heartbeats.length,
      (count) => count > 0,
    )
  }

  /** Waits until the stream has come so far in the feed. */
  async reaches(position: number, ids: EventIds): Promise<void> {
    await eventually(
      () => ids.open(this.heartbeats.at(-1)?.data.position ?? '') ?? -1,
      (reached) => reached >= position,
    )
  }

  /** Waits until so many events were heard, and returns their names. */
  async hears(count: number): Promise<readonly string[]> {
    const names = () => this.events.map(({ event }) => event)
    return eventually(names, (heard) => heard.length >= count)
  }

  get ended(): boolean {
    return this.#answer.closed
  }

  close(): void {
    this.#answer.destroy()
  }
}

/** The feed's positions as this site is told them. */
export async function idsOf({ store, keyring }: Inside, name: string): Promise<EventIds> {
  const { id } = (await store.site({ name }))!
  return createEventIds(keyring['event-id'], id)
}

/** Opens a stream, which ends with the test at the latest. @param after the id of the last event that was heard */
export function listen(t: Test, service: TestService, identity: Identity, after?: string): Promise<Listening> {
  const agent = agentOf(service.anchor, identity, { keepAlive: false })
  const headers = after === undefined ? {} : { 'last-event-id': after }
  return new Promise((resolve, reject) => {
    const question = get(`${service.address('api')}/v1/events`, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`no stream: ${answer.resume().statusCode}`))
      else resolve(new Listening(answer))
    })
    question.once('error', reject)
    t.teardown(() => question.destroy())
  })
}

function read(message: string): readonly Told[] {
  const fields = new Map(message.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]))
  const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')]
  return id !== undefined && event !== undefined ? [{ id, event, data: JSON.parse(data ?? '{}') }] : []
}
