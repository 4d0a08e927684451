import type { Command } from 'commander'
import { createSiteRegistry } from '../src/domain/site/site-registry.ts'
import { monthOf, monthText, readMonth } from '../src/domain/usage/month.ts'
import { planNamed } from '../src/domain/usage/plan.ts'
import { systemClock } from '../src/system-clock.ts'
import { command } from './command.ts'
import { OPERATOR, withHome } from './home.ts'
import { print, type ReportOptions } from './report.ts'

/** `countersign site plan`: which of the configuration's plans a site has. */
export function sitePlanCommand(): Command {
  return command('plan SITE PLAN', 'give a site one of the plans of the configuration', 'site plan shop standard')
    .argument('<site>')
    .argument('<plan>', 'as the configuration file names it')
    .option('--from <month>', 'the month from which on it counts, as in 2026-12; default: this month')
    .action(setPlan)
}

async function setPlan(name: string, plan: string, options: ReportOptions & { from?: string }): Promise<void> {
  await withHome(async ({ store, config }) => {
    planNamed(config.plans, plan)
    const { id } = await createSiteRegistry({ store, clock: systemClock }).named(name)
    const at = systemClock.now()
    const from = options.from === undefined ? monthOf(at) : readMonth(options.from)
    await store.run('setPlan', { at, actor: OPERATOR }, id, plan, from)
    print(
      {
        data: { site: name, plan, from: monthText(from) },
        lines: [`From ${monthText(from)} on, ${name} has the plan ${plan}.`],
        next: `npx countersign usage --month ${monthText(from)} --site ${name}`,
      },
      options,
    )
  })
}
