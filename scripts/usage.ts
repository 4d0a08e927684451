import { type Command, Option } from 'commander'
import { csvText } from '../src/domain/usage/csv.ts'
import { amountText } from '../src/domain/usage/money.ts'
import { monthText, readMonth } from '../src/domain/usage/month.ts'
import { type StatementLine, statementOf, totalsOf } from '../src/domain/usage/plan.ts'
import { isComplete } from '../src/domain/usage/usage.ts'
import type { SiteUsage } from '../src/domain/usage/usage-store.ts'
import { IdentityError } from '../src/errors.ts'
import { systemClock } from '../src/system-clock.ts'
import { command } from './command.ts'
import { type OpenHome, withHome } from './home.ts'
import { print, type ReportOptions, table } from './report.ts'

interface UsageOptions extends ReportOptions {
  readonly month: string
  readonly site?: string
  readonly csv?: boolean
}

/** `countersign usage`: how many people sites signed in during a month, and what they owe for it. */
export function usageCommand(): Command {
  return command(
    'usage --month YYYY-MM',
    'how many people sites signed in during a month, and what they owe for it',
    'usage --month 2026-10 --csv',
  )
    .requiredOption('--month <month>', 'as in 2026-10; it begins and ends in UTC')
    .option('--site <name>', 'of one site alone')
    .addOption(new Option('--csv', 'answer as a table for spreadsheets').conflicts('json'))
    .action(tell)
}

async function tell(options: UsageOptions): Promise<void> {
  await withHome(async (home) => {
    const month = readMonth(options.month)
    const complete = isComplete(month, systemClock.now())
    const lines = statementOf(await usageWanted(home, month, options.site), home.config.plans)
    const statement: Statement = { month: monthText(month), complete, lines }
    if (options.csv) process.stdout.write(csvText(rowsOf(statement)))
    else print({ data: fields(statement), lines: describe(statement) }, options)
  })
}

interface Statement {
  readonly month: string
  readonly complete: boolean
  readonly lines: readonly StatementLine[]
}

/** Of a removed site, too: its name says which. */
async function usageWanted({ store }: OpenHome, month: number, site?: string): Promise<readonly SiteUsage[]> {
  const all = await store.usage(month)
  if (site === undefined) return all
  const wanted = all.filter((one) => one.site === site)
  if (wanted.length > 0) return wanted
  throw new IdentityError(
    'site-unknown',
    `No site called ${JSON.stringify(site)} was there in that month. \`countersign site list\` shows those there are.`,
  )
}

function fields({ month, complete, lines }: Statement) {
  return {
    month,
    complete,
    sites: lines.map(({ site, removed, plan, people, services, terms, billed, amount }) => ({
      site,
      removed,
      plan,
      people,
      services,
      included: terms?.included ?? null,
      billed,
      price_per_person: terms && amountText(terms.pricePerPerson),
      amount: amountText(amount),
      currency: terms?.currency ?? null,
    })),
    totals: [...totalsOf(lines)].map(([currency, amount]) => ({ currency, amount: amountText(amount) })),
  }
}

function describe({ month, complete, lines }: Statement): readonly string[] {
  const rows = lines.map(({ site, removed, plan, people, billed, terms, amount }) => [
    removed ? `${site} (removed)` : site,
    plan ?? '-',
    String(people),
    String(billed),
    terms?.currency == null ? '-' : `${amountText(terms.pricePerPerson)} ${terms.currency}`,
    terms?.currency == null ? '-' : `${amountText(amount)} ${terms.currency}`,
  ])
  return [
    complete ? `Usage of ${month}` : `Usage of ${month}, which is not over yet`,
    ...table([['SITE', 'PLAN', 'PEOPLE', 'BILLED', 'PER PERSON', 'AMOUNT'], ...rows]),
    ...[...totalsOf(lines)].map(([currency, amount]) => `Total: ${amountText(amount)} ${currency}`),
  ]
}

const COLUMNS = [
  'month',
  'complete',
  'site',
  'service',
  'people',
  'plan',
  'included',
  'billed',
  'price_per_person',
  'amount',
  'currency',
]

/** A site's own row has no service; somebody who was at two of them is one there. */
function rowsOf({ month, complete, lines }: Statement): readonly (readonly (string | number)[])[] {
  const rows = lines.flatMap(({ site, people, services, plan, terms, billed, amount }) => {
    const owed = terms
      ? [terms.included, billed, amountText(terms.pricePerPerson), amountText(amount)]
      : ['', '', '', '']
    return [
      [month, String(complete), site, '', people, plan ?? '', ...owed, terms?.currency ?? ''],
      ...services.map(({ service, people }) => [
        month,
        String(complete),
        site,
        service,
        people,
        '',
        '',
        '',
        '',
        '',
        '',
      ]),
    ]
  })
  return [COLUMNS, ...rows]
}
