import { MAX_LABEL_CHARS } from '../../domain/label.ts'
import { html, type PageFrame, renderPage } from '../page.ts'

/**
 * The page of an invitation, with all its steps; the script shows them one after another and fills in what is secret.
 * @param label what the operator proposes, or null: the script proposes one
 */
export function renderEnrollmentPage(label: string | null, frame: PageFrame): string {
  return renderPage({
    title: 'Set up this device',
    frame,
    main: html`<h1 id="title" tabindex="-1">Set up this device</h1>
<noscript><p class="error">This page needs JavaScript. Your key is made right here in your browser, so that nobody else ever has it. Please allow JavaScript for this address, then reload.</p></noscript>
${NAMING(label)}
${FILE}
${PROOFS}
${FINISH}`,
  })
}

/** What is shown at the front door. */
export function renderWelcomePage(frame: PageFrame): string {
  return renderPage({
    title: 'Welcome',
    frame,
    main: html`<h1>Sign in with your device</h1>
<p class="lead">Countersign gives your browser a certificate. Sites that trust it know you by it: there is no password to remember, and none to steal.</p>
<h2>You have an invitation?</h2>
<p>Open its link in the browser that you want to set up. It takes about a minute.</p>
<h2>You have none?</h2>
<p>Ask whoever runs the site that you want to use. Invitations work once, and not for long.</p>`,
  })
}

const NAMING = (label: string | null) => html`<form id="naming" hidden>
<p class="lead">In about a minute, this browser can sign you in without a password.</p>
<label for="label">A name for this device</label>
<input id="label" name="label" type="text" required maxlength="${MAX_LABEL_CHARS}" autocomplete="off" spellcheck="false" value="${label ?? ''}" aria-describedby="label-hint">
<p class="hint" id="label-hint">You will see it whenever your browser asks which certificate to use.</p>
<p class="error" id="mishap" role="alert" hidden></p>
<button id="make">Make my certificate</button>
<p class="hint" id="progress" role="status" hidden></p>
</form>`

const FILE = html`<section id="file" hidden aria-labelledby="file-heading">
<h2 class="step" id="file-heading" tabindex="-1">Save the file</h2>
<p>Your key and your certificate are in one file, locked with this password. Neither key nor password ever left this page.</p>
<output class="password" id="password" aria-label="Password of the file"></output>
<p class="actions"><a class="button" id="save" href="#">Save the file</a><button class="plain" type="button" id="copy-password">Copy password</button></p>
<p class="hint">It is called <code id="file-name"></code>.</p>
<p>Then bring it into your browser, and type the password when it is asked for:</p>
<dl class="guide">
<div><dt>Windows, Mac</dt><dd>Open the file.</dd></div>
<div><dt>iPhone, iPad</dt><dd>Open the file, then Settings, “Profile Downloaded”.</dd></div>
<div><dt>Android</dt><dd>Open the file and choose “VPN and apps”.</dd></div>
<div><dt>Chromium on Linux</dt><dd>Open <kbd>chrome://certificate-manager</kbd>, “Your certificates”, import.</dd></div>
<div><dt>Firefox</dt><dd>Settings, search for “certificates”, View Certificates, “Your Certificates”, Import.</dd></div>
</dl>
</section>`

const PROOFS = html`<section id="proofs" hidden aria-labelledby="proofs-heading">
<h2 class="step" id="proofs-heading">Add your authenticator app</h2>
<p>From time to time a site wants to be sure that it is you. Scan this with your authenticator app; it then shows the code that proves it.</p>
<div class="scan">
<div class="qr" id="qr"></div>
<div>
<p><a id="app-link" href="#">Open in an app on this device</a></p>
<p class="hint">Or type this in by hand:</p>
<p><code class="secret" id="secret"></code></p>
<p><button class="plain" type="button" id="copy-secret">Copy</button></p>
</div>
</div>
<h2 class="step">Write down your recovery codes</h2>
<p>For the day when your phone is lost. Each works once. Keep them on paper or in your password manager.</p>
<ol class="codes" id="codes"></ol>
<p><button class="plain" type="button" id="copy-codes">Copy all</button></p>
</section>`

const FINISH = html`<section class="finish" id="finish" hidden>
<p><strong>Nothing on this page is shown again.</strong> Have you saved the file, scanned the code and written down the recovery codes?</p>
<button type="button" id="done">Yes, all done</button>
</section>
<section id="finished" hidden>
<p class="lead">Nothing more to do here. You can close this page.</p>
<p>Go to the site that you want to use. Your browser asks which certificate to show: choose the name that you gave this device.</p>
</section>`
