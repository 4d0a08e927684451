import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whether these are the sources, and not what `npm run build` made of them. */
export const IS_CHECKOUT = import.meta.filename.endsWith('.ts')

/** The checkout, or what was built and packed of it: there lies its `package.json`. */
export const PACKAGE = join(import.meta.dirname, '..')

/** What its `package.json` says. */
interface PackageManifest {
  /** such as `0.1.0` */
  readonly version: string
  /** Node itself, a package for each machine */
  readonly optionalDependencies: Readonly<Record<string, string>>
}

export function packageManifest(): PackageManifest {
  return JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
}
