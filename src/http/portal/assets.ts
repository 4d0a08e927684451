import { type PageScript, pageScript } from '../page-script.ts'

/** The script of the enrollment page, made ready once for the process. */
export function enrollScript(): Promise<PageScript> {
  return pageScript('enroll')
}
