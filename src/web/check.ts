import { forgetChoice } from './eviction.ts'

/** The page's one step that a link alone cannot take: have the choice forgotten, then ask again. */
function start(): void {
  const again = document.getElementById('again')
  if (again instanceof HTMLAnchorElement) {
    again.addEventListener('click', (event) => {
      event.preventDefault()
      void ask(again.href)
    })
    if (again.dataset.atOnce !== undefined) void ask(again.href)
  }
  const forget = document.getElementById('forget')
  if (forget) void forgetChoice().then(() => forget.toggleAttribute('data-done', true))
}

let asking = false

async function ask(address: string): Promise<void> {
  if (asking) return
  asking = true
  await forgetChoice()
  location.replace(address)
}

start()
