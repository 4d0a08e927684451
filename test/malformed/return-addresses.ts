/** What the site of the corpus has registered. */
export const REGISTERED = [
  'https://shop.example/app',
  'https://shop.example:8443/return/',
  'https://xn--bcher-kva.example/',
  'https://192.0.2.7/app',
  'https://[2001:db8::1]/app',
] as const

/** Addresses that such a site may send its people to. */
export const FAIR_RETURN_ADDRESSES: readonly string[] = words(`
  https://shop.example/app https://shop.example/app/ https://shop.example/app/x https://shop.example/app/x/y.html
  https://shop.example/app?x=1 https://shop.example/app/?next=https://other.example/%2e%2e/ https://shop.example/app#top
  https://shop.example/app/.well-known/x https://shop.example/app/a.b..c https://shop.example/app/caf%C3%A9
  https://shop.example/app/x;v=1 https://shop.example/app/a%20b https://shop.example:8443/return/
  https://shop.example:8443/return/x https://xn--bcher-kva.example https://xn--bcher-kva.example/
  https://xn--bcher-kva.example?x https://xn--bcher-kva.example/anything https://192.0.2.7/app https://[2001:db8::1]/app/x
`)

const SCHEMES = [
  ...words(`
    http://shop.example/app HTTP://shop.example/app ftp://shop.example/app ws://shop.example/app wss://shop.example/app
    HTTPS://shop.example/app Https://shop.example/app httpS://shop.example/app httpss://shop.example/app
    x-https://shop.example/app https+x://shop.example/app file:///app file://shop.example/app urn:shop.example:app
    javascript:alert(1) JaVaScRiPt:alert(1) javascript://shop.example/app%0aalert(1) vbscript:msgbox(1)
    javascript:alert(1)//https://shop.example/app data:text/html,<script>alert(1)</script>
    data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg== data:,https://shop.example/app
    blob:https://shop.example/app filesystem:https://shop.example/app view-source:https://shop.example/app
    about:blank about:srcdoc mailto:x@shop.example tel:1 intent://shop.example/app#Intent;scheme=https;end
    android-app://shop.example/app chrome://settings ssh://shop.example/app ldap://shop.example/app
    //shop.example/app //evil.example/app ///shop.example/app ////evil.example /app /app/x app ./app ../app ?x #x
    https https: https:/ https:// https:/// https://? https://# https://. https://: https://@ https:app
    https:shop.example/app https:/shop.example/app https:///shop.example/app https:////shop.example/app
    https;//shop.example/app https//shop.example/app https:\\\\shop.example\\app https:/\\shop.example/app
    https:\\/shop.example/app \\\\shop.example\\app /\\evil.example %68ttps://shop.example/app https%3a//shop.example/app
    https:%2f%2fshop.example/app https://https://shop.example/app https://http:shop.example/app
  `),
  '',
  'ht\ntps://shop.example/app',
  'java\tscript:alert(1)',
  '\u0000javascript:alert(1)',
]

const CREDENTIALS = words(`
  https://shop.example@evil.example/app https://shop.example:443@evil.example/app https://shop.example:x@evil.example/app
  https://a@shop.example/app https://a:b@shop.example/app https://:b@shop.example/app https://@shop.example/app
  https://:@shop.example/app https://a@b@shop.example/app
  https://shop.example%40evil.example/app https://shop.example%2f@evil.example/app https://shop.example%5c@evil.example/app
  https://shop.example%23@evil.example/app https://shop.example%3f@evil.example/app https://shop.example\\@evil.example/app
  https://evil.example\\@shop.example/app https://evil.example%5c@shop.example/app https://evil.example#@shop.example/app
  https://evil.example?@shop.example/app https://evil.example/@shop.example/app https://evil.example;@shop.example/app
  https://shop.example#@evil.example/app https://shop.example?@evil.example/app https://shop.example&@evil.example/app
  https://%61@shop.example/app https://a%3ab@shop.example/app https://[2001:db8::1]@evil.example/app
`)

