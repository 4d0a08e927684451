import { parse as parseYaml } from 'yaml'

/** What a configuration file says: the variables' names in lower case without their prefix, the policies and the plans. */
export interface SettingsFile {
  readonly settings: Readonly<Record<string, string | undefined>>
  readonly policy: Readonly<Record<string, unknown>>
  readonly plans: Readonly<Record<string, unknown>>
}

export const NO_SETTINGS_FILE: SettingsFile = Object.freeze({ settings: {}, policy: {}, plans: {} })

/**
 * Reads a configuration file, JSON or YAML. Whether the settings are known and right is judged where they are used.
 * @param variable how the file was named, for the sentences
 * @param faults gets a sentence for each thing that cannot be taken
 */
export function readSettingsFile(
  variable: string,
  path: string,
  readFile: (path: string) => string,
  faults: string[],
): SettingsFile {
  const content = parse(variable, path, readFile, faults)
  if (!content) return NO_SETTINGS_FILE
  const { policy, plans, ...rest } = content
  const settings: Record<string, string> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value === 'string' || typeof value === 'number') settings[name] = String(value)
    else faults.push(`${name} in ${path} must be a text or a number`)
  }
  return {
    settings,
    policy: readSection(policy, `policy in ${path} must hold periods by their names, like min_max_age: 30s`, faults),
    plans: readSection(plans, `plans in ${path} must hold plans by their names, like free: {}`, faults),
  }
}

function readSection(section: unknown, fault: string, faults: string[]): Readonly<Record<string, unknown>> {
  if (isObject(section)) return section
  if (section !== undefined) faults.push(fault)
  return {}
}

function parse(
  variable: string,
  path: string,
  readFile: (path: string) => string,
  faults: string[],
): Record<string, unknown> | undefined {
  try {
    const content: unknown = parseYaml(readFile(path))
    if (isObject(content)) return content
    faults.push(`${variable} names ${path}, which must hold settings by their names, like workers: 2`)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'unreadable'
    faults.push(
      `${variable} names ${path}, which cannot be read as JSON or YAML (${reason}): correct the path or the file`,
    )
  }
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
