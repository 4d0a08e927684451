import type { Asset } from '../page-assets.ts'
import { pageScript } from '../page-script.ts'

/** The script of the enrollment page, made ready once for the process. */
export function enrollScript(): Promise<Asset> {
  return pageScript('enroll')
}