/** Hosts that are none of the site's, or that are only after some parser has mended them. */
const HOSTS = words(`
  evil.example shop.example.evil.example shop.example-evil.example evil-shop.example evilshop.example sub.shop.example
  www.shop.example shop.exampl shop.examplee shop.example.com hop.example example shop shop.example. shop.example..
  .shop.example shop..example -shop.example SHOP.EXAMPLE Shop.example shop.Example shop%2eexample shop%2Eexample
  s%68op.example shop.example%2e shop.example%00 shop.example%00.evil.example shop.example%20 shop.example%09.evil.example
  shop.example%23.evil.example shop.example%2fevil.example shop.example%3a443 shop_example shop.example, shop.example;
  shop.example^ shop.example| shop.example\` shop.example" shop.example' shop.example< shop.example> shop.example{} *.example
  shop.example\\.evil.example shop.example$ shop.example! shop.example~ shop.example= shop.example+ *
  \u0455hop.example sh\u043ep.example shop.\u0435xample sh\u03bfp.example shop.exampl\u0435 sho\u0440.example
  \uff53hop.example shop\uff0eexample shop\u3002example shop\uff61example shop\u2024example sho\u00adp.example
  shop\u200b.example shop\u200c.example shop\u200d.example shop\u2060.example shop\ufe0f.example \u017fhop.example
  s\u02b0op.example \u{1d4c8}hop.example \u{1d42c}hop.example shop.example\uff0fevil.example shop.example\u2044evil.example
  shop.example\uff03 shop.example\uff1f shop.example\uff20evil.example shop.example\uff1a443 shop.example\u2215x
  shop.exampl\u212f \u24e2hop.example shop.ex\u0430mple b\u00fccher.example B\u00dcCHER.example bu\u0308cher.example
  XN--BCHER-KVA.example xn--bcher-KVA.example xn--bcher-kva.example. xn--bcher-kva.example.evil.example xn--bcher-kv.example
  xn--.example xn--shop.example sub.xn--bcher-kva.example b\u00fccher.example.evil.example
  192.0.2.8 192.0.2 192.0.519 192.519 3221225991 0xc0000207 0xC0.0.2.7 0300.0.2.7 192.0.2.07 192.0.2.007 192.000.002.007
  192.0.2.0x7 192.0.2.7. 192.0.2.7.evil.example 192.0.2.256 192.0.2.7.1 \uff11\uff19\uff12.0.2.7 \u2460\u24682.0.2.7
  192\u30020.2.7 [::ffff:192.0.2.7] [::ffff:c000:207] [::192.0.2.7] 127.0.0.1 0.0.0.0 0 localhost [::1] [::]
  [2001:DB8::1] [2001:0db8::1] [2001:db8:0:0:0:0:0:1] [2001:db8:0::1] [2001:db8::0001] [2001:db8::0.0.0.1] [2001:db8::2]
  [2001:db8::1%25eth0] [2001:db8::1%eth0] [2001:db8::1].evil.example [2001:db8::1]evil [2001:db8::1 2001:db8::1]
  2001:db8::1 [[2001:db8::1]] [v1.2001:db8::1] [shop.example] [192.0.2.7]
`).map((host) => `https://${host}/app`)

const PORTS = [
  ...words(
    ': :443 :0443 :00000443 :80 :0 :8444 :8443 :65536 :65979 :-1 :+443 :443x :x443 :0x1bb :443:443 :443.0 :4e2 :%34%34%33',
  ).map((port) => `https://shop.example${port}/app`),
  ...words(`
    https://shop.example:08443/return/ https://shop.example:8443/returned https://shop.example:8443/return
    https://shop.example:8443 https://shop.example:84430/return/ https://shop.example:8443.evil.example/return/
    https://shop.example:\uff18443/return/ https://shop.example/return/ https://xn--bcher-kva.example:443/
    https://xn--bcher-kva.example:8443/ https://192.0.2.7:443/app https://[2001:db8::1]:443/app https://[2001:db8::1]:/app
  `),
]

