import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { encodePem } from '../src/x509/pem.ts'
import { parseRequest } from '../src/x509/request.ts'
import { serveBench } from './child.ts'
import { ROUND_SECONDS } from './rounds.ts'

/** What the limit is told: the requests that it verifies, DER. */
export interface IssueLimit {
  readonly requests: readonly Uint8Array[]
}

let parsed: readonly ReturnType<typeof parseRequest>[] = []

/** Told requests it keeps them; asked without, it works for one round. @returns how many certificates could have been issued */
serveBench<IssueLimit | { readonly requests: undefined }>(({ requests }) => {
  if (requests) parsed = requests.map((request) => parseRequest(request))
  else return workOneRound()
  return 0
})

/** What no issuer can do without: the key is imported, the requester's signature verified, the certificate signed. */
function workOneRound(): number {
  const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const end = performance.now() + ROUND_SECONDS * 1_000
  let issued = 0
  while (performance.now() < end) {
    const { spki, info, signature } = parsed[issued % parsed.length]!
    // by PEM, since this is the fastest way in
    const key = createPublicKey(encodePem('PUBLIC KEY', spki))
    if (!verify('sha256', info, key, signature)) throw new Error('a request of ours does not verify')
    sign('sha256', info, issuer)
    issued += 1
  }
  return issued
}
