// SPDX-License-Identifier: Apache-2.0
// The style sheet of a replay's page: light and dark, wide and narrow, screen and paper.
#include "scenario/scenario_internal.h"

const char *const html_style[] = {
    ":root{color-scheme:light dark;--page:#f6f5f1;--card:#fff;--ink:#1d2330;--soft:#5b6475;--line:#dcdad3;--accent:#1f4e8c;"
    "--good:#1c6b3c;--good-back:#e3f1e7;--bad:#a3261d;--bad-back:#fbe7e4;--warn:#8a5a00;--warn-back:#fbf0d6;--note:#3d4f73;--note-back:#e8edf6}\n",
    "@media(prefers-color-scheme:dark){:root{--page:#12161d;--card:#1a2029;--ink:#e6e9ef;--soft:#9aa5b6;--line:#303947;--accent:#8ab4f0;"
    "--good:#7fd09b;--good-back:#16301f;--bad:#ff9d92;--bad-back:#3a1b19;--warn:#f0c36b;--warn-back:#33280f;--note:#a9bfe6;--note-back:#1e2a40}}\n",
    "*{box-sizing:border-box}\n",
    "html{font:16px/1.5 system-ui,-apple-system,'Segoe UI','Noto Sans',Roboto,sans-serif;background:var(--page);color:var(--ink);scroll-behavior:smooth}\n",
    "body{margin:0 auto;max-width:72rem;padding:0 1.5rem 4rem;overflow-wrap:anywhere}\n",
    "h1,h2,h3,p,ul,ol,dl,dd{margin:0;padding:0}ul,ol{list-style:none}\n",
    "a{color:var(--accent)}a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}\n",
    // The heading
    "body>header{padding:2.5rem 0 1.25rem;border-bottom:3px solid var(--ink)}\n",
    ".treaty{color:var(--soft);font-weight:600;letter-spacing:.02em}\n",
    "h1{font-size:clamp(1.7rem,1.1rem + 2.6vw,2.6rem);line-height:1.15;letter-spacing:-.015em;margin:.25rem 0 .5rem;text-wrap:balance}\n",
    ".period{color:var(--soft)}\n",
    ".figures{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin-top:1.25rem}\n",
    ".figures b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}\n",
    ".figures li{color:var(--soft);font-size:.875rem}.figures .bad b{color:var(--bad)}.figures .good b{color:var(--good)}.figures b{color:var(--ink)}\n",
    "nav{position:sticky;top:0;z-index:1;background:var(--page);border-bottom:1px solid var(--line);padding:.5rem 0;margin-bottom:1rem}\n",
    "nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}nav a{text-decoration:none;font-weight:600;font-size:.9375rem}nav a:hover{text-decoration:underline}\n",
    "section{padding-top:1.5rem;scroll-margin-top:2rem}h2{font-size:1.375rem;margin-bottom:.75rem}h2 small{color:var(--soft);font-weight:400;font-size:.8125rem}\n",
    ".none{color:var(--soft)}.left{font-size:1rem;color:var(--soft);margin:1.25rem 0 .5rem}\n",
    // Marks
    ".chip{display:inline-block;padding:.0625rem .5rem;border-radius:1rem;font-size:.8125rem;font-weight:600;line-height:1.45;white-space:nowrap;"
    "background:var(--note-back);color:var(--note)}\n",
    ".chip.good{background:var(--good-back);color:var(--good)}.chip.bad{background:var(--bad-back);color:var(--bad)}.chip.warn{background:var(--warn-back);color:var(--warn)}\n",
    "cite{font-style:normal;font-size:.8125rem;color:var(--soft);white-space:normal}\n",
    "cite i{font-style:normal;font-weight:600;border-bottom:1px dotted}cite.disputed i,cite.unverified i{color:var(--warn)}cite.notional i,cite.house i{color:var(--note)}\n",
    ".name{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:.875em;color:var(--accent)}\n",
    // The timeline
    ".day{display:flex;align-items:baseline;gap:.625rem;font-size:1.0625rem;padding:1.25rem 0 .375rem;border-bottom:1px solid var(--line)}.day small{color:var(--soft);font-weight:400;font-size:.8125rem}\n",
    ".record{grid-column:2;color:var(--soft);font-size:.875rem;padding:.5rem 0 .125rem}\n",
    ".acts>li{display:grid;grid-template-columns:4.25rem 1fr;column-gap:.75rem}\n",
    ".acts>li>time{font-variant-numeric:tabular-nums;font-weight:600;padding-top:.4375rem;color:var(--soft)}\n",
    ".what{position:relative;border-left:2px solid var(--line);padding:.375rem 0 .375rem 1.375rem}\n",
    ".what::before{content:'';position:absolute;left:-.4375rem;top:.8125rem;width:.75rem;height:.75rem;border-radius:50%;background:var(--good);border:2px solid var(--page)}\n",
    ".refused .what::before{background:var(--bad)}.due .what::before{background:var(--warn)}.record .what::before,.said .what::before{display:none}\n",
    ".said .what{padding-top:.625rem;padding-bottom:0;color:var(--soft);font-size:.875rem}\n",
    ".what>p .who{font-weight:700}\n",
    ".due .what>p{color:var(--warn);font-weight:600}\n",
    ".came{margin:.375rem 0 .25rem;padding:.5rem .75rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem;display:grid;gap:.375rem}\n",
    ".came>li{display:grid;grid-template-columns:6.5rem 1fr;gap:.125rem .75rem;align-items:start;font-size:.9375rem}\n",
    ".came .chip{justify-self:start}.came small,.soft{color:var(--soft);font-size:.875rem}\n",
    ".answers{margin-top:.125rem;display:grid;gap:.125rem;font-size:.875rem}.answers dt{display:inline;color:var(--soft)}.answers dd{display:inline}\n",
    // Tables
    ".table{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--card)}\n",
    "table{border-collapse:collapse;width:100%;font-size:.9375rem}th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;border-bottom:1px solid var(--line)}\n",
    "tbody tr:last-child>*{border-bottom:0}thead th{font-size:.8125rem;color:var(--soft);font-weight:600;white-space:nowrap}td time,.when{font-variant-numeric:tabular-nums;white-space:nowrap}\n",
    "tr.trace td{padding-top:0}tr.has-trace>*{border-bottom:0}\n",
    // Decisions and findings
    ".card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.125rem;margin-bottom:.875rem;break-inside:avoid}\n",
    ".card>header{display:flex;flex-wrap:wrap;gap:.375rem .75rem;align-items:baseline}.card h3{font-size:1.0625rem}\n",
    ".text{margin:.5rem 0 .5rem 1.25rem;list-style:decimal}.text.one{margin-left:0;list-style:none}\n",
    ".seats{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.5rem;margin-top:.75rem}\n",
    ".seats li{border:1px solid var(--line);border-left:4px solid var(--note);border-radius:.375rem;padding:.375rem .625rem;font-size:.875rem}\n",
    ".seats .good{border-left-color:var(--good)}.seats .bad{border-left-color:var(--bad)}.seats .warn{border-left-color:var(--warn)}\n",
    ".seats b{display:flex;justify-content:space-between;gap:.5rem;font-size:.9375rem}.seats b span{font-weight:400;color:var(--soft);font-size:.8125rem}\n",
    // Why
    ".trace{margin-top:.5rem;font-size:.875rem}.trace>summary{color:var(--accent);cursor:pointer;font-weight:600;width:max-content;max-width:100%}\n",
    ".why{margin-left:1rem}.trace>.why{margin:.375rem 0 0}.why div{margin-left:1rem;padding:.0625rem 0}.why summary{cursor:pointer;padding:.0625rem 0}\n",
    ".why .fails,.why .absent,.why .missing{color:var(--bad)}.why .holds{color:inherit}.why .remedy{color:var(--accent)}.why .note,.why .cut,.why .near{color:var(--soft)}\n",
    ".failed{background:var(--bad-back);color:var(--bad);border-radius:.375rem;padding:.375rem .75rem;margin:.375rem 0;font-size:.9375rem}\n",
    // Facts
    ".facts details{border-bottom:1px solid var(--line);padding:.5rem 0}.facts summary{cursor:pointer;font-weight:600}.facts summary small{font-weight:400;color:var(--soft)}.facts .table{margin:.5rem 0}\n",
    "body>footer{margin-top:3rem;padding-top:.75rem;border-top:1px solid var(--line);color:var(--soft);font-size:.8125rem}\n",
    "@media(max-width:40rem){body{padding:0 1rem 3rem}.figures{display:grid;grid-template-columns:1fr 1fr}.acts>li{grid-template-columns:3.125rem 1fr;column-gap:.5rem}.what{padding-left:.875rem}"
    ".came>li{grid-template-columns:1fr}.acts>li>time{font-size:.875rem;padding-top:.5rem}"
    ".stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.stack,.stack tbody,.stack tr,.stack td,.stack th{display:block}"
    ".stack tr{padding:.5rem .25rem;border-bottom:1px solid var(--line)}.stack td,.stack th{border:0;padding:.125rem .625rem}.stack tr.has-trace{border-bottom:0;padding-bottom:0}"
    ".stack td[data-label]::before{content:attr(data-label)' ';color:var(--soft);font-size:.8125rem}.stack td:empty{display:none}}\n",
    "@media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--accent:#000}html{font-size:10pt}nav{display:none}body{max-width:none;padding:0}"
    ".card,.acts>li,tr{break-inside:avoid}h2,.day{break-after:avoid}.chip{border:1px solid}a{color:inherit;text-decoration:none}}\n",
    NULL
};