const PATHS = words(`
  / /ap /appevil /app-evil /app.evil /app_ /app~ /app:443 /app@evil.example /app&x /app* /app, /app= /app+ /app; /app;x=1
  /APP /App /apP /%61pp /ap%70 /app%20 /app%09 /app%00 /app%2f /app%2F /app%2fx /app%5cx /app%3f /app%3fx /app%23 /app%c0%af
  /other /other/app /x/app /app/.. /app/../ /app/../x /app/../app/x /app/x/../y /app/x/../../y /app/. /app/./x /./app /../app
  /x/../app /app/%2e /app/%2e/x /app/%2E%2E/x /app/%2e%2e /app/.%2e/x /app/%2e./x /app/x/%2e%2e/%2e%2e/y /app/..%2fx
  /app/%2e%2e%2fx /app/..%5cx /app/%252e%252e/x /app/%252fx /app/%25%32%65/x /app/%%32e/x /app/..;/x /app/..;x=1/y
  /app/..%3b/x /app/.;/x /app/%c0%ae%c0%ae/x /app/%c0%2e/x /app/%e0%80%ae/x /app/%f0%80%80%ae/x /app/%c1%9cx
  /app/%ef%bc%8e%ef%bc%8e/x /app/%e2%80%a5/x /app/%e2%80%a4%e2%80%a4/x /app/..%ef%bc%8fx /app/%uff0e%uff0e/x
  /app/%u002e%u002e/x //app ///app /app// /app//x /app//evil.example /app///evil.example /app/x//y //evil.example/app
  /app/\\evil.example /app\\x /app\\..\\x \\app /\\evil.example /app/%5c /app/%5C..%5Cx /app/%00 /app/x%00.html
  /app/%0d%0aSet-Cookie:%20a=b /app/%0aLocation:%20https://evil.example /app/%0d /app/%09x /app/%7f /app/%1b[0m
  /app/%c2%85x /app/%e2%80%a8x /app/% /app/%2 /app/%zz /app/%g0x /app/%80 /app/%ff%fe /app/%ed%a0%80
  /app/\u00fc /app/\u0301 /app/\uff0e\uff0e/x /app/"x /app/<x> /app/{x} /app/\`x /app/\u200b /app/\ud800
`).map((path) => `https://shop.example${path}`)

/** White space and controls: some parsers cut them off, some take them out, some end there. */
const INVISIBLE = words(
  '0000 0001 0008 0009 000a 000b 000c 000d 000e 001b 001f 0020 007f 0085 00a0 1680 2000 2028 2029 202f 205f 3000 feff',
)
  .map((code) => String.fromCharCode(Number.parseInt(code, 16)))
  .flatMap((c) => [
    `${c}https://shop.example/app`,
    `https://shop.example/app${c}`,
    `https://shop${c}.example/app`,
    `https://${c}shop.example/app`,
  ])

/** The same in a query, where a URL parser takes tabs and line ends out, and a browser reads backslashes as slashes. */
const IN_QUERY = [...'\u0000\t\n\r\u001f \u007f\u0085\u00a0\u2028\u2029\ufeff\\'].map(
  (c) => `https://shop.example/app?x=1${c}2`,
)

const LONG = [
  `https://shop.example/app/${'a'.repeat(2_024)}`,
  `https://shop.example/app?${'a'.repeat(2_024)}`,
  `https://shop.example/app/${'a/'.repeat(100_000)}`,
  `https://shop.example/app/${'../'.repeat(100_000)}`,
  `https://${'a.'.repeat(5_000)}shop.example/app`,
  `https://${'a'.repeat(1_000_000)}@shop.example/app`,
  `https://${'['.repeat(10_000)}/app`,
  'https://shop.example/app\n'.repeat(40),
  'https://shop.example/app,https://evil.example/app',
  'https://shop.example/app https://evil.example/app',
]

/** Return addresses that must be refused to the site of {@link REGISTERED}, all different. */
export const HOSTILE_RETURN_ADDRESSES: readonly string[] = [
  ...SCHEMES,
  ...CREDENTIALS,
  ...HOSTS,
  ...PORTS,
  ...PATHS,
  ...INVISIBLE,
  ...IN_QUERY,
  ...LONG,
]

function words(text: string): string[] {
  // Only what stands between the words here, not every white space of Unicode.
  return text.split(/[ \n]+/).filter((word) => word !== '')
}
