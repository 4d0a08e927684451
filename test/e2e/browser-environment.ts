/**
 * The environment of a person's browser.
 *
 * Where files are slow to be looked at, as on a busy machine, NSS works on a copy of its database, which knows nothing of a
 * certificate that another program takes in meanwhile, as our tests have pk12util do. A person takes it in by the browser
 * itself.
 * @param home in which the browser keeps what is its own
 */
export function browserEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, NSS_SDB_USE_CACHE: 'no' }
}
