import type { Test } from 'tap'
import { type TestDevice, totpCode } from '../../../domain/house.ts'
import { BROWSER, OWN_FORM, type Reply } from '../../visitor.ts'
import { type Scene, setScene } from '../scene.ts'

export const COOKIE_NAME = '__Host-countersign-session'

/** Of a form; some names come more than once. */
type Fields = Readonly<Record<string, string | readonly string[]>>

/** Somebody who is signed in to his account, in a browser with his certificate. */
export interface Owner {
  readonly scene: Scene
  readonly cookie: string
  /** of the session's forms */
  readonly token: string
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Reply>
  /** a form of ours, with the session's token unless another one is given */
  readonly post: (path: string, fields?: Fields) => Promise<Reply>
}

/** The value of a cookie that an answer sets; undefined: it sets none. */
export function cookieOf({ headers }: Reply): string | undefined {
  const [line = ''] = headers['set-cookie'] ?? []
  return new RegExp(`^${COOKIE_NAME}=([^;]*);`).exec(line)?.[1]
}

/** Walks through the door with the next code of the device's app. */
export async function passDoor(scene: Scene, device = scene.device, then = 'devices', cookie = ''): Promise<Reply> {
  scene.house.clock.time += 30_000
  const body = new URLSearchParams({ check: 'totp', answer: totpCode(scene.house, device) }).toString()
  const headers = { ...OWN_FORM, ...(cookie && { cookie: `${COOKIE_NAME}=${cookie}` }) }
  return scene.visit({ path: `/account/open?then=${then}`, method: 'POST', headers, body, device })
}

export async function enter(scene: Scene, device: TestDevice = scene.device): Promise<Owner> {
  const cookie = cookieOf(await passDoor(scene, device))!
  const headers = { cookie: `${COOKIE_NAME}=${cookie}` }
  const get: Owner['get'] = (path, more = {}) =>
    scene.visit({ path, device, headers: { ...BROWSER, ...headers, ...more } })
  const token = tokenOf(await get('/account'))
  return {
    scene,
    cookie,
    token,
    get,
    post: (path, fields = {}) => {
      const form = Object.entries({ token, ...fields }).flatMap(([name, value]) =>
        [value].flat().map((one) => [name, one]),
      )
      const body = new URLSearchParams(form).toString()
      return scene.visit({ path, device, method: 'POST', headers: { ...OWN_FORM, ...headers }, body })
    },
  }
}

/** An owner in a house of his own. */
export async function setOwner(t: Test, wishes = {}): Promise<Owner> {
  return enter(await setScene(t, wishes))
}

function tokenOf({ text }: Reply): string {
  return /name="token" value="([^"]+)"/.exec(text)?.[1] ?? ''
}
